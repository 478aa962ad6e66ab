// SPDX-License-Identifier: GPL-2.0
/* What a recorder takes: whole pages, made good, counted exactly. */
#include "ktap.h"
#include "live.h"

static int take_all(struct hft_reader *reader, int partial, __u64 *slots, __u64 *records)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_page_info info;
	int err;

	while (!(err = hft_reader_take_page(reader, 0, partial, page, &info))) {
		*slots += info.slots;
		*records += info.records;
		CHECK_EQ(info.first_slot % HFT_PAGE_SLOTS, 0);
		CHECK_EQ(info.lost_slots, 0);
		CHECK(info.begin <= info.end);
		if (info.slots < HFT_PAGE_SLOTS)
			break;
	}
	CHECK(!err || err == -ENODATA);
	return 0;
}

static int pages_of_spans(void)
{
	__u64 slots = 0, records = 0, more = 0, last = 0;
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_ring_info ring;
	struct hft_page_info info;
	struct hft_thread *thread;
	struct hft_reader *reader;
	int i;

	CHECK_EQ(init_private(1, 4096), 0);
	thread = hft_thread_attach("pages");
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_take_page(reader, 0, 1, page, &info), -ENODATA);
	for (i = 0; i < 100; i++) {
		hft_mark(thread, 1, i);
		hft_span_begin(thread, 2, i);
		hft_span_end(thread);
	}
	/* 300 slots and a pad where a span would have crossed: two pages and a rest. */
	CHECK_EQ(take_all(reader, 0, &slots, &records), 0);
	CHECK_EQ(slots, 256);
	CHECK_EQ(take_all(reader, 1, &more, &last), 0);
	CHECK_EQ(records + last, 200);
	CHECK_EQ(hft_reader_ring(reader, 0, &ring), 0);
	CHECK_EQ(ring.records_read, 200);
	CHECK_EQ(ring.slots_read, ring.head);
	/* The same partial page is not new; one record more makes it so. */
	CHECK_EQ(hft_reader_take_page(reader, 0, 1, page, &info), -ENODATA);
	hft_mark(thread, 1, 1000);
	CHECK_EQ(hft_reader_take_page(reader, 0, 1, page, &info), 0);
	CHECK_EQ(info.records, last + 1);
	CHECK_EQ(info.first_slot, 256);
	CHECK_EQ(page[info.slots - 1].arg[0], 1000);
	CHECK_EQ(info.content_bytes, info.slots * HFT_SLOT_SIZE);
	for (i = 0; i < 128; i++)
		hft_mark(thread, 1, i);
	CHECK_EQ(hft_reader_take_page(reader, 0, 0, page, &info), 0);
	CHECK_EQ(info.first_slot, 256);
	CHECK_EQ(info.slots, HFT_PAGE_SLOTS);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_take_page(reader, 0, 1, page, &info), 0);
	CHECK_EQ(hft_reader_ring(reader, 0, &ring), 0);
	CHECK_EQ(ring.records_written, 329);
	CHECK_EQ(ring.records_read, 329);
	CHECK_EQ(ring.slots_lost, 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* From now: a pad leads to where reading began, and counts begin there. */
static int from_now_in_the_middle_of_a_page(void)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_ring_info ring;
	struct hft_page_info info;
	struct hft_thread *thread;
	struct hft_reader *reader;
	int i;

	CHECK_EQ(init_private(1, 4096), 0);
	thread = hft_thread_attach("pages");
	for (i = 0; i < 1010; i++)
		hft_mark(thread, 1, i);
	CHECK_EQ(open_process(&reader, getpid(), HFT_LIVE_FROM_NOW), 0);
	for (i = 0; i < 200; i++)
		hft_mark(thread, 1, i);
	CHECK_EQ(hft_reader_take_page(reader, 0, 0, page, &info), 0);
	CHECK_EQ(info.first_slot, 896);
	CHECK_EQ(info.slots, 128);
	CHECK_EQ(info.records, 14);
	CHECK_EQ(info.lost_slots, 0);
	CHECK_EQ(page[0].type, HFT_REC_PAD);
	CHECK_EQ(page[0].slots, 114);
	CHECK_EQ(page[0].tsc, page[114].tsc);
	CHECK_EQ(page[114].type, HFT_REC_MARK);
	CHECK_EQ(page[114].arg[0], 0);
	hft_reader_settle(reader);
	while (!hft_reader_take_page(reader, 0, 1, page, &info))
		;
	CHECK_EQ(hft_reader_ring(reader, 0, &ring), 0);
	CHECK_EQ(ring.records_written, 200);
	CHECK_EQ(ring.records_read, 200);
	CHECK_EQ(ring.records_lost, 0);
	CHECK_EQ(ring.head, ring.slots_read);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* A writer that died between reserve and commit costs the rest of its page. */
static int a_record_that_is_never_committed(void)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_ring_info ring;
	struct hft_page_info info;
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 index, tsc;
	int i;

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("pages");
	CHECK_EQ(open_self(&reader), 0);
	for (i = 0; i < 10; i++)
		hft_mark(thread, 1, i);
	hft_reserve(thread, 2, &index, &tsc);
	for (i = 0; i < 200; i++)
		hft_mark(thread, 1, 100 + i);
	/* It may yet come: the ring is not half full. */
	CHECK_EQ(hft_reader_take_page(reader, 0, 0, page, &info), -ENODATA);
	for (i = 0; i < 400; i++)
		hft_mark(thread, 1, 300 + i);
	CHECK_EQ(hft_reader_take_page(reader, 0, 0, page, &info), 0);
	CHECK_EQ(info.records, 10);
	CHECK_EQ(info.lost_slots, 118);
	CHECK_EQ(page[10].type, HFT_REC_PAD);
	CHECK_EQ(page[10].slots, 118);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.slot, 128);
	CHECK_EQ(rec.lost_slots, 0);
	while (!hft_reader_next(reader, &rec))
		;
	CHECK_EQ(hft_reader_ring(reader, 0, &ring), 0);
	CHECK_EQ(ring.slots_lost, 118);
	CHECK_EQ(ring.head, ring.slots_read + ring.slots_lost);
	CHECK_EQ(ring.records_written, ring.records_read + ring.records_lost);
	CHECK_EQ(ring.records_lost, 117);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "pages of marks and spans", pages_of_spans },
	  { "reading from now begins inside a page", from_now_in_the_middle_of_a_page },
	  { "a record that is never committed costs its page", a_record_that_is_never_committed })
