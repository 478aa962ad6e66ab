/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel put off: who queued a work item that runs now, and what kept
 * the tick that comes now.
 */
#ifndef HFT_DEFERRED_H
#define HFT_DEFERRED_H

#include <linux/types.h>

struct hft_record;
struct tasks;

#define DEFERRED_QUEUED	256	/* items queued lately, of all CPUs */

struct deferred {
	struct queued {
		__u64 work;		/* address */
		__u32 task;
	} queued[DEFERRED_QUEUED];
	__u32 count;
};

/* Learns from a record of any CPU. */
void deferred_feed(struct deferred *deferred, struct tasks *tasks,
		   const struct hft_record *record);

/* Who queued an item last, TASK_NONE: not known. */
__u32 deferred_queuer(const struct deferred *deferred, __u64 work);

#endif /* HFT_DEFERRED_H */
