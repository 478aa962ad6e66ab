/* SPDX-License-Identifier: GPL-2.0 */
/* Ticks against the kernel's clocks. */
#ifndef HFT_CLOCK_H
#define HFT_CLOCK_H

#include <hftrace/abi.h>
#include <stdbool.h>
#include <sys/types.h>
#include "lib/device.h"

/* ns of one of the kernel's clocks. */
__u64 clock_ns(clockid_t clock);

/*
 * All clocks at one moment; from the module if `device` is not NULL, else the
 * narrowest of several tries from user mode. 0 or -errno.
 */
int clock_sample(const struct device *device, struct hft_clock_sample *sample);

/*
 * From ticks to REALTIME on a straight line that begins at the first sample.
 * Its slope is MONOTONIC's between two samples a second or more apart (so a
 * REALTIME that is set meanwhile bends nothing), `hz` else.
 */
struct timeline {
	__u64 ticks;		/* at this moment */
	__s64 realtime_ns;	/* it was then */
	double hz;		/* ticks per second */
};

void timeline_set(struct timeline *timeline, const struct hft_clock_sample *first,
		  const struct hft_clock_sample *last, double hz);
__s64 timeline_realtime(const struct timeline *timeline, __u64 ticks);

/* Whether REALTIME was set between two samples. */
bool clock_was_set(const struct hft_clock_sample *before, const struct hft_clock_sample *after,
		   double hz);

/* REALTIME was set, or had a leap second, just before this moment. */
struct clock_step {
	__u64 ticks;
	__s64 ns;		/* forwards */
	__s64 after_ns;		/* what it was then */
	bool leap_second;	/* one second, of which TAI knows nothing */
};

/* `take` is called for each step of a recording's clock, until it does not return 0. */
struct clock_steps {
	double hz;
	int (*take)(void *context, const struct clock_step *step);
	void *context;
};

/* 0, what `take` returned, or -errno: its facts cannot be read. */
int clock_each_step(const char *recording, const struct clock_steps *wanted);

/*
 * How far a recording's samples lie from the straight line between the first
 * and the last, and how uncertain they are themselves: the largest of each, in
 * ns. 0, or -errno: its facts cannot be read.
 */
struct clock_error {
	size_t samples;
	double distance_ns;
	double uncertainty_ns;
};

int clock_error(const char *recording, struct clock_error *error);

#endif /* HFT_CLOCK_H */
