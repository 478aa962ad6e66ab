/* SPDX-License-Identifier: GPL-2.0 */
/* What pairs of measurements say: with something and without it, side by side. */
#ifndef HFT_PAIRED_H
#define HFT_PAIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/*
 * The chance that the differences add up to as much as they do, or more, if
 * each could as well have been its opposite: the exact sign-flip test, which
 * supposes nothing of how they are distributed. Of differences whose sizes
 * add up to more than 65536 it is exact to that part of the sum. 1 on lack of
 * memory, which claims nothing.
 */
double paired_chance(const __s64 *difference, size_t n);

/*
 * The median of the differences and, by their order alone, an interval that
 * holds the true median with at least `confidence`. Sorts them. False: too few
 * for that; then the interval is unbounded.
 */
struct median_interval {
	double median;
	double low;
	double high;
};

bool paired_median(double *difference, size_t n, double confidence, struct median_interval *out);

#endif /* HFT_PAIRED_H */
