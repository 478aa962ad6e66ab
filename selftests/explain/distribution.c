// SPDX-License-Identifier: GPL-2.0
/*
 * A recording of spans whose true percentiles are known: 1000 ns and an
 * exponential time with a mean of 1000 ns, those above the 99th percentile
 * longer by a factor; and of interrupts at a steady rate, with a task that
 * has another number in each run.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>

#include "recording.h"
#include "scenarios.h"

#define ENGINE	100
#define ORDER	1
#define PERIOD	20000	/* ns from span to span */

static double draw(__u64 *state)
{
	__u64 x;

	*state += 0x9e3779b97f4a7c15ULL;
	x = *state;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	x ^= x >> 31;
	return ((double)(x >> 11) + 0.5) / 0x1p53;
}

/* Prints each duration. */
void scenario_distribution(const char *path, const struct distribution *wanted)
{
	struct recording *recording = recording_new(path);
	struct ring *ring = recording_thread(recording, ENGINE, ENGINE);
	struct ring *cpu = recording_cpu(recording, 1);
	__u64 state = wanted->seed * 0x2545f4914f6cdd1dULL, now = 1000000, i;
	FILE *names = recording_fact(recording, "names-100");

	fputs("0\t(unnamed)\n1\torder\n", names);
	fclose(names);
	if (wanted->irq_every) {
		__s32 tid = 300 + (__s32)(wanted->seed % 1000);

		add_switch(cpu, now + 10, ENGINE, "engine", 0, tid, "stress");
		add_switch(cpu, now + 5010, tid, "stress", 0, ENGINE, "engine");
	}
	for (i = 0; i < wanted->spans; i++) {
		double share = draw(&state), ns = 1000 - 1000 * log(1 - share);

		if (share > 0.99)
			ns = ns * wanted->tail_percent / 100;
		if (wanted->grain)
			ns = floor(ns / (double)wanted->grain) * (double)wanted->grain;
		now += PERIOD;
		add_span(ring, now - (__u64)ns, now, ORDER, i, 0);
		printf("%llu\n", (__u64)ns);
		if (wanted->irq_every && i % wanted->irq_every == 0)
			add_irq(cpu, now + 100, now + 600, 34);
	}
	if (wanted->lost) {
		ring_lose(ring, wanted->lost, 128);
		add_span(ring, now + 1000, now + 2000, ORDER, i, 0);
	}
	recording_times(recording, 1000000, now + PERIOD, "1");
	recording_close(recording);
}
