// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/wakeups.h"

static struct task *task_of(struct tasks *tasks, __s32 tid)
{
	return tasks_get(tasks, tasks_find(tasks, tid));
}

/* Room for `task` in of_task. */
static int make_room(struct wakeups *wakeups, __u32 task)
{
	size_t room = wakeups->tasks ? wakeups->tasks : 64;
	__u32 *grown;

	if (task < wakeups->tasks)
		return 0;
	while (room <= task)
		room *= 2;
	grown = realloc(wakeups->of_task, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + wakeups->tasks, 0, (room - wakeups->tasks) * sizeof(*grown));
	wakeups->of_task = grown;
	wakeups->tasks = room;
	return 0;
}

/* A list with room for one more; false when memory is short. */
static bool grow_list(struct wakeup ***list, size_t count)
{
	struct wakeup **grown = realloc(*list, (count + 1) * sizeof(*grown));

	if (grown)
		*list = grown;
	return grown;
}

static int find(struct wakeups *wakeups, __u32 task, struct wakeup **found)
{
	int err = make_room(wakeups, task);
	struct wakeup *made;

	if (err)
		return err;
	if (wakeups->of_task[task]) {
		*found = wakeups->by_task[wakeups->of_task[task] - 1];
		return 0;
	}
	if (!grow_list(&wakeups->at, wakeups->count) ||
	    !grow_list(&wakeups->by_task, wakeups->count))
		return -ENOMEM;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->task = task;
	made->slowest_waker = TASK_NONE;
	wakeups->at[wakeups->count] = made;
	wakeups->by_task[wakeups->count++] = made;
	wakeups->of_task[task] = (__u32)wakeups->count;
	*found = made;
	return 0;
}

static int add(struct wakeups *wakeups, __u32 task, __u32 waker, __u64 woken, __u64 ran)
{
	struct wakeup *wakeup;
	int err;

	err = find(wakeups, task, &wakeup);
	if (err)
		return err;
	if (!wakeup->latency.count || ran - woken > wakeup->latency.max) {
		wakeup->slowest_waker = waker;
		wakeup->slowest = (struct stretch){ woken, ran };
	}
	return histogram_add(&wakeup->latency, ran - woken);
}

int wakeups_switch(struct wakeups *wakeups, struct tasks *tasks, __s32 cpu,
		   const struct hft_record *record, struct wait *wait)
{
	const struct hft_rec_switch *rec = record->payload;
	__u32 number = tasks_find(tasks, rec->next_tid);
	const struct task *task = tasks_get(tasks, number);

	wait->task = TASK_NONE;
	if (!task)
		return -ENOMEM;
	if (!task->woken || task->woken_cpu != cpu || record->tsc < task->woken)
		return 0;
	*wait = (struct wait){ number, task->waker, task->woken };
	return add(wakeups, number, task->waker, task->woken, record->tsc);
}

static void note_wakeup(struct tasks *tasks, const struct hft_record *record)
{
	const struct hft_rec_wakeup *rec = record->payload;
	struct task *task = task_of(tasks, rec->tid);

	if (!task)
		return;
	if (record->type == HFT_REC_WAKING) {
		task->woken = record->tsc;
		task->woken_cpu = -1;	/* it may be moved yet */
		return;
	}
	/* without a waking, one that is new or whose waker was not recorded */
	if (!task->woken || task->woken_cpu >= 0)
		task->woken = record->tsc;
	task->woken_cpu = rec->target_cpu;
}

/*
 * On CPUs that were not traced switches were not recorded: one that has come
 * from there may have run.
 */
static void note_migration(struct tasks *tasks, const struct hft_rec_migrate *rec)
{
	struct task *task = task_of(tasks, rec->tid);

	if (task && task->woken_cpu >= 0)
		task->woken = 0;
}

void wakeups_note(struct tasks *tasks, const struct hft_record *record)
{
	const struct hft_rec_switch *switched = record->payload;
	struct task *task;

	switch (record->type) {
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW:
		note_wakeup(tasks, record);
		break;
	case HFT_REC_MIGRATE:
		note_migration(tasks, record->payload);
		break;
	case HFT_REC_SWITCH:
		/* woken while it still ran, one has not waited for the CPU */
		task = task_of(tasks, switched->prev_tid);
		if (task)
			task->woken = 0;
		task = task_of(tasks, switched->next_tid);
		if (task)
			task->woken = 0;
		break;
	}
}

static int slower_first(const void *a, const void *b)
{
	const struct wakeup *left = *(struct wakeup *const *)a;
	const struct wakeup *right = *(struct wakeup *const *)b;

	if (left->latency.max != right->latency.max)
		return left->latency.max > right->latency.max ? -1 : 1;
	return left->task < right->task ? -1 : left->task > right->task;
}

void wakeups_sort(struct wakeups *wakeups)
{
	if (wakeups->count)
		qsort(wakeups->at, wakeups->count, sizeof(*wakeups->at), slower_first);
}

void wakeups_reset(struct wakeups *wakeups)
{
	size_t i;

	for (i = 0; i < wakeups->count; i++) {
		histogram_reset(&wakeups->at[i]->latency);
		wakeups->at[i]->slowest_waker = TASK_NONE;
	}
}

void wakeups_uninit(struct wakeups *wakeups)
{
	size_t i;

	for (i = 0; i < wakeups->count; i++) {
		histogram_uninit(&wakeups->at[i]->latency);
		free(wakeups->at[i]);
	}
	free(wakeups->at);
	free(wakeups->by_task);
	free(wakeups->of_task);
	memset(wakeups, 0, sizeof(*wakeups));
}
