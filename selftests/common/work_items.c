// SPDX-License-Identifier: GPL-2.0
/* See work_items.h. */
#include "work_items.h"

#include "deferred.h"
#include "hook_test.h"
#include "pairs.h"

#define RUNS	25
/* The function spins for 50 us before it sleeps and as long behind. */
#define LEAST_US	50

static const struct work_kind *kind;
static struct watch watch;

/* ------------------------------------------------------- ends and queueing */

static const struct field_pair run_fields[] = {
	FIELD(hft_rec_work, work, "work"),
	FIELD(hft_rec_work, function, "function"),
	FIELD(hft_rec_work, tid, "common_pid"),
	{ 0 }
};

static const struct field_pair queue_fields[] = {
	FIELD(hft_rec_work_queue, work, "work"),
	FIELD(hft_rec_work_queue, function, "function"),
	FIELD(hft_rec_work_queue, by_tid, "common_pid"),
	{ 0 }
};

static bool is_end(const struct record *record)
{
	return !(record->ctx & HFT_CTX_SWITCHED_OUT);
}

/* A number that no CPU has means none of them. */
static const char *target_differs(const struct record *record, const struct event *event)
{
	const struct hft_rec_work_queue *rec = record_payload(record);
	__s64 asked;

	if (record->type == HFT_REC_KTHREAD_QUEUE)
		return rec->cpu == -1 ? NULL : "cpu";
	asked = event_number(event, "req_cpu");
	return rec->cpu == (asked < 2 ? asked : -1) && !rec->tid ? NULL : "req_cpu";
}

/* ---------------------------------------------------------------- segments */

/* The start that a segment of this item has, on its CPU. */
static const struct event *start_of(const struct record *segment, unsigned int cpu)
{
	const struct hft_rec_work *rec = record_payload(segment);
	const struct event *found = NULL;
	size_t i;

	for (i = 0; i < watch.events_count[cpu]; i++) {
		const struct event *event = &watch.events[cpu][i];

		if (event->ts > segment->tsc)
			break;
		if (event_is(event, kind->sources[0]) &&
		    (__u64)event_number(event, "work") == rec->work)
			found = event;
	}
	return found;
}

/* Did the worker leave the CPU where the segment ends? The nearest of its switches, in ticks. */
static __u64 from_switch(const struct record *segment, unsigned int cpu)
{
	const struct hft_rec_work *rec = record_payload(segment);
	__u64 nearest = ~0ULL;
	size_t i;

	for (i = 0; i < watch.events_count[cpu]; i++) {
		const struct event *event = &watch.events[cpu][i];
		__s64 apart = event->ts - segment->tsc;

		if (apart < 0)
			apart = -apart;
		if (event_is(event, "sched/sched_switch") &&
		    event_number(event, "prev_pid") == rec->tid && (__u64)apart < nearest)
			nearest = apart;
	}
	return nearest;
}

/* The first segment of each item of the module's: from its start to the switch. */
static void check_segments(__u64 function)
{
	size_t i, segments = 0, near = 0;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_work *rec = record_payload(record);
		const struct event *start;
		__s64 apart;

		if (record->type != kind->run || is_end(record) || rec->function != function)
			continue;
		segments++;
		start = start_of(record, QUIET_CPU);
		CHECK(start && start->pid == rec->tid);
		CHECK_EQ(rec->function, event_number(start, "function"));
		apart = record->tsc - start->ts - rec->duration;
		CHECK(rec->net <= rec->duration);
		/* one that was preempted before it slept is shorter */
		near += watch_ticks_to_ns(&watch, apart < 0 ? -apart : apart) <= 20000 &&
			watch_ticks_to_ns(&watch, rec->duration) >= LEAST_US * 900 &&
			watch_ticks_to_ns(&watch, from_switch(record, QUIET_CPU)) <= 100000;
	}
	printf("# %zu segments, %zu from the start to a switch of the worker\n", segments, near);
	/* one whose time to sleep was over before it slept is not switched out */
	CHECK(segments >= RUNS * 3 / 4);
	CHECK(near >= segments / 2);
}

/* ------------------------------------------------------------------- items */

static int run_items(void *told)
{
	*(__u64 *)told = kernel_symbol(kind->symbol);
	return deferred_run(kind->what, QUIET_CPU, RUNS);
}

static void check_queueing(__u64 function)
{
	size_t i, mine = 0;

	for (i = 0; i < watch.records_count[OTHER_CPU]; i++) {
		const struct record *record = &watch.records[OTHER_CPU][i];
		const struct hft_rec_work_queue *rec = record_payload(record);

		if (record->type != kind->queue || rec->function != function)
			continue;
		mine++;
		CHECK_EQ(rec->by_tid, watch.child);
		CHECK_EQ(rec->cpu, kind->queue == HFT_REC_WORK_QUEUE ? QUIET_CPU : -1);
		CHECK(rec->by_comm[0] && memchr(rec->by_comm, 0, sizeof(rec->by_comm)));
	}
	CHECK_EQ(mine, RUNS);
}

void work_items_check(const struct work_kind *which)
{
	const struct watch_want want = {
		.hooks = which->hook, .cpus = 3, .on = OTHER_CPU,
		.provoke = run_items, .events = which->sources,
	};
	const struct pairing runs = {
		.type = which->run, .event = which->sources[1], .fields = run_fields,
		.record_is = is_end,
	};
	const struct pairing queues = {
		.type = which->queue, .event = which->sources[2], .fields = queue_fields,
		.differs = target_differs,
	};
	__u64 function;

	kind = which;
	CHECK(!deferred_load(""));
	watch_run(&watch, &want);
	CHECK_EQ(deferred_count(!strcmp(which->what, "work") ? "works" : "items"), RUNS);
	CHECK(!deferred_unload());
	function = *(const __u64 *)watch.told;
	CHECK(function);
	CHECK(pairs_on_all(&watch, &runs) >= RUNS);
	CHECK(pairs_on_all(&watch, &queues) >= RUNS);
	check_segments(function);
	check_queueing(function);
}
