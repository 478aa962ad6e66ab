// SPDX-License-Identifier: GPL-2.0
/* A reader that is lapped on purpose: what it lost is exact. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define READ_AT_LEAST	20000

static atomic_int stop;
static atomic_ullong count;

static void *writer(void *unused)
{
	struct hft_thread *thread = hft_thread_attach("writer");
	__u64 i;

	(void)unused;
	for (i = 0; !atomic_load(&stop); i++) {
		hft_mark(thread, 1, i);
		atomic_store_explicit(&count, i, memory_order_relaxed);
	}
	return (void *)i;
}

struct seen {
	__u64 records, next, missing, lost_slots, bad;
};

static void look(const struct hft_record *rec, struct seen *seen)
{
	const struct hft_rec_mark *mark = rec->payload;

	seen->bad += rec->type != HFT_REC_MARK || mark->value < seen->next;
	/* One slot per mark and no pads: a gap in slots is a gap in values. */
	seen->bad += mark->value - seen->next != rec->lost_slots;
	seen->missing += mark->value - seen->next;
	seen->lost_slots += rec->lost_slots;
	seen->next = mark->value + 1;
	seen->records++;
}

static void pause_us(long us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
}

static int losses_are_exact(void)
{
	struct seen seen = { 0 };
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	pthread_t thread;
	void *written;
	int err;

	CHECK_EQ(init_private(1, 2048), 0);
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_rings(reader), 0);
	CHECK_EQ(pthread_create(&thread, NULL, writer, NULL), 0);
	while (seen.records < READ_AT_LEAST) {
		CHECK(hft_reader_refresh(reader) >= 0);
		while (!hft_reader_next(reader, &rec))
			look(&rec, &seen);
		pause_us(50);
	}
	atomic_store(&stop, 1);
	pthread_join(thread, &written);
	hft_reader_settle(reader);
	while (!(err = hft_reader_next(reader, &rec)))
		look(&rec, &seen);
	CHECK_EQ(err, -ENODATA);
	CHECK_EQ(hft_reader_rings(reader), 1);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	printf("# read %llu of %llu\n", (unsigned long long)seen.records,
	       (unsigned long long)info.records_written);
	CHECK_EQ(seen.bad, 0);
	CHECK(seen.missing > 0);
	CHECK_EQ(seen.next, (__u64)written);
	CHECK_EQ(seen.lost_slots, info.slots_lost);
	CHECK_EQ(info.head, info.slots_read + info.slots_lost);
	CHECK_EQ(info.records_written, (__u64)written);
	CHECK_EQ(info.records_read, seen.records);
	CHECK_EQ(info.records_written, info.records_read + info.records_lost);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void wait_for_writer(__u64 records)
{
	__u64 until = atomic_load(&count) + records;

	while (atomic_load(&count) < until)
		pause_us(100);
}

/* Counts begin at the very record that reading begins at, while others are written. */
static int from_now_beside_a_writer(void)
{
	struct seen seen = { 0 };
	struct hft_ring_info info;
	struct hft_reader *reader;
	const struct hft_rec_mark *mark;
	struct hft_record rec;
	pthread_t thread;
	void *written;
	__u64 first;
	int round;

	for (round = 0; round < 20; round++) {
		CHECK_EQ(init_private(1, 1 << 20), 0);
		atomic_store(&stop, 0);
		atomic_store(&count, 0);
		CHECK_EQ(pthread_create(&thread, NULL, writer, NULL), 0);
		wait_for_writer(1000);
		CHECK_EQ(open_process(&reader, getpid(), HFT_LIVE_FROM_NOW), 0);
		wait_for_writer(1000);
		atomic_store(&stop, 1);
		pthread_join(thread, &written);
		hft_reader_settle(reader);
		CHECK_EQ(hft_reader_rings(reader), 1);
		CHECK_EQ(hft_reader_next(reader, &rec), 0);
		mark = rec.payload;
		first = mark->value - rec.lost_slots;
		seen = (struct seen){ .next = first };
		do
			look(&rec, &seen);
		while (!hft_reader_next(reader, &rec));
		CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
		CHECK_EQ(seen.bad, 0);
		CHECK_EQ(info.records_written, (__u64)written - first);
		CHECK_EQ(info.records_written, info.records_read + info.records_lost);
		CHECK_EQ(info.head, info.slots_read + info.slots_lost);
		hft_reader_close(reader);
		hft_fini();
	}
	return 0;
}

KTAP_MAIN({ "a lapped reader knows what it lost", losses_are_exact },
	  { "reading from now beside a writer counts from there", from_now_beside_a_writer })
