// SPDX-License-Identifier: GPL-2.0
/*
 * A thread whose signal handlers write too, in the middle of anything: order
 * of slots is order of time, no record is torn, none is missing.
 */
#include "ktap.h"
#include "live.h"

#include <signal.h>
#include <time.h>

#define ROUNDS_MAX	600000
#define SIGNALS		3000
#define INTERVAL_NS	10000

static struct hft_thread *thread;
static volatile unsigned int handled;

/* Its own value, which tells of a record that two have written. */
static __u64 value_of(__u32 name, __u64 number)
{
	return (number << 16 | name) * 0x9e3779b97f4a7c15ULL;
}

static void handler(int sig)
{
	unsigned int number = handled++;

	(void)sig;
	hft_span_begin(thread, 4, number);
	hft_mark(thread, 3, value_of(3, number));
	hft_span_end(thread);
}

struct seen {
	unsigned int count[5];
	__u64 last_tsc;
	__u32 bad_time, bad_value, bad_depth;
};

static void look(const struct hft_record *rec, struct seen *seen)
{
	const struct hft_rec_mark *mark = rec->payload;
	const struct hft_rec_span *span = rec->payload;

	seen->bad_time += rec->tsc < seen->last_tsc || rec->ctx;
	seen->last_tsc = rec->tsc;
	if (rec->type == HFT_REC_MARK && (mark->name == 1 || mark->name == 3)) {
		seen->bad_value += mark->value != value_of(mark->name, seen->count[mark->name]);
		seen->count[mark->name]++;
	} else if (rec->type == HFT_REC_SPAN && (span->name == 2 || span->name == 4)) {
		/* A handler's span stands inside the thread's one or beside it. */
		seen->bad_depth += span->depth > (span->name == 4);
		seen->bad_value += span->id != seen->count[span->name];
		seen->bad_time += rec->start > rec->tsc || !rec->start;
		seen->count[span->name]++;
	} else {
		seen->bad_value++;
	}
}

static int ring_order_under_signals(void)
{
	struct itimerspec often = {
		.it_interval = { .tv_nsec = INTERVAL_NS },
		.it_value = { .tv_nsec = INTERVAL_NS },
	};
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct sigaction action = { .sa_handler = handler };
	struct seen seen = { 0 };
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	timer_t timer;
	unsigned int i;
	int err;

	CHECK_EQ(init_private(1, 1 << 21), 0);
	thread = hft_thread_attach("signals");
	sigaction(SIGUSR1, &action, NULL);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &often, NULL), 0);
	for (i = 0; i < ROUNDS_MAX && handled < SIGNALS; i++) {
		hft_span_begin(thread, 2, i);
		hft_mark(thread, 1, value_of(1, i));
		hft_span_end(thread);
	}
	timer_delete(timer);

	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	while (!(err = hft_reader_next(reader, &rec)))
		look(&rec, &seen);
	CHECK_EQ(err, -ENODATA);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	printf("# %u rounds, %u signals\n", i, handled);
	CHECK(handled > 100);
	CHECK_EQ(seen.bad_time, 0);
	CHECK_EQ(seen.bad_value, 0);
	CHECK_EQ(seen.bad_depth, 0);
	CHECK_EQ(seen.count[1], i);
	CHECK_EQ(seen.count[2], i);
	CHECK_EQ(seen.count[3], handled);
	CHECK_EQ(seen.count[4], handled);
	CHECK_EQ(info.slots_lost, 0);
	CHECK_EQ(info.records_written, info.records_read);
	CHECK_EQ(info.head, info.slots_read);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "ring order is time order under signals that write", ring_order_under_signals })
