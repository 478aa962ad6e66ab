// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/coverage.h"

/* Enough for any interval to find what nested in it; then the older half goes. */
#define STRETCHES_MAX	((size_t)1 << 17)

void coverage_uninit(struct coverage *coverage)
{
	free(coverage->stretch);
	memset(coverage, 0, sizeof(*coverage));
}

/* The first stretch that ends behind `start`; those before it are not touched. */
static size_t first_touched(const struct coverage *coverage, __u64 start)
{
	size_t i = coverage->count;

	while (i && coverage->stretch[i - 1].end > start)
		i--;
	return i;
}

/* Here for the compiler to put what is done with a gap into the loop. */
static inline int each_gap(const struct coverage *coverage, __u64 start, __u64 end,
			   coverage_gap gap, void *context)
{
	size_t i = coverage->count;
	int err;

	if (start < coverage->floor)
		start = coverage->floor;
	for (; i && end > start && coverage->stretch[i - 1].end > start; i--) {
		const struct stretch *stretch = &coverage->stretch[i - 1];

		if (stretch->start >= end)
			continue;
		if (stretch->end < end) {
			err = gap(context, stretch->end, end);
			if (err)
				return err;
		}
		end = stretch->start;
	}
	return end > start ? gap(context, start, end) : 0;
}

int coverage_gaps(const struct coverage *coverage, __u64 start, __u64 end, coverage_gap gap,
		  void *context)
{
	return each_gap(coverage, start, end, gap, context);
}

static inline int add_up(void *context, __u64 start, __u64 end)
{
	struct coverage_sum *sum = context;
	__u64 from = start > sum->without_from ? start : sum->without_from;
	__u64 to = end < sum->without_to ? end : sum->without_to;

	sum->ticks += end - start;
	if (from < to)
		sum->ticks -= to - from;
	return 0;
}

void coverage_sum(const struct coverage *coverage, __u64 start, __u64 end,
		  struct coverage_sum *sum)
{
	sum->ticks = 0;
	each_gap(coverage, start, end, add_up, sum);
}

void coverage_inside(const struct coverage *coverage, __u64 start, __u64 end,
		     struct covered *inside)
{
	size_t i;

	memset(inside, 0, sizeof(*inside));
	inside->culprit = ~0U;
	for (i = first_touched(coverage, start); i < coverage->count; i++) {
		const struct stretch *stretch = &coverage->stretch[i];

		if (stretch->start >= end)
			break;
		inside->inside |= stretch->inside;
		if (inside->culprit == ~0U || stretch->longest > inside->longest) {
			inside->culprit = stretch->culprit;
			inside->longest = stretch->longest;
		}
	}
}

int coverage_add(struct coverage *coverage, __u64 start, __u64 end, const struct covered *own)
{
	size_t first = first_touched(coverage, start);
	struct stretch *stretch;

	/* Swallowed: [first, count). Records come by their ends, so nothing lies behind. */
	if (first < coverage->count) {
		const struct stretch *last = &coverage->stretch[coverage->count - 1];

		if (coverage->stretch[first].start < start)
			start = coverage->stretch[first].start;
		if (last->end > end)
			end = last->end;
		coverage->count = first;
	}
	if (coverage->count == STRETCHES_MAX) {
		size_t half = STRETCHES_MAX / 2;

		coverage->floor = coverage->stretch[half - 1].end;
		memmove(coverage->stretch, coverage->stretch + half, half * sizeof(*stretch));
		coverage->count = half;
	}
	if (coverage->count == coverage->room) {
		size_t room = coverage->room ? coverage->room * 2 : 64;

		stretch = realloc(coverage->stretch, room * sizeof(*stretch));
		if (!stretch)
			return -ENOMEM;
		coverage->stretch = stretch;
		coverage->room = room;
	}
	stretch = &coverage->stretch[coverage->count++];
	stretch->start = start < coverage->floor ? coverage->floor : start;
	stretch->end = end;
	stretch->inside = own->inside;
	stretch->culprit = own->culprit;
	stretch->longest = own->longest;
	return 0;
}
