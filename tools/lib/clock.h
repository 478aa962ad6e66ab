/* SPDX-License-Identifier: GPL-2.0 */
/* Ticks against the kernel's clocks. */
#ifndef HFT_CLOCK_H
#define HFT_CLOCK_H

#include <hftrace/abi.h>
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
