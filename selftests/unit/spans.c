// SPDX-License-Identifier: GPL-2.0
/* Spans nest, to any depth, whatever stands in the control page. */
#include "ktap.h"
#include "live.h"

#define DEEP	40U

static struct hft_thread *thread;

static int begin(struct hft_reader **reader)
{
	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("spans");
	CHECK_EQ(open_self(reader), 0);
	hft_reader_settle(*reader);
	return 0;
}

static int end(struct hft_reader *reader)
{
	struct hft_record rec;

	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int deep_nesting(void)
{
	const struct hft_rec_span *span;
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 inner_start = 0;
	unsigned int i;

	CHECK_EQ(begin(&reader), 0);
	hft_span_end(thread);	/* nothing is open */
	for (i = 0; i < DEEP; i++)
		hft_span_begin(thread, i, i);
	CHECK_EQ(thread->ctl->frame[0].tag, 0);
	CHECK_EQ(thread->ctl->frame[HFT_FRAMES - 1].value, HFT_FRAMES - 1);
	for (i = 0; i < DEEP; i++)
		hft_span_end(thread);
	hft_span_end(thread);
	CHECK_EQ(thread->ctl->depth, 0);
	CHECK_EQ(thread->ctl->frames_lost, DEEP - HFT_FRAMES);
	for (i = HFT_FRAMES; i-- > 0; ) {
		CHECK_EQ(hft_reader_next(reader, &rec), 0);
		CHECK_EQ(rec.type, HFT_REC_SPAN);
		span = rec.payload;
		CHECK_EQ(span->name, i);
		CHECK_EQ(span->id, i);
		CHECK_EQ(span->depth, i);
		CHECK(!inner_start || rec.start <= inner_start);
		inner_start = rec.start;
	}
	return end(reader);
}

/* Switched off and on in between, ends still close what they belong to. */
static int off_in_between(void)
{
	const struct hft_rec_span *span;
	struct hft_reader *reader;
	struct hft_record rec;

	CHECK_EQ(begin(&reader), 0);
	thread->enable = 0;
	hft_span_begin(thread, 1, 1);
	thread->enable = 1;
	hft_span_begin(thread, 2, 2);
	thread->enable = 0;
	hft_span_begin(thread, 3, 3);
	hft_span_end(thread);
	thread->enable = 1;
	hft_span_end(thread);
	hft_span_end(thread);
	CHECK_EQ(thread->ctl->depth, 0);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	span = rec.payload;
	CHECK_EQ(span->name, 2);
	CHECK_EQ(span->depth, 0);
	return end(reader);
}

static int corrupted_depth(void)
{
	static const __u32 depths[] = { HFT_FRAMES, HFT_FRAMES + 1, 0x7fffffff, 0xffffffff };
	struct hft_ring_ctl before;
	struct hft_reader *reader;
	unsigned int i;

	CHECK_EQ(begin(&reader), 0);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		before = *thread->ctl;
		thread->ctl->depth = depths[i];
		hft_span_begin(thread, 1, 1);
		hft_span_end(thread);
		CHECK(!memcmp(before.reserved5, thread->ctl->reserved5, sizeof(before.reserved5)));
		CHECK(!memcmp(before.frame, thread->ctl->frame, sizeof(before.frame)));
		CHECK_EQ(before.head, thread->ctl->head);
	}
	return end(reader);
}

KTAP_MAIN({ "spans nest, and those too deep are counted", deep_nesting },
	  { "spans match their ends when tracing goes off in between", off_in_between },
	  { "a corrupted depth writes nowhere", corrupted_depth })
