// SPDX-License-Identifier: GPL-2.0
/*
 * visit: system calls and page faults of a tickless CPU, which the program that
 * makes them and getrusage() count; each visit as context_tracking:user_exit and
 * user_enter show it.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"
#include "intervals.h"
#include "load.h"

#define CALLS	400
#define PAGES	100
#define TICKS		40	/* that take the CPU away */
#define PATIENCE_S	30

static const char *const sources[] = {
	"context_tracking/user_exit", "context_tracking/user_enter", NULL
};

static const struct field_pair no_fields[] = { { 0 } };

struct told {
	__u64 start, end;	/* ticks */
	long faults;		/* by getrusage() */
};

static int call_and_fault(void *shared)
{
	struct rusage before, after;
	struct told *told = shared;
	volatile char *at;
	int i;

	at = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return 1;
	/* a kernel without huge pages refuses */
	madvise((void *)at, PAGES * 4096, MADV_NOHUGEPAGE);
	getrusage(RUSAGE_SELF, &before);
	told->start = ticks();
	for (i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	for (i = 0; i < PAGES; i++)
		at[i * 4096] = 1;
	told->end = ticks();
	getrusage(RUSAGE_SELF, &after);
	told->faults = after.ru_minflt - before.ru_minflt;
	return 0;
}

static int of_the_quiet_cpu(void)
{
	const __u64 faults = hook_offered(HFT_HOOK_FAULT) ? BIT_OF(FAULT) : 0;
	const struct watch_want want = {
		.hooks = interval_hooks() | faults, .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = call_and_fault, .events = interval_events,
	};
	const struct pairing pairing = {
		.type = HFT_REC_VISIT, .event = "context_tracking/user_enter", .fields = no_fields,
	};
	unsigned int visits = 0, faulty = 0;
	const struct told *told;
	struct watch watch;
	size_t i;

	watch_run(&watch, &want);
	told = watch.told;
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];

		if (record->type != HFT_REC_VISIT)
			continue;
		if (record->tsc >= told->start &&
		    record->tsc - record->visit.duration < told->end) {
			visits++;
			faulty += record->visit.faults;
		}
	}
	printf("# %u visits with %u faults for %d calls and %ld faults\n", visits, faulty, CALLS,
	       told->faults);
	CHECK(told->faults >= PAGES);
	CHECK(visits >= CALLS + PAGES);
	/* interrupts come on top */
	CHECK(visits <= CALLS + PAGES + 200);
	if (faults)
		CHECK_EQ(faulty, told->faults);
	CHECK(intervals_check(&watch, &pairing, want.hooks & INTERVAL_HOOKS) >= CALLS + PAGES);
	return 0;
}

/* Two that share the CPU bring its tick back: visits with an interrupt inside. */
static int be_interrupted(void *told)
{
	__u64 end = now_ns() + PATIENCE_S * 1000000000ULL;
	pid_t other = load_spin(QUIET_CPU);
	struct rusage usage;

	(void)told;
	do {
		__u64 pause = now_ns() + 20000000;

		while (now_ns() < pause)
			;
		if (getrusage(RUSAGE_SELF, &usage))
			return 1;
	} while (usage.ru_nivcsw < TICKS && now_ns() < end);
	stop(other);
	return 0;
}

static int net_of_interrupts(void)
{
	const struct watch_want want = {
		.hooks = interval_hooks(), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = be_interrupted, .events = interval_events,
	};
	const struct pairing pairing = {
		.type = HFT_REC_VISIT, .event = "context_tracking/user_enter", .fields = no_fields,
	};
	struct watch watch;

	watch_run(&watch, &want);
	CHECK(intervals_check_nested(&watch, &pairing, want.hooks) >= TICKS / 2);
	return 0;
}

HOOK_TEST_MAIN("visit", sources, NULL,
	       { "each visit with its length and its faults", of_the_quiet_cpu },
	       { "lengths net of the interrupts inside", net_of_interrupts })
