// SPDX-License-Identifier: GPL-2.0
/* How sure a percentile is. */
#include <math.h>

#include "lib/quantile.h"

#define NEGLIGIBLE	1e-20	/* a chance, beside any tail that is asked for */

const double quantile_percents[QUANTILES] = { 50, 90, 99, 99.9, 99.99 };

static double chance_of(double n, double p, double k)
{
	return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) +
		   (n - k) * log1p(-p));
}

__u64 binomial_rank(__u64 n, double p, double tail)
{
	double size = (double)n, odds = p / (1 - p), chance, sum = 0;
	__u64 k = (__u64)((size + 1) * p);

	if (!n)
		return 0;
	if (k > n)
		k = n;
	/* From the likeliest number down to where the chances add up to nothing, and up again. */
	chance = chance_of(size, p, (double)k);
	for (; k && chance > NEGLIGIBLE; k--)
		chance *= (double)k / (size - (double)k + 1) / odds;
	for (; k < n; k++) {
		sum += chance;
		if (sum > tail)
			break;
		chance *= (size - (double)k) / ((double)k + 1) * odds;
	}
	return k;
}

bool quantile_of(const struct histogram *histogram, double unit, double percent,
		 double confidence, struct quantile *out)
{
	double share = percent / 100, tail = (1 - confidence) / 2;
	__u64 n = histogram->count, below, above, value;

	out->at = 0;
	out->low = -INFINITY;
	out->high = INFINITY;
	if (!n)
		return false;
	out->at = (double)histogram_percentile(histogram, percent) * unit;
	below = binomial_rank(n, share, tail);
	above = binomial_rank(n, 1 - share, tail);
	if (below) {
		histogram_ranked(histogram, below, &value, NULL);
		out->low = (double)value * unit;
	}
	if (above) {
		histogram_ranked(histogram, n + 1 - above, NULL, &value);
		out->high = (double)value * unit;
	}
	return true;
}

struct quantile quantile_difference(const struct quantile *before, const struct quantile *after,
				    double factor)
{
	struct quantile out = { .at = after->at - factor * before->at };

	out.low = out.at - hypot(after->at - after->low, factor * (before->high - before->at));
	out.high = out.at + hypot(after->high - after->at, factor * (before->at - before->low));
	return out;
}

double quantile_confidence(size_t comparisons)
{
	return 1 - (1 - QUANTILE_CONFIDENCE) / (double)(comparisons ? comparisons : 1);
}
