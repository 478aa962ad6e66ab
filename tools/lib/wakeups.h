/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wake-to-run latencies of the tasks of one CPU: from the moment that somebody
 * woke a task to the switch that gave it the CPU.
 */
#ifndef HFT_WAKEUPS_H
#define HFT_WAKEUPS_H

#include <hftrace-reader.h>

#include "lib/histogram.h"
#include "lib/stretch.h"
#include "lib/tasks.h"

/* One woken task on one CPU. */
struct wakeup {
	__u32 task;
	__u32 slowest_waker;	/* whose waking took longest; TASK_NONE: an interrupt */
	struct histogram latency;	/* ticks */
	struct stretch slowest;
};

/* All zeros is empty. */
struct wakeups {
	struct wakeup **at;	/* largest latency first after wakeups_sort() */
	size_t count;
	__u32 *of_task;		/* task -> its index in `at` when made + 1; 0: none */
	size_t tasks;
	struct wakeup **by_task;	/* in the order in which they were made */
};

/* A record of any CPU, after tasks_feed() of it: notes who is woken since when. */
void wakeups_note(struct tasks *tasks, const struct hft_record *record);

/* A wait that is over. */
struct wait {
	__u32 task;		/* TASK_NONE: there was none */
	__u32 waker;		/* TASK_NONE: an interrupt */
	__u64 since;		/* ticks */
};

/*
 * A switch on CPU `cpu`, before wakeups_note() of it: `wait` is that of the task that gets
 * it. 0 or -ENOMEM.
 */
int wakeups_switch(struct wakeups *wakeups, struct tasks *tasks, __s32 cpu,
		   const struct hft_record *record, struct wait *wait);

void wakeups_sort(struct wakeups *wakeups);
void wakeups_reset(struct wakeups *wakeups);
void wakeups_uninit(struct wakeups *wakeups);

#endif /* HFT_WAKEUPS_H */
