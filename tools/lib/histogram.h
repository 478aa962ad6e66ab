/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of unsigned 64-bit values: 128 steps per power of two,
 * so a percentile is at most 0.8 % above the true one; 2048 of a fine one, so
 * at most 0.05 %, and values below 2048 are exact. Smallest, largest and total
 * are exact. Memory grows with the powers of two that occur.
 */
#ifndef HFT_HISTOGRAM_H
#define HFT_HISTOGRAM_H

#include <stdbool.h>
#include <linux/types.h>

#define HISTOGRAM_STEP_BITS	7
#define HISTOGRAM_FINE_BITS	11
#define HISTOGRAM_BLOCKS	(64 - HISTOGRAM_STEP_BITS + 1)

struct histogram {
	__u64 count;
	__u64 total;
	__u64 min;
	__u64 max;
	bool fine;		/* set while it is empty */
	__u32 *block[HISTOGRAM_BLOCKS];	/* a counter for each step, made when needed */
};

/* All zeros is an empty histogram. */
void histogram_uninit(struct histogram *histogram);

/* Empties it, keeps its memory. */
void histogram_reset(struct histogram *histogram);

/* 0 or -ENOMEM. */
int histogram_add(struct histogram *histogram, __u64 value);

/* Adds all values of `other`. 0, -ENOMEM, or -EINVAL: one is fine, the other not. */
int histogram_merge(struct histogram *histogram, const struct histogram *other);

/*
 * The smallest value that at least `percent` % of all are not above, rounded
 * up to its step but never above the largest; 0 when empty.
 */
__u64 histogram_percentile(const struct histogram *histogram, double percent);

/* The bounds of the step that has the rank-th smallest value, from 1; NULL: not wanted. */
void histogram_ranked(const struct histogram *histogram, __u64 rank, __u64 *low, __u64 *high);

/* How many values are in steps that end below `value`. */
__u64 histogram_below(const struct histogram *histogram, __u64 value);

#endif /* HFT_HISTOGRAM_H */
