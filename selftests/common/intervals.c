// SPDX-License-Identifier: GPL-2.0
/* See intervals.h. */
#include "intervals.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hook_test.h"
#include "ktap.h"

#define DEPTH		32
/* As in pairs.c. */
#define EDGE_US		2000
#define FEW		8

/* What opens and what closes an interval, and the field that both have in common. */
static const struct kind {
	enum hft_hook_id hook;
	const char *entry;
	const char *exit;
	const char *key;
} kinds[] = {
	{ HFT_HOOK_IRQ, "irq/irq_handler_entry", "irq/irq_handler_exit", "irq" },
	{ HFT_HOOK_SOFTIRQ, "irq/softirq_entry", "irq/softirq_exit", "vec" },
	{ HFT_HOOK_VISIT, "context_tracking/user_exit", "context_tracking/user_enter", NULL },
	/* on architectures without irq_vectors, inside an irq */
	{ HFT_HOOK_VECTORS, "ipi/ipi_entry", "ipi/ipi_exit", "reason" },
	{ HFT_HOOK_HRTIMER, "timer/hrtimer_expire_entry", "timer/hrtimer_expire_exit", "hrtimer" },
	{ HFT_HOOK_TIMER, "timer/timer_expire_entry", "timer/timer_expire_exit", "timer" },
#define VECTOR(name)	\
	{ HFT_HOOK_VECTORS, "irq_vectors/" name "_entry", "irq_vectors/" name "_exit", "vector" }
	VECTOR("local_timer"),
	VECTOR("reschedule"),
	VECTOR("call_function"),
	VECTOR("call_function_single"),
	VECTOR("irq_work"),
	VECTOR("x86_platform_ipi"),
	VECTOR("spurious_apic"),
	VECTOR("error_apic"),
	VECTOR("thermal_apic"),
	VECTOR("threshold_apic"),
	VECTOR("deferred_error_apic"),
};

#define EVENTS_OF_VECTOR(name)	"?irq_vectors/" name "_entry", "?irq_vectors/" name "_exit"

const char *const interval_events[] = {
	"irq/irq_handler_entry", "irq/irq_handler_exit", "irq/softirq_entry", "irq/softirq_exit",
	"?context_tracking/user_exit", "?context_tracking/user_enter", "?nmi/nmi_handler",
	"?ipi/ipi_entry", "?ipi/ipi_exit", EVENTS_OF_VECTOR("local_timer"),
	EVENTS_OF_VECTOR("reschedule"),
	EVENTS_OF_VECTOR("call_function"), EVENTS_OF_VECTOR("call_function_single"),
	EVENTS_OF_VECTOR("irq_work"), EVENTS_OF_VECTOR("x86_platform_ipi"),
	EVENTS_OF_VECTOR("spurious_apic"), EVENTS_OF_VECTOR("error_apic"),
	EVENTS_OF_VECTOR("thermal_apic"), EVENTS_OF_VECTOR("threshold_apic"),
	EVENTS_OF_VECTOR("deferred_error_apic"), NULL
};

__u64 interval_hooks(void)
{
	int fd = device_open(O_RDWR);
	__u64 hooks;

	if (fd < 0)
		errx(EXIT_FAILURE, "no device");
	hooks = device_supported(fd) & INTERVAL_HOOKS;
	close(fd);
	/* there they are intervals of tasks, which nest in nothing of a CPU */
	return kernel_is("PREEMPT_RT") ? hooks & ~BIT_OF(SOFTIRQ) : hooks;
}

/* ------------------------------------------------------- what tracefs shows */

struct open_interval {
	const struct kind *kind;
	__s64 key;
	__u64 start;
	__u64 nested;		/* ticks in what closed inside */
};

struct finding {
	const struct watch *watch;
	struct intervals *intervals;
	size_t room;
	struct open_interval open[DEPTH];
	unsigned int depth;
};

static void add(struct finding *finding, const struct event *exit, __u64 start, __u64 nested)
{
	const struct watch *watch = finding->watch;
	__u64 edge = EDGE_US * watch->khz / 1000;
	struct intervals *intervals = finding->intervals;
	struct interval *interval;

	if (intervals->count == finding->room) {
		finding->room = finding->room ? 2 * finding->room : 1024;
		intervals->at = reallocarray(intervals->at, finding->room,
					     sizeof(*intervals->at));
		if (!intervals->at)
			err(EXIT_FAILURE, "intervals");
	}
	interval = &intervals->at[intervals->count++];
	*interval = (struct interval){ .exit = exit };
	interval->unsure = start + edge >= watch->arming && start <= watch->start + edge;
	if (start < watch->start)
		return;
	interval->start = start;
	interval->duration = exit->ts - start;
	interval->net = interval->duration - nested;
}

static __s64 key_of(const struct kind *kind, const struct event *event)
{
	return kind->key ? event_number(event, kind->key) : 0;
}

static void open_one(struct finding *finding, const struct kind *kind, const struct event *event)
{
	/* outside of a visit is user mode: what is still open there will never be closed */
	if (kind->hook == HFT_HOOK_VISIT)
		finding->depth = 0;
	if (finding->depth == DEPTH)
		errx(EXIT_FAILURE, "CPU %u: %d intervals are open", event->cpu, DEPTH);
	finding->open[finding->depth++] = (struct open_interval){
		.kind = kind, .key = key_of(kind, event), .start = event->ts,
	};
}

static void close_one(struct finding *finding, const struct kind *kind, const struct event *event)
{
	const struct open_interval *open;
	unsigned int depth = finding->depth;

	while (depth--) {
		open = &finding->open[depth];
		if (open->kind != kind || open->key != key_of(kind, event))
			continue;
		add(finding, event, open->start, open->nested);
		finding->depth = depth;
		if (depth)
			finding->open[depth - 1].nested += event->ts - open->start;
		return;
	}
	/* open since before tracefs was on */
	add(finding, event, 0, 0);
}

static void nmi(struct finding *finding, const struct event *event)
{
	__u64 ticks = watch_ns_to_ticks(finding->watch, event_number(event, "delta_ns"));

	add(finding, event, event->ts - ticks, 0);
	if (finding->depth)
		finding->open[finding->depth - 1].nested += ticks;
}

static void take(struct finding *finding, const struct event *event, __u64 hooks)
{
	size_t i;

	if (event_is(event, "nmi/nmi_handler") && hooks & BIT_OF(NMI))
		nmi(finding, event);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!(hooks & HFT_HOOK_BIT(kinds[i].hook)))
			continue;
		if (event_is(event, kinds[i].entry))
			open_one(finding, &kinds[i], event);
		else if (event_is(event, kinds[i].exit))
			close_one(finding, &kinds[i], event);
	}
}

void intervals_find(struct intervals *intervals, const struct watch *watch, unsigned int cpu,
		    __u64 hooks)
{
	struct finding finding = { .watch = watch, .intervals = intervals };
	size_t i;

	*intervals = (struct intervals){ 0 };
	for (i = 0; i < watch->events_count[cpu]; i++)
		take(&finding, &watch->events[cpu][i], hooks);
}

/* --------------------------------------------------------------- comparing */

/* How far each length is from the witness's. */
struct lengths {
	__u64 *theirs, *apart;
	size_t count;
	size_t unsure;		/* with something inside by our account alone */
	/* of those that had others inside */
	__u64 *net_theirs, *net_apart;
	size_t nested;
};

static __u64 distance(__u64 a, __u64 b)
{
	return a > b ? a - b : b - a;
}

static void compare(struct lengths *lengths, const struct record *record,
		    const struct interval *interval)
{
	__u64 duration, net;

	CHECK(record_length(record, &duration, &net));
	if (interval->unsure)
		return;
	if (!interval->start) {
		CHECK(record->ctx & HFT_CTX_CONTINUED);
		CHECK_EQ(duration, 0);
		return;
	}
	CHECK(!(record->ctx & HFT_CTX_CONTINUED));
	lengths->theirs[lengths->count] = interval->duration;
	lengths->apart[lengths->count] = distance(interval->duration, duration);
	lengths->count++;
	if (interval->net == interval->duration) {
		/* an interrupt between the two probes of the start is inside for us alone */
		lengths->unsure += net != duration;
		return;
	}
	lengths->net_theirs[lengths->nested] = interval->net;
	lengths->net_apart[lengths->nested] = distance(interval->net, net);
	lengths->nested++;
}

static int by_value(const void *left, const void *right)
{
	const __u64 *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static __u64 median(__u64 *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

/*
 * Two probes stand at each end, so the lengths differ by what the one costs at
 * the start less what it costs at the end: little, in half of the cases.
 */
static void check_medians(const struct watch *watch, const char *what, __u64 *theirs, __u64 *apart,
			  size_t count)
{
	__u64 theirs_ns = watch_ticks_to_ns(watch, median(theirs, count));
	__u64 apart_ns = watch_ticks_to_ns(watch, median(apart, count));

	printf("# %zu %s: median %llu ns, median difference %llu ns\n", count, what, theirs_ns,
	       apart_ns);
	CHECK(count < FEW || apart_ns <= 2000 + theirs_ns / 3);
}

static void check_cpu(struct lengths *lengths, const struct watch *watch,
		      const struct pairing *want, __u64 hooks)
{
	struct intervals intervals;
	struct pairs pairs;
	size_t i, at = 0;

	pairs_find(&pairs, watch, want);
	intervals_find(&intervals, watch, want->cpu, hooks);
	for (i = 0; i < pairs.count; i++) {
		/* both are in order of their ends, but for a swapped pair */
		size_t from = at ? at - 1 : 0;

		for (at = from; at < intervals.count; at++) {
			if (intervals.at[at].exit == pairs.at[i].event)
				break;
		}
		CHECK(at < intervals.count);
		compare(lengths, pairs.at[i].record, &intervals.at[at]);
	}
	free(pairs.at);
	free(intervals.at);
}

static void lengths_prepare(struct lengths *lengths, const struct watch *watch)
{
	__u64 **columns[] = { &lengths->theirs, &lengths->apart, &lengths->net_theirs,
			      &lengths->net_apart };
	size_t room = 1, i;

	memset(lengths, 0, sizeof(*lengths));
	for (i = 0; i < WATCH_CPUS; i++)
		room += watch->records_count[i];
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		*columns[i] = calloc(room, sizeof(__u64));
		if (!*columns[i])
			err(EXIT_FAILURE, "lengths");
	}
}

static void lengths_free(struct lengths *lengths)
{
	free(lengths->theirs);
	free(lengths->apart);
	free(lengths->net_theirs);
	free(lengths->net_apart);
}

static void check_all(struct lengths *lengths, const struct watch *watch,
		      const struct pairing *want, __u64 hooks)
{
	struct pairing on_cpu = *want;

	lengths_prepare(lengths, watch);
	for (on_cpu.cpu = 0; on_cpu.cpu < WATCH_CPUS; on_cpu.cpu++) {
		if (watch->records[on_cpu.cpu])
			check_cpu(lengths, watch, &on_cpu, hooks);
	}
	if (lengths->count)
		check_medians(watch, "lengths", lengths->theirs, lengths->apart, lengths->count);
	if (lengths->unsure > 1 + lengths->count / 50)
		printf("# %zu of %zu have something inside that the witness has not seen\n",
		       lengths->unsure, lengths->count);
	CHECK(lengths->unsure <= 1 + lengths->count / 50);
	if (lengths->nested)
		check_medians(watch, "net lengths", lengths->net_theirs, lengths->net_apart,
			      lengths->nested);
	lengths_free(lengths);
}

size_t intervals_check(const struct watch *watch, const struct pairing *want, __u64 hooks)
{
	struct lengths lengths;

	check_all(&lengths, watch, want, hooks);
	return lengths.count;
}

size_t intervals_check_nested(const struct watch *watch, const struct pairing *want, __u64 hooks)
{
	struct lengths lengths;

	check_all(&lengths, watch, want, hooks);
	return lengths.nested;
}

/* The last `entry` before `exit` on its CPU that has the same key, or NULL. */
static const struct event *entry_of(const struct watch *watch, const struct event *exit,
				    const char *entry, const char *key)
{
	const struct event *first = watch->events[exit->cpu], *event = exit;

	while (event-- > first) {
		if (event_is(event, entry) && event_number(event, key) == event_number(exit, key))
			return event;
	}
	return NULL;
}

static void check_durations(struct lengths *lengths, const struct watch *watch,
			    const struct pairs *pairs, const char *entry, const char *key,
			    unsigned int bytes)
{
	size_t i;

	for (i = 0; i < pairs->count; i++) {
		const struct record *record = pairs->at[i].record;
		const struct event *exit = pairs->at[i].event;
		const struct event *from = entry_of(watch, exit, entry, key);
		__u64 duration = 0;

		if (record->ctx & HFT_CTX_CONTINUED)
			continue;
		CHECK(from);
		memcpy(&duration, record_payload(record), bytes);
		lengths->theirs[lengths->count] = exit->ts - from->ts;
		lengths->apart[lengths->count++] = distance(exit->ts - from->ts, duration);
	}
}

size_t durations_check(const struct watch *watch, const struct pairing *want, const char *entry,
		       const char *key, unsigned int bytes)
{
	struct pairing on_cpu = *want;
	struct lengths lengths;
	struct pairs pairs;

	lengths_prepare(&lengths, watch);
	for (on_cpu.cpu = 0; on_cpu.cpu < WATCH_CPUS; on_cpu.cpu++) {
		if (!watch->records[on_cpu.cpu])
			continue;
		pairs_find(&pairs, watch, &on_cpu);
		check_durations(&lengths, watch, &pairs, entry, key, bytes);
		free(pairs.at);
	}
	if (lengths.count)
		check_medians(watch, "durations", lengths.theirs, lengths.apart, lengths.count);
	lengths_free(&lengths);
	return lengths.count;
}
