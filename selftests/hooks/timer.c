// SPDX-License-Identifier: GPL-2.0
/*
 * timer: timers of a module and of the kernel itself; each expiry with its
 * function as timer:timer_expire_entry and timer_expire_exit show it, and its
 * lateness from timer:timer_start.
 */
#include "deferred.h"
#include "hook_test.h"
#include "intervals.h"

#define RUNS	40

static const char *const sources[] = {
	"timer/timer_expire_entry", "timer/timer_expire_exit", "timer/timer_start",
	"?irq/softirq_entry", "?irq/softirq_exit", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_timer, timer, "timer"),
	{ 0 }
};

static struct watch watch;
static size_t lateness_compared;

/* The last one before `event` of this kind and timer on a CPU, or on any. */
static const struct event *last_before(const struct event *event, const char *path)
{
	const struct event *found = NULL;
	unsigned int cpu;
	size_t i;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch.events_count[cpu]; i++) {
			const struct event *candidate = &watch.events[cpu][i];

			if (candidate->ts < event->ts && event_is(candidate, path) &&
			    event_number(candidate, "timer") == event_number(event, "timer") &&
			    (!found || candidate->ts > found->ts))
				found = candidate;
		}
	}
	return found;
}

/* `now` of the entry is the jiffy; one may have passed between the two probes. */
static const char *lateness_differs(const struct hft_rec_timer *rec, const struct event *entry)
{
	const struct event *start = last_before(entry, "timer/timer_start");
	const struct event *earlier = last_before(entry, "timer/timer_expire_entry");
	__s64 late;

	if (!start || (earlier && earlier->ts > start->ts))
		return NULL;
	lateness_compared++;
	late = event_number(entry, "now") - event_number(start, "expires");
	return rec->late_jiffies == late || rec->late_jiffies + 1 == late ? NULL : "now - expires";
}

static const char *start_differs(const struct record *record, const struct event *exit)
{
	const struct hft_rec_timer *rec = record_payload(record);
	const struct event *entry;

	if (rec->tid != exit->pid)
		return "common_pid";
	if (record->ctx & HFT_CTX_CONTINUED)
		return NULL;
	entry = last_before(exit, "timer/timer_expire_entry");
	if (!entry)
		return "an entry";
	if (rec->function != (__u64)event_number(entry, "function"))
		return "function";
	return lateness_differs(rec, entry);
}

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

static const struct pairing pairing = {
	.type = HFT_REC_TIMER, .event = "timer/timer_expire_exit", .fields = fields,
	.record_is = is_end, .differs = start_differs,
};

static int run_timers(void *told)
{
	*(__u64 *)told = kernel_symbol("selftest_timer");
	return deferred_run("timer", QUIET_CPU, RUNS);
}

static void watch_expiries(__u64 hooks)
{
	const struct watch_want want = {
		.hooks = hooks, .cpus = 3, .on = OTHER_CPU,
		.provoke = run_timers, .events = sources,
	};

	CHECK(!deferred_load(""));
	watch_run(&watch, &want);
	CHECK_EQ(deferred_count("timers"), RUNS);
	CHECK(!deferred_unload());
}

static int expiries(void)
{
	size_t i, mine = 0;

	watch_expiries(BIT_OF(TIMER));
	CHECK(pairs_on_all(&watch, &pairing) >= RUNS);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_timer *rec = record_payload(record);

		if (record->type != HFT_REC_TIMER || !is_end(record) ||
		    rec->function != *(const __u64 *)watch.told)
			continue;
		mine++;
		CHECK(rec->jiffy_ns == 1000000 || rec->jiffy_ns == 4000000 ||
		      rec->jiffy_ns == 10000000);
	}
	CHECK_EQ(mine, RUNS);
	printf("# %zu latenesses are those of the events\n", lateness_compared);
	CHECK(lateness_compared >= RUNS);
	CHECK(durations_check(&watch, &pairing, "timer/timer_expire_entry", "timer", 8) >= RUNS);
	return 0;
}

static const struct field_pair softirq_fields[] = {
	FIELD(hft_rec_softirq, vec, "vec"),
	{ 0 }
};

static int inside_the_softirq(void)
{
	const struct pairing softirq = {
		.type = HFT_REC_SOFTIRQ, .event = "irq/softirq_exit", .fields = softirq_fields,
	};

	if (!hook_offered(HFT_HOOK_SOFTIRQ) || kernel_is("PREEMPT_RT"))
		case_skip("PREEMPT_RT runs softirqs in tasks");
	watch_expiries(BIT_OF(TIMER) | BIT_OF(SOFTIRQ));
	CHECK(intervals_check_nested(&watch, &softirq, BIT_OF(TIMER) | BIT_OF(SOFTIRQ)) >= RUNS);
	return 0;
}

HOOK_TEST_MAIN("timer", sources, NULL,
	       { "each expiry with function, timer, lateness and length", expiries },
	       { "it nests in the timer softirq", inside_the_softirq })
