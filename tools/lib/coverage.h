/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ticks of a CPU have an owner already: stretches that do not touch the
 * order in which they came, newest last. One that is added takes the gaps
 * between those that it spans, and swallows them.
 */
#ifndef HFT_COVERAGE_H
#define HFT_COVERAGE_H

#include <stddef.h>
#include <linux/types.h>

struct stretch {
	__u64 start;
	__u64 end;
	__u32 inside;		/* bits of enum cause of what it holds */
	__u32 culprit;		/* of the longest in it */
	__u64 longest;		/* ticks that this one had of its own */
};

struct coverage {
	struct stretch *stretch;
	size_t count;
	size_t room;
	__u64 floor;		/* what is older was forgotten: nobody gets it */
};

/* What coverage_add() found inside. */
struct covered {
	__u32 inside;
	__u32 culprit;
	__u64 longest;
};

typedef int (*coverage_gap)(void *context, __u64 start, __u64 end);

void coverage_uninit(struct coverage *coverage);

/*
 * Calls `gap` for each part of [start, end) that has no owner, the latest
 * first. coverage_inside() before it tells what is in there already. 0,
 * -ENOMEM, or what `gap` returned.
 */
int coverage_gaps(const struct coverage *coverage, __u64 start, __u64 end, coverage_gap gap,
		  void *context);
void coverage_inside(const struct coverage *coverage, __u64 start, __u64 end,
		     struct covered *inside);

/* How much of [start, end) has no owner, less what of that lies in another stretch. */
struct coverage_sum {
	__u64 ticks;
	__u64 without_from;
	__u64 without_to;
};

void coverage_sum(const struct coverage *coverage, __u64 start, __u64 end,
		  struct coverage_sum *sum);

/* Makes [start, end) owned. `own` describes the interval itself. 0 or -ENOMEM. */
int coverage_add(struct coverage *coverage, __u64 start, __u64 end, const struct covered *own);

#endif /* HFT_COVERAGE_H */
