// SPDX-License-Identifier: GPL-2.0
/*
 * What hft_mark(), spans, hft_poll() and hft_operation() cost natively, against the floor of
 * any tracer: read the clock, store 32 bytes. The loops are timed in short
 * blocks that take turns, so that whatever else the machine does hits all of
 * them alike.
 */
#define _GNU_SOURCE
#include <hftrace.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OPS	1000	/* in one block */
#define BYTES	(8192 * HFT_SLOT_SIZE)	/* of the floor's buffer: the ring's default */

enum { FLOOR, MARK, SPAN, COUNTED, WITHIN, OPERATION, POLL, OFF, LOOPS };

static const char *const names[LOOPS] = {
	"floor", "mark", "span", "counted", "within", "operation", "poll", "off"
};

/* The clock and one 32-byte store into a buffer that goes round, as a ring does. */
struct floor {
	struct hft_slot *slots;
	uint64_t head;
};

static __attribute__((noinline, aligned(64))) void run_floor(struct floor *f)
{
	struct hft_slot *slot;
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		slot = &f->slots[f->head++ & (BYTES / HFT_SLOT_SIZE - 1)];
		slot->tsc = hft_ticks();
		slot->arg[0] = i;
		slot->arg[1] = 1;
		__atomic_store_n((hft_slot_word_t *)&slot->type, f->head, __ATOMIC_RELEASE);
	}
}

static __attribute__((noinline, aligned(64))) void run_mark(struct hft_thread *t)
{
	unsigned int i;

	for (i = 0; i < OPS; i++)
		hft_mark(t, 1, i);
}

static __attribute__((noinline, aligned(64))) void run_span(struct hft_thread *t)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		hft_span_begin(t, 1, i);
		hft_span_end(t);
	}
}

/* Of a thread without counters. */
static __attribute__((noinline, aligned(64))) void run_counted(struct hft_thread *t)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		hft_span_begin_pmu(t, 1, i);
		hft_span_end_pmu(t);
	}
}

static __attribute__((noinline, aligned(64))) void run_within(struct hft_thread *t,
							      const struct hft_limit *limit)
{
	unsigned int i;

	for (i = 0; i < OPS; i++) {
		hft_span_begin(t, 1, i);
		hft_span_end_within(t, limit);
	}
}

static __attribute__((noinline, aligned(64))) void run_operation(struct hft_thread *t,
								 struct hft_operations *operations)
{
	unsigned int i;

	for (i = 0; i < OPS; i++)
		hft_operation(t, operations);
}

static __attribute__((noinline, aligned(64))) void run_poll(struct hft_thread *t,
							    struct hft_poll *poll)
{
	unsigned int i;

	for (i = 0; i < OPS; i++)
		hft_poll(t, poll);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double at(const double *sorted, unsigned int n, double quantile)
{
	unsigned int i = (unsigned int)(quantile * n);

	return sorted[i < n ? i : n - 1];
}

static void print_help(FILE *out)
{
	fprintf(out, "usage: user_mark [ROUNDS]\n"
		"Prints ns per operation of each loop (blocks of %d), and its ratio to the floor.\n"
		"Examples:\n  user_mark\n  taskset -c 1 user_mark 20000\n", OPS);
}

int main(int argc, char **argv)
{
	struct hft_options options = {
		.size = sizeof(options),
		.flags = HFT_OPTION_PRIVATE,
	};
	struct hft_thread *on, off = { 0 };
	struct hft_ring_ctl *zero;
	unsigned int rounds = 5000, round, loop;
	double *ns[LOOPS], sum, floor_median = 0;
	struct floor f = { 0 };
	struct hft_operations operations;
	struct hft_limit limit;
	struct hft_poll poll;
	uint64_t start;
	int err;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		print_help(stdout);
		return 0;
	}
	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	if (argc > 2 || rounds < 10 || rounds > 10000000) {
		print_help(stderr);
		return 64;
	}
	err = hft_init(&options);
	/* nothing comes late: what the rare way takes is another matter */
	if (!err)
		err = hft_poll_init(&poll, 1, 100000000000ULL);
	if (!err)
		err = hft_limit_init(&limit, 100000000000ULL);
	if (!err)
		err = hft_operations_init(&operations, 1, ~0ULL);
	if (err) {
		fprintf(stderr, "user_mark: %s\n", strerror(-err));
		return 1;
	}
	on = hft_thread_attach("bench");
	f.slots = aligned_alloc(4096, BYTES);
	zero = aligned_alloc(4096, sizeof(*zero));
	if (!f.slots || !zero) {
		fprintf(stderr, "user_mark: out of memory\n");
		return 1;
	}
	memset(f.slots, 0, BYTES);
	memset(zero, 0, sizeof(*zero));
	off.ctl = zero;
	for (loop = 0; loop < LOOPS; loop++) {
		ns[loop] = calloc(rounds, sizeof(**ns));
		if (!ns[loop]) {
			fprintf(stderr, "user_mark: out of memory\n");
			return 1;
		}
	}
	for (round = 0; round < rounds; round++) {
		for (loop = 0; loop < LOOPS; loop++) {
			start = now_ns();
			if (loop == FLOOR)
				run_floor(&f);
			else if (loop == SPAN)
				run_span(on);
			else if (loop == COUNTED)
				run_counted(on);
			else if (loop == WITHIN)
				run_within(on, &limit);
			else if (loop == OPERATION)
				run_operation(on, &operations);
			else if (loop == POLL)
				run_poll(on, &poll);
			else
				run_mark(loop == MARK ? on : &off);
			ns[loop][round] = (double)(now_ns() - start) / OPS;
		}
	}
	printf("%-9s %8s %8s %8s %8s %8s %8s\n", "ns/op", "mean", "p50", "p99", "p99.9", "max",
	       "/floor");
	for (loop = 0; loop < LOOPS; loop++) {
		sum = 0;
		for (round = 0; round < rounds; round++)
			sum += ns[loop][round];
		qsort(ns[loop], rounds, sizeof(**ns), compare);
		if (loop == FLOOR)
			floor_median = at(ns[loop], rounds, 0.5);
		printf("%-9s %8.2f %8.2f %8.2f %8.2f %8.2f %8.2f\n", names[loop], sum / rounds,
		       at(ns[loop], rounds, 0.5), at(ns[loop], rounds, 0.99),
		       at(ns[loop], rounds, 0.999), ns[loop][rounds - 1],
		       at(ns[loop], rounds, 0.5) / floor_median);
		free(ns[loop]);
	}
	free(zero);
	free(f.slots);
	hft_fini();
	return 0;
}
