// SPDX-License-Identifier: GPL-2.0
/* What pairs of measurements say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/paired.h"
#include "lib/quantile.h"

#define SUM_MAX 65536.0

double paired_chance(const __s64 *difference, size_t n)
{
	double size = 0, scale, sum = 0, chance = 0, *ways;
	size_t total = 0, target, i, s;

	for (i = 0; i < n; i++)
		size += fabs((double)difference[i]);
	scale = size > SUM_MAX ? SUM_MAX / size : 1;
	for (i = 0; i < n; i++) {
		sum += (double)difference[i] * scale;
		total += (size_t)llround(fabs((double)difference[i]) * scale);
	}
	/* ways[s]: the share of all flips in which those left positive add up to s */
	ways = calloc(total + 1, sizeof(*ways));
	if (!ways)
		return 1;
	ways[0] = 1;
	for (i = 0; i < n; i++) {
		size_t step = (size_t)llround(fabs((double)difference[i]) * scale);

		if (!step)
			continue;
		for (s = total + 1; s-- > 0;)
			ways[s] = ways[s] / 2 + (s >= step ? ways[s - step] / 2 : 0);
	}
	/* positive - negative >= sum: positive >= (sum + total) / 2 */
	target = (size_t)fmax(0, ceil((sum + (double)total) / 2 - 0.5 * (scale < 1) - 1e-9));
	for (s = target; s <= total; s++)
		chance += ways[s];
	free(ways);
	return chance;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

bool paired_median(double *difference, size_t n, double confidence, struct median_interval *out)
{
	size_t rank;

	memset(out, 0, sizeof(*out));
	out->low = -INFINITY;
	out->high = INFINITY;
	if (!n)
		return false;
	qsort(difference, n, sizeof(*difference), by_value);
	out->median = n % 2 ? difference[n / 2] : (difference[n / 2 - 1] + difference[n / 2]) / 2;
	rank = binomial_rank(n, 0.5, (1 - confidence) / 2);
	if (!rank)
		return false;
	out->low = difference[rank - 1];
	out->high = difference[n - rank];
	return true;
}
