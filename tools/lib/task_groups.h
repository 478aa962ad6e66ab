/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks of a table, those of one name together where there are many: programs that a shell
 * starts one after the other are one row, of which the task that took most is named.
 */
#ifndef HFT_TASK_GROUPS_H
#define HFT_TASK_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/histogram.h"
#include "lib/tasks.h"

#define TASK_GROUP_FROM	4U	/* so many of a name make a group */

/* One row: a task, or all of a name. */
struct task_group {
	__u32 task;		/* which one, or the one of them that took most */
	__u32 tasks;
	__u64 most;		/* ticks of that one, or the longest of its turns: see `by_max` */
	const void *row;	/* what was added with it */
	const struct histogram *only;
	struct histogram sum;	/* of several */
	bool grouped;
};

struct task_groups {
	struct task_group *group;	/* after task_groups_sort() in order, the largest first */
	size_t count;
	size_t room;
	bool by_max;		/* set while it is empty: by the longest, not by the total */
};

void task_groups_uninit(struct task_groups *groups);

/* `times` and `row` are borrowed. 0 or -ENOMEM. */
int task_groups_add(struct task_groups *groups, __u32 task, const struct histogram *times,
		    const void *row);

/* Once all are there: makes groups, orders them. 0 or -ENOMEM. */
int task_groups_sort(struct task_groups *groups, struct tasks *tasks);

const struct histogram *task_group_times(const struct task_group *group);

/* "name/12", or "name (37 tasks, most by 12)". Returns buf. */
const char *task_group_text(const struct task_group *group, struct tasks *tasks, char *buf,
			    size_t size);

#endif /* HFT_TASK_GROUPS_H */
