/* SPDX-License-Identifier: GPL-2.0 */
/* Work items of kworkers and of kthread_workers: the two are tested alike. */
#ifndef SELFTEST_WORK_ITEMS_H
#define SELFTEST_WORK_ITEMS_H

#include <linux/types.h>

struct work_kind {
	__u64 hook;
	/* Events: execute_start, execute_end, queue_work, sched_switch. */
	const char *const *sources;
	unsigned int run, queue;	/* types of records */
	const char *what;		/* as of deferred_run() */
	const char *symbol;		/* the module's function */
};

/* Runs them and compares; what is not so ends the test. */
void work_items_check(const struct work_kind *kind);

#endif /* SELFTEST_WORK_ITEMS_H */
