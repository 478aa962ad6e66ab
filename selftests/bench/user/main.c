// SPDX-License-Identifier: GPL-2.0
/*
 * What the library's hot path costs natively, against the floor of any tracer: read the clock,
 * store 32 bytes; and beside other tracers, if they are built in. The loops are timed in
 * short batches that take turns, so that whatever else the machine does hits all of them alike.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOPS_MAX	32

static const struct loop *loops[LOOPS_MAX];
static unsigned int loops_count;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static uint64_t quantile(const struct samples *samples, double part)
{
	uint64_t rank = (uint64_t)(part * (double)samples->total), seen = 0;
	unsigned int ticks;

	for (ticks = 0; ticks < BENCH_TICKS - 1; ticks++) {
		seen += samples->count[ticks];
		if (seen > rank)
			return ticks;
	}
	return samples->max;
}

static void add_peer(const char *name, const char *why_not, const struct loop *loop)
{
	if (why_not)
		fprintf(stderr, "user_mark: without %s: %s\n", name, why_not);
	else
		loops[loops_count++] = loop;
}

static void find_loops(void)
{
	unsigned int i;

	for (i = 0; i < ours_count; i++)
		loops[loops_count++] = &ours[i];
#ifdef HAVE_LTTNG
	add_peer("LTTng-UST", lttng_start(), &lttng_loop);
#endif
#ifdef HAVE_SPDLOG
	add_peer("spdlog", spdlog_start(), &spdlog_loop);
#endif
	(void)add_peer;
}

/* ns per operation of each batch, by loop and round. */
static void run_batches(double *const *ns, unsigned int rounds)
{
	unsigned int round, i;
	uint64_t start;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < loops_count; i++) {
			start = now_ns();
			loops[i]->batch();
			ns[i][round] = (double)(now_ns() - start) / BENCH_OPS;
		}
	}
}

static void run_each(struct samples *samples, unsigned int rounds)
{
	unsigned int round, i;

	for (round = 0; round < rounds; round++)
		for (i = 0; i < loops_count; i++)
			loops[i]->each(&samples[i]);
}

static void print(double *const *ns, unsigned int rounds, const struct samples *samples,
		  double ns_per_tick)
{
	static const double parts[] = { 0.5, 0.99, 0.999 };
	double sum, median, floor = 0;
	unsigned int round, i, j;

	printf("%-10s %8s %8s %8s %8s %8s %8s %10s\n", "ns", "mean", "median", "/floor", "p50",
	       "p99", "p99.9", "max");
	for (i = 0; i < loops_count; i++) {
		for (sum = 0, round = 0; round < rounds; round++)
			sum += ns[i][round];
		qsort(ns[i], rounds, sizeof(**ns), compare);
		median = ns[i][rounds / 2];
		if (!i)
			floor = median;
		printf("%-10s %8.2f %8.2f %8.2f", loops[i]->name, sum / rounds, median,
		       median / floor);
		for (j = 0; j < sizeof(parts) / sizeof(parts[0]); j++)
			printf(" %8.1f", (double)quantile(&samples[i], parts[j]) * ns_per_tick);
		printf(" %10.1f\n", (double)samples[i].max * ns_per_tick);
	}
}

static void print_help(FILE *out)
{
	fprintf(out, "usage: user_mark [ROUNDS]\n"
		"Prints ns per operation: mean and median of batches of %u, the median's ratio to the\n"
		"floor's, and percentiles of operations timed one by one, the clock's reading included.\n"
		"Examples:\n  user_mark\n  taskset -c 1 user_mark 20000\n", BENCH_OPS);
}

int main(int argc, char **argv)
{
	unsigned int rounds = 5000, i;
	struct samples *samples;
	double *ns[LOOPS_MAX];
	uint64_t start, ticks;
	double ns_per_tick;
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
	err = ours_start();
	if (err) {
		fprintf(stderr, "user_mark: %s\n", strerror(-err));
		return 1;
	}
	find_loops();
	samples = calloc(loops_count, sizeof(*samples));
	for (i = 0; i < loops_count; i++)
		ns[i] = calloc(rounds, sizeof(**ns));
	if (!samples || !ns[loops_count - 1]) {
		fprintf(stderr, "user_mark: out of memory\n");
		return 1;
	}
	start = now_ns();
	ticks = hft_ticks();
	run_batches(ns, rounds);
	ns_per_tick = (double)(now_ns() - start) / (double)(hft_ticks() - ticks);
	run_each(samples, rounds);
	print(ns, rounds, samples, ns_per_tick);
	for (i = 0; i < loops_count; i++)
		free(ns[i]);
	free(samples);
	return 0;
}
