// SPDX-License-Identifier: GPL-2.0
/*
 * Counters inside the spans of a program: who gets them and for how long, and what those are told
 * that do not.
 *
 * Machine aarch64: -c 2
 */
#include <pthread.h>
#include <sys/syscall.h>

#include "span_pmu.h"

/* --------------------------------------------------------- who and how long */

/* Pages of counters that this process has mapped. */
static unsigned int pages(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int number = 0;
	char line[512];

	CHECK(maps);
	while (fgets(line, sizeof(line), maps))
		number += !!strstr(line, "[perf_event]");
	fclose(maps);
	return number;
}

static void *other_thread(void *own)
{
	struct hft_thread *mine = hft_thread_attach("other");

	if (hft_thread_pmu(own, count_cycles, 1, NULL) != -EINVAL ||
	    hft_thread_pmu(mine, count_cycles, 1, NULL) ||
	    hft_thread_pmu(mine, count_cycles, 1, NULL) != -EALREADY || pages() != 2)
		return NULL;
	/* harmless to the counters of others */
	hft_thread_pmu_close(own);
	return own;
}

static int lifetimes(void)
{
	pthread_t other;
	void *fine;
	pid_t pid;

	count(count_cycles, PERF_COUNT_HW_CPU_CYCLES);
	CHECK_EQ(pages(), 1);
	CHECK_EQ(pthread_create(&other, NULL, other_thread, thread), 0);
	CHECK_EQ(pthread_join(other, &fine), 0);
	CHECK(fine);
	CHECK_EQ(pages(), 1);
	hft_span_begin_pmu(thread, 6, 1);
	pid = fork();
	if (!pid) {
		/* the child has neither ring nor counters, and does not fall */
		hft_span_end_pmu(thread);
		hft_span_begin_pmu(thread, 6, 2);
		hft_span_end_pmu(thread);
		_exit(pages());
	}
	CHECK_EQ(wait_for(pid), 0);
	hft_span_end_pmu(thread);
	CHECK(take(6, 1).count[0] != HFT_SPAN_PMU_MISSING);
	nothing_left();
	hft_thread_detach(thread);
	CHECK_EQ(pages(), 0);
	thread = hft_thread_attach("again");
	CHECK_EQ(try_counters(count_cycles, 1, NULL), 0);
	hft_fini();
	CHECK_EQ(pages(), 0);
	return 0;
}

/* ---------------------------------------------------------------- refusals */

/* Spans go on without. */
static void spans_go_on(void)
{
	struct hft_record record;

	hft_span_begin_pmu(thread, 7, 1);
	hft_span_end_pmu(thread);
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	nothing_left();
	CHECK_EQ(pages(), 0);
}

static int switched_off(void)
{
	attach();
#ifdef __aarch64__
	CHECK_EQ(write_file("/proc/sys/kernel/perf_user_access", "0"), 0);
	if (!can(PERF_COUNT_HW_CPU_CYCLES))
		case_skip("there is no PMU");
	CHECK_EQ(try_counters(count_cycles, 1, "sysctl kernel.perf_user_access=1"), -EPERM);
#else
	if (can(PERF_COUNT_HW_CPU_CYCLES))
		case_skip("there is a PMU");
	CHECK_EQ(try_counters(count_cycles, 1, "this machine shows no PMU"), -ENODEV);
#endif
	spans_go_on();
	return 0;
}

static int wrong_use(void)
{
	static const char *const many[] = { "cycles", "cycles", "cycles", "cycles", "cycles" };
	static const char *const odd[] = {
		"cycle", "r", "rx", "r11x", "1", "1:", ":1", "-1:2", "1:-2", " 1:2", "",
		"4294967296:1", "1:0x10000000000000000",
	};
	static const char *const clock[] = { "1:0" };	/* the kernel's own */
	struct hft_thread_pmu_status status = { .size = 4 };
	unsigned int i;

	thread = hft_thread_attach("none");
	CHECK_EQ(try_counters(count_cycles, 1, "hft_status()"), -ENXIO);
	attach();
	allow();
	CHECK_EQ(hft_thread_pmu(thread, count_cycles, 1, &status), -EINVAL);
	CHECK_EQ(hft_thread_pmu(NULL, count_cycles, 1, NULL), -EINVAL);
	CHECK_EQ(try_counters(count_cycles, 0, "each thread"), -EINVAL);
	CHECK_EQ(try_counters(many, 5, "for 4 events"), -E2BIG);
	CHECK_EQ(try_counters(clock, 1, "user mode can read"), -EPERM);
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		CHECK_EQ(try_counters(&odd[i], 1, "is no event"), -EINVAL);
	spans_go_on();
	return 0;
}

/* At a level of paranoia, without capabilities; it is put back afterwards. */
static int as_trader(const char *level, void (*act)(void))
{
	static const char file[] = "/proc/sys/kernel/perf_event_paranoid";
	char before[32];
	int status;
	pid_t pid;

	allow();
	snprintf(before, sizeof(before), "%lld", read_number(file));
	CHECK_EQ(write_file(file, level), 0);
	pid = fork();
	if (!pid) {
		CHECK_EQ(become("trader"), 0);
		act();
		exit(0);
	}
	status = wait_for(pid);
	CHECK_EQ(write_file(file, before), 0);
	CHECK_EQ(status, 0);
	return 0;
}

static void is_refused(void)
{
	attach();
	CHECK_EQ(try_counters(count_cycles, 1, "sysctl kernel.perf_event_paranoid=2"), -EACCES);
	spans_go_on();
}

static int paranoid(void)
{
	return as_trader("3", is_refused);
}

static void counts(void)
{
	count_allowed(count_cycles, PERF_COUNT_HW_CPU_CYCLES);
	hft_span_begin_pmu(thread, 8, 1);
	hft_span_end_pmu(thread);
	CHECK(take(8, 1).count[0] != HFT_SPAN_PMU_MISSING);
}

/* What the sysctl says is true: at 2 everybody may count. */
static int not_paranoid(void)
{
	if (!can(PERF_COUNT_HW_CPU_CYCLES))
		case_skip("there is no PMU");
	return as_trader("2", counts);
}

/* More than there are counters: all or none. */
static int too_many(void)
{
	static const char *const many[] = { "cycles", "cycles", "cycles", "cycles" };
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES, .pinned = 1,
	};
	int i;

	CHECK_EQ(pin(OTHER_CPU), 0);
	attach();
	allow();
	if (!can(PERF_COUNT_HW_CPU_CYCLES))
		case_skip("there is no PMU");
	for (i = 0; i < 32; i++)
		CHECK(syscall(SYS_perf_event_open, &attr, -1, OTHER_CPU, -1, 0) >= 0);
	CHECK_EQ(try_counters(many, 4, "no counter is free"), -ENOSPC);
	spans_go_on();
	return 0;
}

HOOK_TEST_MAIN("pmu", NULL, NULL,
	       { "spans: counters of threads, forks and the end", lifetimes },
	       { "spans: what user mode may not read", switched_off },
	       { "spans: what is no use", wrong_use },
	       { "spans: who may not count is told the way out", paranoid },
	       { "spans: and that way leads out", not_paranoid },
	       { "spans: no counter is free", too_many })
