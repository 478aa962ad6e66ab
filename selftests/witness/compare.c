// SPDX-License-Identifier: GPL-2.0
/*
 * Compares what collect saved: by CPU and class, hftrace's and tracefs's
 * observations must be the same sequence with the same fields, and their
 * times no further apart than a bound.
 *
 *	compare DIRECTORY [STEAL.CSV]
 *
 * Set aside, by these rules and no others:
 * - what either saw within EDGE of the window's ends and the other did not;
 * - tlb_flush for a switch of address spaces, which hftrace does not record;
 * - with -p of collect: faults and system calls of other processes;
 * - arguments of calls that were switched out inside and change the registers,
 *   from which hftrace reads them at the end then: execve, execveat and
 *   rt_sigreturn; and of calls whose start tracefs did not see;
 * - the name of a waker that calls execve, which tracefs does not record, until
 *   the next switch;
 * - whether a task that has ended is a zombie (0x20) or dead (0x10), which its
 *   parent may change between the probes;
 * - a thousandth of an NMI's length, which hftrace has in ticks;
 * - in a time difference: what the machine outside stole from the CPU, and
 *   interrupts and NMIs that came between the two probes.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syscall.h>
#include <hftrace/abi.h>

#include "array.h"
#include "observation.h"
#include "pause.h"

/*
 * Between the two times of one event, pauses taken off. They are as far apart
 * as one tracer's probe takes before it reads the clock: 1 us here when the
 * machine has nothing else to do, many times that when the emulator shares it.
 */
#define BOUND_US	5000
#define BOUND_PAUSED_US	250000	/* pauses and all */
#define BOUND_P99_US	250
#define BOUND_MEDIAN_US	25
#define EDGE_US		1000
#define DEAD		0x10
#define ZOMBIE		0x20
#define SHOWN		5	/* mismatches of one class and CPU */

/*
 * What the workload makes for certain; a run that has none of one proves
 * nothing about it. An emulated machine has no thermal and error vectors, and
 * with two CPUs "call_function" is always "single".
 */
static const enum observed required[] = {
	OBS_SWITCH, OBS_WAKING, OBS_WAKEUP, OBS_WAKEUP_NEW, OBS_MIGRATE, OBS_FORK, OBS_EXEC,
	OBS_EXIT,
	OBS_NMI, OBS_FAULT_USER, OBS_FAULT_KERNEL, OBS_SYSCALL, OBS_SEGMENT, OBS_VISIT, OBS_IRQ,
	OBS_SOFTIRQ + 1, OBS_VECTOR + HFT_VECTOR_LOCAL_TIMER,
	OBS_VECTOR + HFT_VECTOR_RESCHEDULE, OBS_VECTOR + HFT_VECTOR_CALL_FUNCTION_SINGLE,
	OBS_VECTOR + HFT_VECTOR_IRQ_WORK, OBS_TLB + HFT_TLB_REMOTE_SHOOTDOWN,
	OBS_TLB + HFT_TLB_LOCAL_MM_SHOOTDOWN, OBS_TLB + HFT_TLB_REMOTE_SEND_IPI,
};

/* On PREEMPT_RT threads do the work of RCU's softirq, and softirqs can be switched out. */
static const enum observed required_on_rt = OBS_SOFTIRQ_SEGMENT;
static const enum observed required_elsewhere = OBS_SOFTIRQ + 9;

static struct window window;
static size_t seen[OBS_CLASSES];	/* matched, on all CPUs */
static double *apart;			/* us, of each time compared */
static size_t aparts;
static unsigned int bad;

struct result {
	size_t ours, theirs, matched, aside, shown;
};

static double us(uint64_t ticks)
{
	return ticks * 1e3 / window.khz;
}

static bool at_edge(uint64_t ts)
{
	uint64_t edge = EDGE_US * window.khz / 1000;

	return ts < window.start + edge || ts + edge > window.end;
}

static void complain(struct result *r, const struct observation *o, const char *what)
{
	bad++;
	if (r->shown++ < SHOWN)
		printf("# cpu %u %s at %lu: %s\n", o->cpu, observed_name(o->class), o->end, what);
}

static bool has_args(const struct observation *theirs)
{
	uint64_t nr = theirs->field[0];

	if (theirs->start)
		return true;
	return nr != SYS_execve && nr != SYS_execveat && nr != SYS_rt_sigreturn &&
	       theirs->field[3] != ~0ULL;
}

/* hftrace turns the kernel's ns into ticks by a rate that the kernel refines after boot. */
static bool same_length(uint64_t a, uint64_t b)
{
	uint64_t difference = a < b ? b - a : a - b;

	return difference <= b / 1000 + 1;
}

static bool same_field(const struct observation *a, const struct observation *b, int i)
{
	if (a->field[i] == b->field[i])
		return true;
	if (a->class == OBS_NMI && i == 0)
		return same_length(a->field[i], b->field[i]);
	if (a->class == OBS_SWITCH && i == 2)
		return (a->field[i] ^ b->field[i]) == (ZOMBIE | DEAD) &&
		       (a->field[i] == ZOMBIE || a->field[i] == DEAD);
	return false;
}

/* The first field in which they differ, -1 if none. */
static int differ(const struct observation *a, const struct observation *b)
{
	int i, fields = OBS_FIELDS;

	if (a->class == OBS_SYSCALL && !has_args(b))
		fields = 3;
	for (i = 0; i < fields; i++) {
		if (!same_field(a, b, i))
			return i;
	}
	if (strcmp(a->text[0], b->text[0]))
		return OBS_FIELDS;
	if (strcmp(a->text[1], b->text[1]) && *b->text[1])
		return OBS_FIELDS + 1;
	return -1;
}

static void compare_time(struct result *r, const struct observation *o, uint64_t a, uint64_t b,
			 const char *which)
{
	uint64_t from = a < b ? a : b, to = a < b ? b : a;
	double difference = us(to - from - pause_within(o->cpu, from, to));
	char text[80];

	apart[aparts++] = difference;
	if (difference <= BOUND_US && us(to - from) <= BOUND_PAUSED_US)
		return;
	snprintf(text, sizeof(text), "the %s %.1f us apart, %.1f with pauses", which, difference,
		 us(to - from));
	complain(r, o, text);
}

static void compare_pair(struct result *r, const struct observation *ours,
			 const struct observation *theirs)
{
	int field = differ(ours, theirs);
	char text[160];

	r->matched++;
	if (field >= OBS_FIELDS) {
		snprintf(text, sizeof(text), "text %s is not %s", ours->text[field - OBS_FIELDS],
			 theirs->text[field - OBS_FIELDS]);
		complain(r, ours, text);
	} else if (field >= 0) {
		snprintf(text, sizeof(text), "%s %#lx is not %#lx",
			 observed_field(ours->class, field), ours->field[field],
			 theirs->field[field]);
		complain(r, ours, text);
	}
	compare_time(r, ours, ours->end, theirs->end, "times");
	if (!ours->interval || theirs->unsure)
		return;
	if (!ours->start != !theirs->start)
		complain(r, ours, ours->start ? "its start should not have been seen" :
			 "its start should have been seen");
	else if (ours->start)
		compare_time(r, ours, ours->start, theirs->start, "starts");
}

/* Only one of them saw it. */
static void alone(struct result *r, const struct observation *o, const char *who)
{
	if (at_edge(o->end))
		r->aside++;
	else
		complain(r, o, who);
}

/* Of a class and CPU, in order of time. */
static struct observations choose(const struct observations *all, unsigned int class,
				  unsigned int cpu)
{
	struct observations chosen = { 0 };
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct observation *o = &all->at[i];

		if (o->class == class && o->cpu == cpu && o->end >= window.start &&
		    o->end <= window.end)
			*observe(&chosen, class, cpu, 0) = *o;
	}
	return chosen;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static void compare_sequences(struct result *r, const struct observations *ours,
			      const struct observations *theirs)
{
	size_t i = 0, j = 0;

	while (i < ours->count && j < theirs->count) {
		const struct observation *a = &ours->at[i], *b = &theirs->at[j];

		if (differ(a, b) >= 0 && (at_edge(a->end) || at_edge(b->end))) {
			alone(r, a->end < b->end ? a : b, "unpaired");
			*(a->end < b->end ? &i : &j) += 1;
			continue;
		}
		compare_pair(r, a, b);
		i++;
		j++;
	}
	for (; i < ours->count; i++)
		alone(r, &ours->at[i], "seen by hftrace alone");
	for (; j < theirs->count; j++)
		alone(r, &theirs->at[j], "seen by tracefs alone");
}

/* Sorts `count` differences and gives the median, the 99th percentile and the largest. */
static void spread(double *from, size_t count, double out[3])
{
	qsort(from, count, sizeof(*from), by_value);
	out[0] = count ? from[count / 2] : 0;
	out[1] = count ? from[count * 99 / 100] : 0;
	out[2] = count ? from[count - 1] : 0;
}

static void compare_class(const struct observations *ours, const struct observations *theirs,
			  unsigned int class, unsigned int cpu)
{
	struct observations a = choose(ours, class, cpu), b = choose(theirs, class, cpu);
	struct result r = { .ours = a.count, .theirs = b.count };
	size_t first = aparts;
	double out[3];

	compare_sequences(&r, &a, &b);
	spread(apart + first, aparts - first, out);
	if (a.count || b.count)
		printf("# %-22s %3u %8zu %8zu %8zu %5zu %8.2f %8.2f %8.2f\n",
		       observed_name(class), cpu, r.ours, r.theirs, r.matched, r.aside, out[0],
		       out[1], out[2]);
	seen[class] += r.matched;
	free(a.at);
	free(b.at);
}

static void judge_times(void)
{
	double out[3];

	spread(apart, aparts, out);
	printf("# times: median %.2f us apart (at most %d), p99 %.2f (%d), max %.2f (%d)\n",
	       out[0], BOUND_MEDIAN_US, out[1], BOUND_P99_US, out[2], BOUND_US);
	bad += out[0] > BOUND_MEDIAN_US || out[1] > BOUND_P99_US;
}

/* Interrupts, by either witness: they agree on them, or the test fails for that. */
static void note_interrupts(const struct observations *all)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct observation *o = &all->at[i];

		if (o->class == OBS_NMI)
			pause_interrupt(o->cpu, o->end - o->field[0], o->end);
		else if (o->class >= OBS_IRQ && o->class < OBS_TLB && o->start)
			pause_interrupt(o->cpu, o->start, o->end);
	}
}

static void require(enum observed class)
{
	if (seen[class])
		return;
	printf("# %s never happened\n", observed_name(class));
	bad++;
}

int main(int argc, char **argv)
{
	struct observations ours = { 0 }, theirs = { 0 };
	unsigned int class, cpu, i;

	if (argc != 2 && argc != 3)
		errx(64, "usage: compare DIRECTORY [STEAL.CSV]");
	window_read(&window, argv[1]);
	pause_load(argc == 3 ? argv[2] : NULL);
	for (cpu = 0; cpu < window.cpus; cpu++)
		ring_observe(&ours, &window, argv[1], cpu);
	trace_observe(&theirs, &window, argv[1]);
	note_interrupts(&theirs);
	apart = calloc(2 * (ours.count + 1), sizeof(*apart));
	if (!apart)
		err(EXIT_FAILURE, "differences");
	printf("# %-22s %3s %8s %8s %8s %5s %8s %8s %8s\n", "type", "cpu", "hftrace", "tracefs",
	       "matched", "aside", "p50 us", "p99 us", "max us");
	for (class = 0; class < OBS_CLASSES; class++) {
		for (cpu = 0; cpu < window.cpus; cpu++)
			compare_class(&ours, &theirs, class, cpu);
	}
	judge_times();
	for (i = 0; i < ARRAY_SIZE(required); i++)
		require(required[i]);
	require(window.realtime ? required_on_rt : required_elsewhere);
	printf("# %u mismatches\n", bad);
	return bad ? EXIT_FAILURE : 0;
}
