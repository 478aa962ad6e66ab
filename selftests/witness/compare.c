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
 * - arguments of execve, execveat and rt_sigreturn, which change the registers
 *   that hftrace reads them from at the end, and of a call whose start tracefs
 *   did not see;
 * - the name of a waker that calls execve, which tracefs does not record, until
 *   the next switch;
 * - in a time difference: what the machine outside stole from the CPU, and
 *   interrupts and NMIs that came between the two probes.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syscall.h>

#include "observation.h"
#include "pause.h"

#define BOUND_US	1000	/* between the times of one event, pauses taken off */
#define BOUND_P99_US	50
#define EDGE_US		1000
#define SHOWN		5	/* mismatches of one class and CPU */

static struct window window;
static unsigned int bad;

struct result {
	size_t ours, theirs, matched, aside, shown, count;
	double *apart;		/* us, of each time compared */
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

	return nr != SYS_execve && nr != SYS_execveat && nr != SYS_rt_sigreturn &&
	       theirs->field[3] != ~0ULL;
}

/* The first field in which they differ, -1 if none. */
static int differ(const struct observation *a, const struct observation *b)
{
	int i, fields = OBS_FIELDS;

	if (a->class == OBS_SYSCALL && !has_args(b))
		fields = 3;
	for (i = 0; i < fields; i++) {
		if (a->field[i] != b->field[i])
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
	double apart = us(to - from - pause_within(o->cpu, from, to));
	char text[80];

	r->apart[r->count++] = apart;
	if (apart <= BOUND_US)
		return;
	snprintf(text, sizeof(text), "the %s %.1f us apart", which, apart);
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

static void compare_class(const struct observations *ours, const struct observations *theirs,
			  unsigned int class, unsigned int cpu)
{
	struct observations a = choose(ours, class, cpu), b = choose(theirs, class, cpu);
	struct result r = { .ours = a.count, .theirs = b.count };
	double p99 = 0, max = 0;

	r.apart = calloc(2 * (a.count + 1), sizeof(*r.apart));
	if (!r.apart)
		err(EXIT_FAILURE, "differences");
	compare_sequences(&r, &a, &b);
	if (r.count) {
		qsort(r.apart, r.count, sizeof(*r.apart), by_value);
		p99 = r.apart[r.count * 99 / 100];
		max = r.apart[r.count - 1];
	}
	if (r.count >= 100 && p99 > BOUND_P99_US) {
		printf("# cpu %u %s: p99 is %.1f us, more than %d\n", cpu, observed_name(class),
		       p99, BOUND_P99_US);
		bad++;
	}
	if (a.count || b.count)
		printf("# %-22s %3u %8zu %8zu %8zu %5zu %9.2f %9.2f\n", observed_name(class), cpu,
		       r.ours, r.theirs, r.matched, r.aside, p99, max);
	free(r.apart);
	free(a.at);
	free(b.at);
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

int main(int argc, char **argv)
{
	struct observations ours = { 0 }, theirs = { 0 };
	unsigned int class, cpu;

	if (argc != 2 && argc != 3)
		errx(64, "usage: compare DIRECTORY [STEAL.CSV]");
	window_read(&window, argv[1]);
	pause_load(argc == 3 ? argv[2] : NULL);
	for (cpu = 0; cpu < window.cpus; cpu++)
		ring_observe(&ours, &window, argv[1], cpu);
	trace_observe(&theirs, &window, argv[1]);
	note_interrupts(&theirs);
	printf("# %-22s %3s %8s %8s %8s %5s %9s %9s\n", "type", "cpu", "hftrace", "tracefs",
	       "matched", "aside", "p99 us", "max us");
	for (class = 0; class < OBS_CLASSES; class++) {
		for (cpu = 0; cpu < window.cpus; cpu++)
			compare_class(&ours, &theirs, class, cpu);
	}
	if (!ours.count)
		errx(EXIT_FAILURE, "hftrace saw nothing");
	printf("# %u mismatches\n", bad);
	return bad ? EXIT_FAILURE : 0;
}
