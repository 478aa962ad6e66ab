/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of unsigned 64-bit values: 128 steps per power of two,
 * so a percentile is at most 0.8 % above the true one. Smallest, largest and
 * total are exact. Memory grows with the powers of two that occur.
 */
#ifndef HFT_HISTOGRAM_H
#define HFT_HISTOGRAM_H

#include <linux/types.h>

#define HISTOGRAM_STEP_BITS	7
#define HISTOGRAM_STEPS		(1U << HISTOGRAM_STEP_BITS)
#define HISTOGRAM_BLOCKS	(64 - HISTOGRAM_STEP_BITS + 1)

struct histogram {
	__u64 count;
	__u64 total;
	__u64 min;
	__u64 max;
	__u32 *block[HISTOGRAM_BLOCKS];	/* HISTOGRAM_STEPS counters each, made when needed */
};

/* All zeros is an empty histogram. */
void histogram_uninit(struct histogram *histogram);

/* Empties it, keeps its memory. */
void histogram_reset(struct histogram *histogram);

/* 0 or -ENOMEM. */
int histogram_add(struct histogram *histogram, __u64 value);

/* Adds all values of `other`. 0 or -ENOMEM. */
int histogram_merge(struct histogram *histogram, const struct histogram *other);

/*
 * The smallest value that at least `percent` % of all are not above, rounded
 * up to its step but never above the largest; 0 when empty.
 */
__u64 histogram_percentile(const struct histogram *histogram, double percent);

#endif /* HFT_HISTOGRAM_H */
