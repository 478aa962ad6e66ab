// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the rate of this machine's time stamp counter, which an emulated one
 * has too, in kHz. A guest that finds it out for itself is wrong by a factor
 * when its machine is busy meanwhile: its clock then goes at another speed.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define LOOKS	1000

struct look {
	uint64_t ns;
	uint64_t ticks;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Both clocks at once: of many looks the one that took least. */
static struct look look(void)
{
	struct look best = { 0 };
	uint64_t before, ticks, after, least = UINT64_MAX;
	int i;

	for (i = 0; i < LOOKS; i++) {
		before = now_ns();
		ticks = __rdtsc();
		after = now_ns();
		if (after - before < least) {
			least = after - before;
			best = (struct look){ before + least / 2, ticks };
		}
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct look first = look(), last;

	nanosleep(&pause, NULL);
	last = look();
	printf("%.0f\n", (double)(last.ticks - first.ticks) * 1e6 / (double)(last.ns - first.ns));
	return 0;
}
