// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/histogram.h"

#define ROUNDING 0.000001	/* of a rank: 99.9 % of 1000 is 999, not 1000 */

static unsigned int bits_of(const struct histogram *histogram)
{
	return histogram->fine ? HISTOGRAM_FINE_BITS : HISTOGRAM_STEP_BITS;
}

static unsigned int steps_of(const struct histogram *histogram)
{
	return 1U << bits_of(histogram);
}

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
			memset(histogram->block[i], 0, steps_of(histogram) * sizeof(__u32));
	histogram->count = 0;
	histogram->total = 0;
	histogram->min = 0;
	histogram->max = 0;
}

/*
 * Block 0 counts values below the number of steps one by one; block b > 0
 * those whose highest bit is that of the number of steps + b - 1.
 */
static unsigned int shift_of(unsigned int block)
{
	return block ? block - 1 : 0;
}

/* NULL: memory is short. */
static __u32 *make_block(struct histogram *histogram, unsigned int block)
{
	histogram->block[block] = calloc(steps_of(histogram), sizeof(__u32));
	return histogram->block[block];
}

int histogram_add(struct histogram *histogram, __u64 value)
{
	unsigned int bits = bits_of(histogram), highest = 63 - __builtin_clzll(value | 1);
	unsigned int block = highest < bits ? 0 : highest - bits + 1;
	__u32 *counter = histogram->block[block];

	if (!counter)
		counter = make_block(histogram, block);
	if (!counter)
		return -ENOMEM;
	counter += value >> shift_of(block) & ((1U << bits) - 1);
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
	unsigned int block, step, steps = steps_of(histogram);

	if (!other->count)
		return 0;
	if (histogram->fine != other->fine)
		return -EINVAL;
	for (block = 0; block < HISTOGRAM_BLOCKS; block++) {
		if (!other->block[block])
			continue;
		if (!histogram->block[block])
			histogram->block[block] = calloc(steps, sizeof(__u32));
		if (!histogram->block[block])
			return -ENOMEM;
		for (step = 0; step < steps; step++) {
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

static __u64 lowest_in(const struct histogram *histogram, unsigned int block, unsigned int step)
{
	__u64 base = block ? (__u64)steps_of(histogram) << shift_of(block) : 0;

	return base + ((__u64)step << shift_of(block));
}

static __u64 highest_in(const struct histogram *histogram, unsigned int block, unsigned int step)
{
	return lowest_in(histogram, block, step) + (((__u64)1 << shift_of(block)) - 1);
}

void histogram_ranked(const struct histogram *histogram, __u64 rank, __u64 *low, __u64 *high)
{
	unsigned int block, step;
	__u64 lowest = histogram->max, highest = histogram->max, seen = 0;

	for (block = 0; block < HISTOGRAM_BLOCKS; block++) {
		if (!histogram->block[block])
			continue;
		for (step = 0; step < steps_of(histogram); step++) {
			seen += histogram->block[block][step];
			if (seen >= rank)
				goto found;
		}
	}
	goto out;
found:
	lowest = lowest_in(histogram, block, step);
	highest = highest_in(histogram, block, step);
out:
	if (low)
		*low = lowest > histogram->min ? lowest : histogram->min;
	if (high)
		*high = highest < histogram->max ? highest : histogram->max;
}

__u64 histogram_percentile(const struct histogram *histogram, double percent)
{
	__u64 rank, value;

	if (!histogram->count)
		return 0;
	rank = (__u64)ceil(percent / 100.0 * (double)histogram->count - ROUNDING);
	histogram_ranked(histogram, rank ? rank : 1, NULL, &value);
	return value;
}

__u64 histogram_below(const struct histogram *histogram, __u64 value)
{
	unsigned int block, step;
	__u64 below = 0;

	for (block = 0; block < HISTOGRAM_BLOCKS; block++) {
		if (!histogram->block[block])
			continue;
		for (step = 0; step < steps_of(histogram); step++) {
			if (highest_in(histogram, block, step) >= value)
				return below;
			below += histogram->block[block][step];
		}
	}
	return below;
}
