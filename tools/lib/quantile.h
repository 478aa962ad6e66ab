/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How sure a percentile is. Of n values that were drawn independently the
 * number below the true percentile q is binomial (n, q), whatever their
 * distribution is; so two of the sorted values enclose it with a confidence
 * that can be computed. Nothing here is random.
 */
#ifndef HFT_QUANTILE_H
#define HFT_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "lib/histogram.h"

#define QUANTILES		5
#define QUANTILE_CONFIDENCE	0.95

/* 50, 90, 99, 99.9, 99.99 */
extern const double quantile_percents[QUANTILES];

/* The largest k so that of n draws with chance p fewer than k hit with a chance of at most tail. */
__u64 binomial_rank(__u64 n, double p, double tail);

/* Infinite: too few values to bound it there. */
struct quantile {
	double at;
	double low;
	double high;
};

/*
 * The percentile of the values times `unit`, and what holds the true one with
 * at least `confidence`, steps of the histogram included. False: no values.
 */
bool quantile_of(const struct histogram *histogram, double unit, double percent,
		 double confidence, struct quantile *out);

/*
 * after - factor * before, and an interval of about the confidence that both
 * have: the distances to their bounds as the legs of right triangles
 * (Zou and Donner's MOVER).
 */
struct quantile quantile_difference(const struct quantile *before, const struct quantile *after,
				    double factor);

/* That each of `comparisons` may have so that all are right at once. */
double quantile_confidence(size_t comparisons);

#endif /* HFT_QUANTILE_H */
