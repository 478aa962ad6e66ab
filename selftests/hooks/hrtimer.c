// SPDX-License-Identifier: GPL-2.0
/*
 * hrtimer: a task that sleeps for short times, and a module's timer; each
 * expiry with function, timer and lateness as timer:hrtimer_start,
 * hrtimer_expire_entry and hrtimer_expire_exit show them.
 */
#include <time.h>

#include "deferred.h"
#include "hook_test.h"
#include "intervals.h"
#include "tracefs.h"

#define SLEEPS		150
#define RUNS		30

static const char *const sources[] = {
	"timer/hrtimer_expire_entry", "timer/hrtimer_expire_exit", "timer/hrtimer_start",
	"?irq_vectors/local_timer_entry", "?irq_vectors/local_timer_exit", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_hrtimer, timer, "hrtimer"),
	{ 0 }
};

static struct watch watch;
static size_t lateness_compared;

/* The last event of this kind and timer before `event`: on its CPU, or, earlier, on any. */
static const struct event *last_before(const struct event *event, const char *path)
{
	const struct event *found = NULL;
	unsigned int cpu;
	size_t i;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch.events_count[cpu]; i++) {
			const struct event *candidate = &watch.events[cpu][i];

			if (candidate->ts < event->ts && event_is(candidate, path) &&
			    event_number(candidate, "hrtimer") == event_number(event, "hrtimer") &&
			    (!found || candidate->ts > found->ts))
				found = candidate;
		}
	}
	return found;
}

/* A start is the expiry's own if the timer did not expire in between. */
static const char *lateness_differs(const struct hft_rec_hrtimer *rec, const struct event *entry)
{
	const struct event *start = last_before(entry, "timer/hrtimer_start");
	const struct event *earlier = last_before(entry, "timer/hrtimer_expire_entry");

	if (!start || (earlier && earlier->ts > start->ts))
		return NULL;
	lateness_compared++;
	return rec->late_ns == event_number(entry, "now") - event_number(start, "softexpires") ?
	       NULL : "now - softexpires";
}

static const char *start_differs(const struct record *record, const struct event *exit)
{
	const struct hft_rec_hrtimer *rec = record_payload(record);
	const struct event *entry;

	if (rec->tid != exit->pid)
		return "common_pid";
	if (record->ctx & (HFT_CTX_CONTINUED | HFT_CTX_SWITCHED_OUT))
		return NULL;
	entry = last_before(exit, "timer/hrtimer_expire_entry");
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
	.type = HFT_REC_HRTIMER, .event = "timer/hrtimer_expire_exit", .fields = fields,
	.record_is = is_end, .differs = start_differs,
};

static int sleep_and_run(void *told)
{
	const struct timespec little = { .tv_nsec = 300000 };
	int i;

	for (i = 0; i < SLEEPS; i++) {
		if (clock_nanosleep(CLOCK_MONOTONIC, 0, &little, NULL))
			return 1;
	}
	*(__u64 *)told = kernel_symbol("selftest_hrtimer");
	return deferred_run("hrtimer", QUIET_CPU, RUNS);
}

static size_t records_with(unsigned int cpu, __u64 function)
{
	size_t i, count = 0;

	for (i = 0; i < watch.records_count[cpu]; i++) {
		const struct record *record = &watch.records[cpu][i];
		const struct hft_rec_hrtimer *rec = record_payload(record);

		count += record->type == HFT_REC_HRTIMER && is_end(record) &&
			 rec->function == function;
	}
	return count;
}

static void watch_expiries(__u64 hooks)
{
	const struct watch_want want = {
		.hooks = hooks, .cpus = 3, .on = QUIET_CPU,
		.provoke = sleep_and_run, .events = sources,
	};

	CHECK(!deferred_load(""));
	watch_run(&watch, &want);
	CHECK_EQ(deferred_count("hrtimers"), RUNS);
	CHECK(!deferred_unload());
}

static int expiries(void)
{
	watch_expiries(BIT_OF(HRTIMER));
	CHECK(pairs_on_all(&watch, &pairing) >= SLEEPS + RUNS);
	CHECK_EQ(records_with(QUIET_CPU, *(const __u64 *)watch.told), RUNS);
	/* timers of a tickless CPU's tasks may go to another one */
	CHECK(records_with(OTHER_CPU, kernel_symbol("hrtimer_wakeup")) +
	      records_with(QUIET_CPU, kernel_symbol("hrtimer_wakeup")) >= SLEEPS);
	printf("# %zu latenesses are those of the events\n", lateness_compared);
	CHECK(lateness_compared >= SLEEPS + RUNS);
	CHECK(durations_check(&watch, &pairing, "timer/hrtimer_expire_entry", "hrtimer", 8) >=
	      SLEEPS);
	return 0;
}

static const struct field_pair vector_fields[] = {
	FIELD(hft_rec_vector, vector, "vector"),
	{ 0 }
};

static bool is_local_timer(const struct record *record)
{
	return record->vector.kind == HFT_VECTOR_LOCAL_TIMER;
}

/* The vector's length is known with and without the functions in it. */
static int inside_the_vector(void)
{
	const struct pairing vector = {
		.type = HFT_REC_VECTOR, .event = "irq_vectors/local_timer_exit",
		.fields = vector_fields, .record_is = is_local_timer,
	};

	if (!hook_offered(HFT_HOOK_VECTORS) || !tracefs_has("irq_vectors/local_timer_exit"))
		case_skip("this architecture has no vectors");
	watch_expiries(BIT_OF(HRTIMER) | BIT_OF(VECTORS));
	CHECK(intervals_check_nested(&watch, &vector, BIT_OF(HRTIMER) | BIT_OF(VECTORS)) >= RUNS);
	return 0;
}

HOOK_TEST_MAIN("hrtimer", sources, NULL,
	       { "each expiry with function, timer, lateness and length", expiries },
	       { "it nests in the timer interrupt", inside_the_vector })
