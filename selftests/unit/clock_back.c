// SPDX-License-Identifier: GPL-2.0
/*
 * A clock that goes back, as between CPUs whose clocks are apart: nothing took 2^64
 * ticks because of it, and nothing is late.
 */
#include "ktap.h"
#include "live.h"

#define AHEAD	1000000U	/* ticks */

static struct hft_thread *thread;
static struct hft_reader *reader;
static struct hft_record rec;

static int begin(void)
{
	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("back");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	return 0;
}

static int end(void)
{
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int a_turn(void)
{
	struct hft_poll poll;

	CHECK_EQ(begin(), 0);
	CHECK_EQ(hft_poll_init(&poll, 1, 1000000000), 0);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	poll.last += AHEAD;
	CHECK_EQ(hft_poll(thread, &poll), 0);
	/* without a limit none is beyond it */
	CHECK_EQ(hft_poll_init(&poll, 1, 0), -EINVAL);
	poll.last = 1;
	CHECK_EQ(hft_poll(thread, &poll), 0);
	return end();
}

static int a_span(void)
{
	struct hft_limit limit;

	CHECK_EQ(begin(), 0);
	CHECK_EQ(hft_limit_init(&limit, 1000000000), 0);
	hft_span_begin(thread, 1, 7);
	thread->ctl->frame[0].start += 1ULL << 40;
	CHECK_EQ(hft_span_end_within(thread, &limit), 0);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.type, HFT_REC_SPAN);
	CHECK_EQ(((const struct hft_rec_span *)rec.payload)->id, 7);
	CHECK_EQ(hft_record_duration(rec.type, rec.payload), 0);
	CHECK_EQ(rec.start, rec.tsc);
	CHECK_EQ(rec.ctx, HFT_CTX_CLAMPED);
	return end();
}

/* As long as can be is still what it is. */
static int a_long_span(void)
{
	CHECK_EQ(begin(), 0);
	hft_span_begin(thread, 1, 7);
	thread->ctl->frame[0].start = 1;
	hft_span_end(thread);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.start, 1);
	CHECK_EQ(hft_record_duration(rec.type, rec.payload), rec.tsc - 1);
	CHECK_EQ(rec.ctx, 0);
	return end();
}

KTAP_MAIN({ "a turn that ends before it began is not late", a_turn },
	  { "a span that ends before it began", a_span },
	  { "a span as long as the clock has run", a_long_span })
