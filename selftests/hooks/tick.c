// SPDX-License-Identifier: GPL-2.0
/*
 * tick: a task alone on a tickless CPU, one with a CPU-time timer, and two that
 * share the CPU; each decision as timer:tick_stop shows it, and the reason that
 * was caused on purpose among them.
 */
#include <signal.h>
#include <time.h>

#include "hook_test.h"
#include "load.h"

#define TICKS		20
#define SPIN_MS	300

static const char *const sources[] = { "timer/tick_stop", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_tick_stop, success, "success"),
	FIELD(hft_rec_tick_stop, tid, "common_pid"),
	{ 0 }
};

/* The kernel has a mask of one bit. */
static const char *reason_differs(const struct record *record, const struct event *event)
{
	const struct hft_rec_tick_stop *rec = record_payload(record);
	__s64 mask = event_number(event, "dependency");

	return rec->dependency == (__u32)__builtin_ffsll(mask) ? NULL : "dependency";
}

static const struct pairing pairing = {
	.type = HFT_REC_TICK_STOP, .event = "timer/tick_stop", .fields = fields,
	.differs = reason_differs,
};

static struct watch watch;

static size_t decisions(unsigned int success, unsigned int dependency)
{
	size_t i, count = 0;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_tick_stop *rec = record_payload(record);

		count += record->type == HFT_REC_TICK_STOP && rec->success == success &&
			 rec->dependency == dependency;
	}
	printf("# %zu times: %s, dependency %u\n", count, success ? "stopped" : "not stopped",
	       dependency);
	return count;
}

static void spin_for(unsigned int ms)
{
	__u64 end = now_ns() + ms * 1000000ULL;

	while (now_ns() < end)
		;
}

/* Of QUIET_CPU. */
static unsigned long timer_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned long other, count = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		if (strstr(line, "Local timer interrupts") || strstr(line, "arch_timer"))
			CHECK(sscanf(line, " %*[^:]: %lu %lu", &other, &count) == 2);
	}
	if (file)
		fclose(file);
	CHECK(count);
	return count;
}

/* Until the tick has come so often, which takes its time on a slow machine; no longer than that. */
static void spin_for_ticks(unsigned int ticks)
{
	const __u64 end = now_ns() + PATIENCE_MS / 4 * 1000000ULL;
	const unsigned long until = timer_interrupts() + ticks;

	while (timer_interrupts() < until && now_ns() < end)
		;
}

/* It stopped long ago on a CPU that idled: another task brings it back first. */
static void run_another(void)
{
	pid_t other = load_spin(QUIET_CPU);

	spin_for_ticks(TICKS);
	stop(other);
}

static int spin_alone(void *told)
{
	(void)told;
	run_another();
	spin_for(SPIN_MS);
	return 0;
}

/* It never expires, but somebody has to look. */
static int spin_with_timer(void *told)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec far = { .it_value.tv_sec = 10000 };
	timer_t timer;

	(void)told;
	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) ||
	    timer_settime(timer, 0, &far, NULL))
		return 1;
	run_another();
	spin_for_ticks(TICKS);
	return 0;
}

static int spin_together(void *told)
{
	(void)told;
	run_another();
	return 0;
}

static void watch_spinning(int (*spin)(void *told))
{
	const struct watch_want want = {
		.hooks = BIT_OF(TICK), .cpus = 3, .on = QUIET_CPU,
		.provoke = spin, .events = sources,
	};

	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &pairing));
}

static int stops(void)
{
	watch_spinning(spin_alone);
	CHECK(decisions(1, HFT_TICK_NONE));
	CHECK_EQ(decisions(0, HFT_TICK_POSIX_TIMER), 0);
	return 0;
}

static int timer_keeps_it(void)
{
	watch_spinning(spin_with_timer);
	CHECK(decisions(0, HFT_TICK_POSIX_TIMER) >= 5);
	return 0;
}

static int another_task_keeps_it(void)
{
	watch_spinning(spin_together);
	CHECK(decisions(0, HFT_TICK_SCHED) >= 5);
	return 0;
}

HOOK_TEST_MAIN("tick", sources, NULL,
	       { "a task alone: the tick stops", stops },
	       { "a CPU-time timer keeps it: POSIX_TIMER", timer_keeps_it },
	       { "another task keeps it: SCHED", another_task_keeps_it })
