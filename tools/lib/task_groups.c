// SPDX-License-Identifier: GPL-2.0
/* See task_groups.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"
#include "lib/task_groups.h"

void task_groups_uninit(struct task_groups *groups)
{
	size_t i;

	for (i = 0; i < groups->count; i++)
		histogram_uninit(&groups->group[i].sum);
	free(groups->group);
}

int task_groups_add(struct task_groups *groups, __u32 task, const struct histogram *times,
		    const void *row)
{
	size_t room = groups->room ? groups->room * 2 : 64;
	struct task_group *grown;

	if (groups->count == groups->room) {
		grown = realloc(groups->group, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		groups->group = grown;
		groups->room = room;
	}
	groups->group[groups->count++] = (struct task_group){
		.task = task, .tasks = 1, .row = row, .only = times,
		.most = groups->by_max ? times->max : times->total,
	};
	return 0;
}

static int by_name(const void *a, const void *b, void *context)
{
	const struct task_group *left = a, *right = b;
	int order = strncmp(tasks_get(context, left->task)->comm,
			    tasks_get(context, right->task)->comm, TASK_COMM);

	if (order)
		return order;
	if (left->most != right->most)
		return left->most > right->most ? -1 : 1;
	return left->task < right->task ? -1 : left->task > right->task;
}

static int by_size(const void *a, const void *b, void *context)
{
	const struct task_group *left = a, *right = b;
	const struct task_groups *groups = context;
	__u64 x = groups->by_max ? left->most : task_group_times(left)->total;
	__u64 y = groups->by_max ? right->most : task_group_times(right)->total;

	if (x != y)
		return x > y ? -1 : 1;
	return left->task < right->task ? -1 : left->task > right->task;
}

/* Of one name, the one that took most first. */
static int join(struct task_group *group, size_t count)
{
	int err = 0;
	size_t i;

	group->grouped = true;
	group->tasks = (__u32)count;
	for (i = 0; i < count && !err; i++)
		err = histogram_merge(&group->sum, group[i].only);
	return err;
}

int task_groups_sort(struct task_groups *groups, struct tasks *tasks)
{
	struct task_group *group = groups->group;
	size_t first, next, i, kept = 0;
	int err = 0;

	if (!groups->count)
		return 0;
	qsort_r(group, groups->count, sizeof(*group), by_name, tasks);
	for (first = 0; first < groups->count && !err; first = next) {
		for (next = first + 1; next < groups->count; next++)
			if (strncmp(tasks_get(tasks, group[first].task)->comm,
				    tasks_get(tasks, group[next].task)->comm, TASK_COMM))
				break;
		if (next - first >= TASK_GROUP_FROM) {
			err = join(&group[first], next - first);
			group[kept++] = group[first];
			continue;
		}
		for (i = first; i < next; i++)
			group[kept++] = group[i];
	}
	groups->count = kept;
	qsort_r(group, groups->count, sizeof(*group), by_size, groups);
	return err;
}

const struct histogram *task_group_times(const struct task_group *group)
{
	return group->grouped ? &group->sum : group->only;
}

const char *task_group_text(const struct task_group *group, struct tasks *tasks, char *buf,
			    size_t size)
{
	const struct task *task = tasks_get(tasks, group->task);
	char name[4 * TASK_COMM + 1] = "?";

	if (task->comm[0])
		text_escape(name, sizeof(name), task->comm, strnlen(task->comm, TASK_COMM));
	if (!task->tid)
		snprintf(buf, size, "idle");
	else if (group->grouped)
		snprintf(buf, size, "%s (%u tasks, most by %d)", name, group->tasks, task->tid);
	else
		snprintf(buf, size, "%s/%d", name, task->tid);
	return buf;
}
