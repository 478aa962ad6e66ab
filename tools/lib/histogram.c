// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/histogram.h"

#define ROUNDING 0.000001	/* of a rank: 99.9 % of 1000 is 999, not 1000 */

void histogram_uninit(struct histogram *histogram)
{
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BLOCKS; i++)
		free(histogram->block[i]);
	memset(histogram, 0, sizeof(*histogram));
}

void histogram_reset(struct histogram *histogram)
{
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BLOCKS; i++)
		if (histogram->block[i])
			memset(histogram->block[i], 0, HISTOGRAM_STEPS * sizeof(__u32));
	histogram->count = 0;
	histogram->total = 0;
	histogram->min = 0;
	histogram->max = 0;
}

/*
 * Block 0 counts values below HISTOGRAM_STEPS one by one; block b > 0 those
 * whose highest bit is HISTOGRAM_STEP_BITS + b - 1.
 */
static unsigned int block_of(__u64 value)
{
	if (value < HISTOGRAM_STEPS)
		return 0;
	return 64 - __builtin_clzll(value) - HISTOGRAM_STEP_BITS;
}

static unsigned int shift_of(unsigned int block)
{
	return block ? block - 1 : 0;
}

int histogram_add(struct histogram *histogram, __u64 value)
{
	unsigned int block = block_of(value);
	__u32 *counter;

	if (!histogram->block[block]) {
		histogram->block[block] = calloc(HISTOGRAM_STEPS, sizeof(__u32));
		if (!histogram->block[block])
			return -ENOMEM;
	}
	counter = &histogram->block[block][(value >> shift_of(block)) % HISTOGRAM_STEPS];
	if (*counter != ~0U)
		(*counter)++;
	if (!histogram->count || value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	histogram->count++;
	histogram->total += value;
	return 0;
}

int histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	unsigned int block, step;

	if (!other->count)
		return 0;
	for (block = 0; block < HISTOGRAM_BLOCKS; block++) {
		if (!other->block[block])
			continue;
		if (!histogram->block[block])
			histogram->block[block] = calloc(HISTOGRAM_STEPS, sizeof(__u32));
		if (!histogram->block[block])
			return -ENOMEM;
		for (step = 0; step < HISTOGRAM_STEPS; step++) {
			__u64 sum = histogram->block[block][step];

			sum += other->block[block][step];
			histogram->block[block][step] = sum < ~0U ? sum : ~0U;
		}
	}
	if (!histogram->count || other->min < histogram->min)
		histogram->min = other->min;
	if (other->max > histogram->max)
		histogram->max = other->max;
	histogram->count += other->count;
	histogram->total += other->total;
	return 0;
}

static __u64 highest_in(unsigned int block, unsigned int step)
{
	__u64 base = block ? (__u64)HISTOGRAM_STEPS << shift_of(block) : 0;
	__u64 width = (__u64)1 << shift_of(block);

	return base + step * width + (width - 1);
}

__u64 histogram_percentile(const struct histogram *histogram, double percent)
{
	unsigned int block, step;
	__u64 rank, seen = 0;

	if (!histogram->count)
		return 0;
	rank = (__u64)ceil(percent / 100.0 * (double)histogram->count - ROUNDING);
	if (rank < 1)
		rank = 1;
	for (block = 0; block < HISTOGRAM_BLOCKS; block++) {
		if (!histogram->block[block])
			continue;
		for (step = 0; step < HISTOGRAM_STEPS; step++) {
			__u64 highest;

			seen += histogram->block[block][step];
			if (seen < rank)
				continue;
			highest = highest_in(block, step);
			return highest < histogram->max ? highest : histogram->max;
		}
	}
	return histogram->max;
}
