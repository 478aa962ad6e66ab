// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>
#include <time.h>

#include <hot.h>

#include "work.h"

#define TRIES	50

static __u64 rounds = 1000;
static volatile __u64 result;

DEMO_HOT void work(void)
{
	__u64 left = rounds, value = left;

	/* Each round needs the one before. */
	while (left--)
		value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9ULL;
	result = value;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void work_calibrate(unsigned int microseconds)
{
	__u64 best = ~0ULL, start, took;
	int i;

	rounds = 10000;
	for (i = 0; i < TRIES; i++) {
		start = now_ns();
		work();
		took = now_ns() - start;
		if (took < best)
			best = took;
	}
	rounds = rounds * microseconds * 1000 / (best ? best : 1) + 1;
}
