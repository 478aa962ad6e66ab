// SPDX-License-Identifier: GPL-2.0
/*
 * syscall: calls with arguments and results that the program knows, one kind of
 * which sleeps; each end as raw_syscalls:sys_exit shows it, each length as the
 * time since its sys_enter.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"

#define CALLS	200
#define SLEEPS	10

static const char *const sources[] = {
	"raw_syscalls/sys_enter", "raw_syscalls/sys_exit", "sched/sched_switch", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_syscall, nr, "id"),
	FIELD(hft_rec_syscall, ret, "ret"),
	FIELD(hft_rec_syscall, tid, "common_pid"),
	{ 0 }
};

static struct watch watch;

static bool of_child(const struct event *event)
{
	return event->pid == watch.child;
}

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

static int call(void *told)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	int i;

	(void)told;
	for (i = 0; i < CALLS; i++)
		syscall(SYS_lseek, -5L, 0x123456789abcL + i, 77, 0x44, 0x55, 0x66);
	for (i = 0; i < SLEEPS; i++)
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ms, NULL);
	return 0;
}

static void check_arguments(const struct hft_rec_syscall *rec, unsigned int i)
{
	CHECK_EQ(rec->ret, -EBADF);
	CHECK_EQ(rec->args[0], (__u64)-5);
	CHECK_EQ(rec->args[1], 0x123456789abcL + i);
	CHECK_EQ(rec->args[2], 77);
	CHECK_EQ(rec->args[3], 0x44);
	CHECK_EQ(rec->args[4], 0x55);
	CHECK_EQ(rec->args[5], 0x66);
}

/* Sleeps in which the child was switched out: on a slow machine the time may be up before. */
static unsigned int slept(void)
{
	unsigned int count = 0;
	bool inside = false;
	size_t i;

	for (i = 0; i < watch.events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch.events[QUIET_CPU][i];

		if (!of_child(event))
			continue;
		if (event_is(event, "sched/sched_switch")) {
			/* the call's first segment ends with the first switch */
			count += inside;
			inside = false;
		} else {
			inside = event_is(event, "raw_syscalls/sys_enter") &&
				 event_number(event, "id") == SYS_clock_nanosleep;
		}
	}
	return count;
}

static int chosen_process(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(SYSCALL), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = call, .events = sources, .chosen = true,
	};
	const struct pairing pairing = {
		.cpu = QUIET_CPU, .type = HFT_REC_SYSCALL, .event = "raw_syscalls/sys_exit",
		.fields = fields, .record_is = is_end, .event_is = of_child,
	};
	unsigned int calls = 0, segments = 0, ends = 0;
	size_t i;

	watch_run(&watch, &want);
	CHECK(durations_check(&watch, &pairing, "raw_syscalls/sys_enter", "common_pid",
			      sizeof(__u64)) >= CALLS);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];

		if (record->type != HFT_REC_SYSCALL)
			continue;
		CHECK_EQ(record->syscall.tid, watch.child);
		if (record->syscall.nr == SYS_lseek)
			check_arguments(&record->syscall, calls++);
		if (record->syscall.nr != SYS_clock_nanosleep)
			continue;
		if (record->ctx & HFT_CTX_SWITCHED_OUT)
			segments++;
		else
			ends += !!(record->ctx & HFT_CTX_CONTINUED);
	}
	CHECK_EQ(calls, CALLS);
	CHECK(segments);
	CHECK_EQ(segments, slept());
	CHECK_EQ(ends, segments);
	return 0;
}

HOOK_TEST_MAIN("syscall", sources, NULL,
	       { "each call of a chosen process: arguments, result, length", chosen_process })
