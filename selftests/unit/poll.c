// SPDX-License-Identifier: GPL-2.0
/* The gap detector: a late turn is a span, one in time is nothing. */
#include <time.h>

#include "ktap.h"
#include "live.h"

#define SECOND	1000000000ULL

static struct hft_thread *thread;
static struct hft_reader *reader;

static int begin(struct hft_poll *poll)
{
	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("poll");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	/* no turn of this test takes so long by itself */
	CHECK_EQ(hft_poll_init(poll, hft_name("loop"), 90 * SECOND), 0);
	return 0;
}

static int end(void)
{
	struct hft_record rec;

	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int limits(void)
{
	struct timespec wait = { .tv_nsec = 20000000 };
	struct hft_poll poll;
	__u64 start;

	CHECK_EQ(hft_poll_init(&poll, 1, 0), -EINVAL);
	CHECK_EQ(poll.limit, HFT_LIMIT_NONE);
	CHECK_EQ(hft_poll_init(&poll, 1, 101 * SECOND), -EINVAL);
	start = hft_ticks();
	nanosleep(&wait, NULL);
	/* the sleep took 20 ms or more */
	CHECK_EQ(hft_poll_init(&poll, 1, 10000000), 0);
	CHECK(hft_ticks() - start > poll.limit);
	CHECK_EQ(hft_poll_init(&poll, 1, 100 * SECOND), 0);
	CHECK(hft_ticks() - start < poll.limit);
	return 0;
}

static int late_turn(void)
{
	const struct hft_rec_span *span;
	struct hft_poll poll;
	struct hft_record rec;
	__u64 late;

	CHECK_EQ(begin(&poll), 0);
	CHECK_EQ(hft_poll(thread, &poll), 0);	/* none before it */
	CHECK_EQ(hft_poll(thread, &poll), 0);
	hft_span_begin(thread, hft_name("day"), 7);
	late = poll.limit + 1;
	poll.last = hft_ticks() - late;
	CHECK_EQ(hft_poll(thread, &poll), 1);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	hft_span_end(thread);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.type, HFT_REC_SPAN);
	span = rec.payload;
	CHECK(span->duration >= late && span->duration < late + poll.limit);
	CHECK_EQ(span->name, hft_name("loop"));
	CHECK_EQ(span->id, 0);
	CHECK_EQ(span->depth, 1);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	span = rec.payload;
	CHECK_EQ(span->id, 7);
	CHECK_EQ(span->depth, 0);
	return end();
}

/* A pause that was meant, and one in which tracing was off. */
static int pauses(void)
{
	struct hft_poll poll;

	CHECK_EQ(begin(&poll), 0);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	poll.last -= poll.limit + 1;
	hft_poll_skip(&poll);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	poll.last -= poll.limit + 1;
	thread->enable = 0;
	CHECK_EQ(hft_poll(thread, &poll), 0);
	thread->enable = 1;
	CHECK_EQ(hft_poll(thread, &poll), 0);
	poll.last -= poll.limit + 1;
	CHECK_EQ(hft_poll_init(&poll, 1, 0), -EINVAL);
	poll.last = 1;
	CHECK_EQ(hft_poll(thread, &poll), 0);
	return end();
}

KTAP_MAIN({ "limits are ticks, and checked", limits },
	  { "a late turn is a span inside those that are open", late_turn },
	  { "pauses are not late turns", pauses })
