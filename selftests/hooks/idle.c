// SPDX-License-Identifier: GPL-2.0
/*
 * idle: a task that sleeps on a CPU that has nothing else to do; each idle
 * state as power:cpu_idle shows its beginning and end, and what followed as
 * sched:sched_switch does.
 */
#include "hook_test.h"

#define SLEEPS	100
#define EXIT	0xffffffff	/* the state of an end */

static const char *const sources[] = { "power/cpu_idle", "sched/sched_switch", NULL };

static const struct field_pair fields[] = { { 0 } };

static struct watch watch;

static bool is_exit(const struct event *event)
{
	return (__u32)event_number(event, "state") == EXIT;
}

/* The idle event or switch next to `event` on its CPU. */
static const struct event *beside(const struct event *event, int step)
{
	const struct event *first = watch.events[event->cpu];
	const struct event *last = first + watch.events_count[event->cpu] - 1;

	return event == (step < 0 ? first : last) ? NULL : event + step;
}

static const char *start_differs(const struct record *record, const struct event *exit)
{
	const struct hft_rec_idle *rec = record_payload(record);
	const struct event *entry = beside(exit, -1), *next = beside(exit, 1);

	if (record->ctx & HFT_CTX_CONTINUED)
		return NULL;
	if (!entry || !event_is(entry, "power/cpu_idle") || is_exit(entry))
		return "an entry";
	if (rec->state != (__u32)event_number(entry, "state"))
		return "state";
	/* whoever waits for the CPU gets it before it idles again */
	if (rec->woken && next && !event_is(next, "sched/sched_switch"))
		return "a switch";
	return rec->net > rec->duration ? "net" : NULL;
}

static const struct pairing pairing = {
	.type = HFT_REC_IDLE, .event = "power/cpu_idle", .fields = fields,
	.event_is = is_exit, .differs = start_differs,
};

static int sleep_often(void *told)
{
	int i;

	(void)told;
	for (i = 0; i < SLEEPS; i++)
		sleep_ms(1);
	return 0;
}

/* The sum of a CPU's lengths, by the records and by the events. */
static void check_lengths(unsigned int cpu)
{
	__u64 ours = 0, theirs = 0;
	struct pairing on_cpu = pairing;
	struct pairs pairs;
	size_t i;

	on_cpu.cpu = cpu;
	pairs_find(&pairs, &watch, &on_cpu);
	for (i = 0; i < pairs.count; i++) {
		const struct hft_rec_idle *rec = record_payload(pairs.at[i].record);

		if (pairs.at[i].record->ctx & HFT_CTX_CONTINUED)
			continue;
		ours += rec->duration;
		theirs += pairs.at[i].event->ts - beside(pairs.at[i].event, -1)->ts;
	}
	printf("# CPU %u idled for %llu us by the records, %llu us by the events\n", cpu,
	       watch_ticks_to_ns(&watch, ours) / 1000, watch_ticks_to_ns(&watch, theirs) / 1000);
	CHECK(ours <= theirs + theirs / 10 && theirs <= ours + ours / 10);
	free(pairs.at);
}

static int sleeper(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(IDLE), .cpus = 3, .on = QUIET_CPU,
		.provoke = sleep_often, .events = sources,
	};
	size_t i, woken = 0;

	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &pairing) >= SLEEPS);
	check_lengths(QUIET_CPU);
	check_lengths(OTHER_CPU);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct hft_rec_idle *rec = record_payload(&watch.records[QUIET_CPU][i]);

		woken += rec->woken;
	}
	printf("# %zu of %zu ended for a task that waited already\n", woken,
	       watch.records_count[QUIET_CPU]);
#ifdef __x86_64__
	/* elsewhere the interrupt comes behind the end */
	CHECK(woken >= SLEEPS / 2);
#endif
	return 0;
}

HOOK_TEST_MAIN("idle", sources, NULL,
	       { "each idle state with its length and what ended it", sleeper })
