// SPDX-License-Identifier: GPL-2.0
/* Triggers: a record and a count for each; nothing without a reason or while tracing is off. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "ktap.h"
#include "live.h"

#define SECOND		1000000000ULL
#define SIGNALS		2000
#define ROUNDS_MAX	100000
#define INTERVAL_NS	10000

static struct hft_thread *thread;
static struct hft_reader *reader;

static int begin(__u32 ring_slots)
{
	CHECK_EQ(init_private(2, ring_slots), 0);
	thread = hft_thread_attach("trigger");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_triggers(reader, 0), 0);
	return 0;
}

static int end(__u64 triggers)
{
	struct hft_record rec;

	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	CHECK_EQ(hft_reader_triggers(reader, 0), triggers);
	CHECK_EQ(hft_reader_triggers(reader, getpid()), triggers);
	CHECK_EQ(hft_reader_triggers(reader, getpid() + 1), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int next_is(struct hft_record *rec, __u16 type)
{
	CHECK_EQ(hft_reader_next(reader, rec), 0);
	CHECK_EQ(rec->type, type);
	return 0;
}

static int next_trigger(__u32 cause, __u32 name, __u64 value, __u64 limit, __u64 id)
{
	const struct hft_rec_trigger *trigger;
	struct hft_record rec;

	next_is(&rec, HFT_REC_TRIGGER);
	trigger = rec.payload;
	CHECK_EQ(trigger->cause, cause);
	CHECK_EQ(trigger->name, name);
	CHECK_EQ(trigger->value, value);
	CHECK_EQ(trigger->limit, limit);
	CHECK_EQ(trigger->id, id);
	CHECK_EQ(trigger->reserved[0] | trigger->reserved[1], 0);
	CHECK_EQ(rec.start, rec.tsc);
	return 0;
}

static int asked(void)
{
	__u64 before;

	begin(1024);
	hft_mark(thread, 1, 1);
	before = hft_ticks();
	hft_trigger(thread, 5, 77);
	CHECK(thread->region->trigger_tsc >= before);
	CHECK(thread->region->trigger_tsc <= hft_ticks());
	hft_trigger(thread, 6, ~0ULL);
	next_is(&(struct hft_record){ 0 }, HFT_REC_MARK);
	next_trigger(HFT_TRIGGER_ASKED, 5, 77, 0, 0);
	next_trigger(HFT_TRIGGER_ASKED, 6, ~0ULL, 0, 0);
	return end(2);
}

static int limits(void)
{
	struct hft_limit limit = { 1 };
	struct timespec wait = { .tv_nsec = 20000000 };
	__u64 start;

	CHECK_EQ(hft_limit_init(&limit, 0), -EINVAL);
	CHECK_EQ(limit.ticks, HFT_LIMIT_NONE);
	CHECK_EQ(hft_limit_init(&limit, 100 * SECOND + 1), -EINVAL);
	CHECK_EQ(limit.ticks, HFT_LIMIT_NONE);
	start = hft_ticks();
	nanosleep(&wait, NULL);
	CHECK_EQ(hft_limit_init(&limit, 10000000), 0);
	CHECK(hft_ticks() - start > limit.ticks);
	CHECK_EQ(hft_limit_init(&limit, 100 * SECOND), 0);
	CHECK(hft_ticks() - start < limit.ticks);
	return 0;
}

/* The span is written whether or not it was too long; the trigger comes right behind it. */
static int late_span(void)
{
	struct hft_limit never = { HFT_LIMIT_NONE }, exactly, always = { 0 };
	const struct hft_rec_span *span;
	struct hft_record rec;
	__u64 duration;

	begin(1024);
	CHECK_EQ(hft_span_end_within(thread, &always), 0);	/* none is open */
	hft_span_begin(thread, 3, 41);
	CHECK_EQ(hft_span_end_within(thread, &never), 0);
	hft_span_begin(thread, 2, 7);
	hft_span_begin(thread, 3, 42);
	CHECK_EQ(hft_span_end_within(thread, &always), 1);
	CHECK_EQ(thread->ctl->depth, 1);
	hft_span_end(thread);

	next_is(&rec, HFT_REC_SPAN);
	next_is(&rec, HFT_REC_SPAN);
	span = rec.payload;
	CHECK_EQ(span->id, 42);
	CHECK_EQ(span->depth, 1);
	duration = span->duration;
	CHECK(duration > 0);
	next_trigger(HFT_TRIGGER_SPAN, 3, duration, 0, 42);
	next_is(&rec, HFT_REC_SPAN);

	/* as long as the limit is in time */
	exactly.ticks = 90 * SECOND;
	hft_span_begin(thread, 3, 43);
	thread->ctl->frame[0].start -= 90 * SECOND - 1000000000;
	CHECK_EQ(hft_span_end_within(thread, &exactly), 0);
	hft_span_begin(thread, 3, 44);
	thread->ctl->frame[0].start -= 90 * SECOND + 1;
	CHECK_EQ(hft_span_end_within(thread, &exactly), 1);
	next_is(&rec, HFT_REC_SPAN);
	next_is(&rec, HFT_REC_SPAN);
	span = rec.payload;
	next_trigger(HFT_TRIGGER_SPAN, 3, span->duration, 90 * SECOND, 44);
	return end(2);
}

static int operations(void)
{
	struct hft_operations ops = { 0 };
	unsigned int i, came = 0;

	begin(1024);
	for (i = 0; i < 1000; i++)
		came += hft_operation(thread, &ops);	/* not initialised: none */
	CHECK_EQ(hft_operations_init(&ops, 9, 0), -EINVAL);
	for (i = 0; i < 1000; i++)
		came += hft_operation(thread, &ops);
	CHECK_EQ(came, 0);
	CHECK_EQ(hft_operations_init(&ops, 9, 100), 0);
	for (i = 1; i <= 250; i++)
		CHECK_EQ(hft_operation(thread, &ops), i % 100 == 0);
	next_trigger(HFT_TRIGGER_COUNT, 9, 100, 100, 0);
	next_trigger(HFT_TRIGGER_COUNT, 9, 200, 100, 0);
	CHECK_EQ(hft_operations_init(&ops, 10, 1), 0);
	CHECK_EQ(hft_operation(thread, &ops), 1);
	CHECK_EQ(hft_operation(thread, &ops), 1);
	next_trigger(HFT_TRIGGER_COUNT, 10, 1, 1, 0);
	next_trigger(HFT_TRIGGER_COUNT, 10, 2, 1, 0);
	return end(4);
}

static int gap(void)
{
	const struct hft_rec_span *span;
	struct hft_poll poll;
	struct hft_record rec;

	begin(1024);
	CHECK_EQ(hft_poll_init(&poll, 4, 90 * SECOND), 0);
	CHECK_EQ(poll.flags, 0);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	poll.last -= poll.limit + 1;
	CHECK_EQ(hft_poll(thread, &poll), 1);
	next_is(&rec, HFT_REC_SPAN);
	poll.flags = HFT_POLL_TRIGGER;
	poll.last -= poll.limit + 1;
	CHECK_EQ(hft_poll(thread, &poll), 1);
	CHECK_EQ(hft_poll(thread, &poll), 0);
	next_is(&rec, HFT_REC_SPAN);
	span = rec.payload;
	next_trigger(HFT_TRIGGER_SPAN, 4, span->duration, poll.limit, 0);
	return end(1);
}

static int off(void)
{
	struct hft_limit always = { 0 };
	struct hft_operations ops;

	begin(1024);
	CHECK_EQ(hft_operations_init(&ops, 9, 2), 0);
	hft_span_begin(thread, 3, 42);
	thread->enable = 0;
	CHECK_EQ(hft_span_end_within(thread, &always), 0);
	CHECK_EQ(thread->ctl->depth, 0);
	hft_span_begin(thread, 3, 42);
	CHECK_EQ(hft_span_end_within(thread, &always), 0);
	hft_trigger(thread, 5, 77);
	CHECK_EQ(hft_operation(thread, &ops), 0);
	CHECK_EQ(hft_operation(thread, &ops), 0);
	CHECK_EQ(hft_operation(thread, &ops), 0);
	thread->enable = 1;
	CHECK_EQ(hft_operation(thread, &ops), 1);
	next_trigger(HFT_TRIGGER_COUNT, 9, 4, 2, 0);
	return end(1);
}

/* A thread that never got a ring, and the child of a fork. */
static int nowhere(void)
{
	struct hft_limit always = { 0 };
	struct hft_operations ops;
	int status;
	pid_t pid;

	CHECK_EQ(hft_operations_init(&ops, 9, 1), 0);
	thread = hft_thread_attach("none");
	hft_trigger(thread, 5, 77);
	hft_span_begin(thread, 3, 42);
	CHECK_EQ(hft_span_end_within(thread, &always), 0);
	CHECK_EQ(hft_operation(thread, &ops), 0);
	begin(1024);
	hft_span_begin(thread, 3, 42);
	pid = fork();
	if (!pid) {
		hft_trigger(thread, 5, 77);
		_exit(hft_span_end_within(thread, &always) || hft_operation(thread, &ops));
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	return end(0);
}

static volatile unsigned int handled;

static void handler(int sig)
{
	static const struct hft_limit always;

	(void)sig;
	hft_span_begin(thread, 12, handled);
	hft_trigger(thread, 11, handled);
	handled += hft_span_end_within(thread, &always);
}

static int in_handlers(void)
{
	struct itimerspec often = {
		.it_interval = { .tv_nsec = INTERVAL_NS },
		.it_value = { .tv_nsec = INTERVAL_NS },
	};
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct sigaction action = { .sa_handler = handler };
	unsigned int i, seen[13] = { 0 }, wrong = 0;
	struct hft_limit always = { 0 };
	struct hft_record rec;
	timer_t timer;
	int err;

	begin(1 << 20);
	sigaction(SIGUSR1, &action, NULL);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &often, NULL), 0);
	for (i = 0; i < ROUNDS_MAX && handled < SIGNALS; i++) {
		hft_span_begin(thread, 2, i);
		hft_trigger(thread, 1, i);
		wrong += !hft_span_end_within(thread, &always);
	}
	timer_delete(timer);
	printf("# %u rounds, %u signals\n", i, handled);
	CHECK(handled > 20);
	CHECK_EQ(wrong, 0);
	while (!(err = hft_reader_next(reader, &rec))) {
		const struct hft_rec_trigger *trigger = rec.payload;

		if (rec.type != HFT_REC_TRIGGER)
			continue;
		wrong += trigger->cause == HFT_TRIGGER_ASKED ?
			 trigger->value != seen[trigger->name] : trigger->id != seen[trigger->name];
		seen[trigger->name]++;
	}
	CHECK_EQ(err, -ENODATA);
	CHECK_EQ(wrong, 0);
	CHECK_EQ(seen[1], i);
	CHECK_EQ(seen[2], i);
	CHECK_EQ(seen[11], handled);
	CHECK_EQ(seen[12], handled);
	return end(2 * i + 2 * handled);
}

KTAP_MAIN({ "a trigger that the program asked for", asked },
	  { "limits are ticks, and checked", limits },
	  { "a span beyond its limit is a trigger", late_span },
	  { "so many operations are a trigger", operations },
	  { "a gap of a loop is a trigger if it is to be", gap },
	  { "nothing while tracing is off", off },
	  { "nothing without a ring, nothing in a child of fork", nowhere },
	  { "signal handlers trigger, too", in_handlers })
