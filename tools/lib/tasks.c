// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <hftrace-reader.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/tasks.h"

#define NAMES_PER_TID	64U		/* then the last one stays: recordings may be hostile */
#define TASKS_MAX	(1U << 20)

struct tasks {
	struct task *task;
	__u32 count;
	__u32 room;
	/* tid -> its newest task + 1, open addressing; 0: free. */
	__u32 *slot;
	__u32 slots;		/* a power of two */
	__u32 used;
};

static __u32 hash_tid(__s32 tid)
{
	return (__u32)tid * 0x9e3779b1U;
}

static __u32 *slot_of(struct tasks *tasks, __s32 tid)
{
	__u32 at = hash_tid(tid) & (tasks->slots - 1);

	while (tasks->slot[at] && tasks->task[tasks->slot[at] - 1].tid != tid)
		at = (at + 1) & (tasks->slots - 1);
	return &tasks->slot[at];
}

static int grow_slots(struct tasks *tasks)
{
	__u32 *old = tasks->slot;
	__u32 slots = tasks->slots;
	__u32 i;

	tasks->slot = calloc((size_t)slots * 2, sizeof(*tasks->slot));
	if (!tasks->slot) {
		tasks->slot = old;
		return -ENOMEM;
	}
	tasks->slots = slots * 2;
	for (i = 0; i < slots; i++)
		if (old[i])
			*slot_of(tasks, tasks->task[old[i] - 1].tid) = old[i];
	free(old);
	return 0;
}

static void set_comm(struct task *task, const char *comm)
{
	size_t i;

	for (i = 0; i < TASK_COMM - 1 && comm[i]; i++)
		task->comm[i] = comm[i];
	memset(task->comm + i, 0, TASK_COMM - i);
}

/* A new task on top of `older`, of which it is the same tid's new name. */
static int add_task(struct tasks *tasks, __s32 tid, __u32 older, __u32 *number)
{
	struct task *task;

	if (tasks->count == tasks->room) {
		__u32 room = tasks->room ? tasks->room * 2 : 256;

		task = realloc(tasks->task, room * sizeof(*task));
		if (!task)
			return -ENOMEM;
		tasks->task = task;
		tasks->room = room;
	}
	task = &tasks->task[tasks->count];
	if (older == TASK_NONE) {
		memset(task, 0, sizeof(*task));
		task->tid = tid;
		task->cpu = -1;
		task->pinned = -1;
		task->waker = TASK_NONE;
		set_comm(task, tid ? "" : "idle");
	} else {
		*task = tasks->task[older];
	}
	task->older = older;
	*number = tasks->count++;
	return 0;
}

__u32 tasks_find(struct tasks *tasks, __s32 tid)
{
	__u32 *slot = slot_of(tasks, tid);
	__u32 number;

	if (*slot)
		return *slot - 1;
	if (tasks->count >= TASKS_MAX)
		return TASK_NONE;
	if (tasks->used * 2 >= tasks->slots) {
		if (grow_slots(tasks))
			return TASK_NONE;
		slot = slot_of(tasks, tid);
	}
	if (add_task(tasks, tid, TASK_NONE, &number))
		return TASK_NONE;
	tasks->used++;
	*slot = number + 1;
	return number;
}

__u32 tasks_count(const struct tasks *tasks)
{
	return tasks->count;
}

struct task *tasks_get(struct tasks *tasks, __u32 task)
{
	return task < tasks->count ? &tasks->task[task] : NULL;
}

/* The task that `tid` is when it is called `comm`, from now on. */
static __u32 rename_task(struct tasks *tasks, __s32 tid, const char *comm)
{
	__u32 number = tasks_find(tasks, tid);
	struct task named = { 0 };
	__u32 names = 0, other;
	__u32 *slot;

	if (number == TASK_NONE || !tid || !comm[0])
		return number;
	set_comm(&named, comm);
	if (!strcmp(tasks->task[number].comm, named.comm))
		return number;
	if (!tasks->task[number].comm[0]) {
		memcpy(tasks->task[number].comm, named.comm, TASK_COMM);
		return number;
	}

	for (other = number; other != TASK_NONE; other = tasks->task[other].older) {
		if (!strcmp(tasks->task[other].comm, named.comm))
			break;
		names++;
	}
	if (other == TASK_NONE) {
		if (names >= NAMES_PER_TID || tasks->count >= TASKS_MAX ||
		    add_task(tasks, tid, number, &other))
			return number;
	} else {
		/* Back to an older name: it comes to the front of the list. */
		__u32 before = number;

		while (tasks->task[before].older != other)
			before = tasks->task[before].older;
		tasks->task[before].older = tasks->task[other].older;
		tasks->task[other].older = number;
	}
	memcpy(tasks->task[other].comm, named.comm, TASK_COMM);
	tasks->task[other].waker = tasks->task[number].waker;
	memcpy(tasks->task[other].in_call, tasks->task[number].in_call,
	       sizeof(tasks->task[other].in_call));
	tasks->task[other].work = tasks->task[number].work;
	slot = slot_of(tasks, tid);
	*slot = other + 1;
	return other;
}

/* Kernel threads and new programs are called by the last part of the path. */
static void rename_by_path(struct tasks *tasks, __s32 tid, const char *path, size_t bytes)
{
	char comm[TASK_COMM] = "";
	size_t length = strnlen(path, bytes);
	const char *slash = memrchr(path, '/', length);
	const char *last = slash ? slash + 1 : path;
	size_t kept = (size_t)(path + length - last);

	if (length == bytes)
		return;		/* cut: its last part is not known */
	memcpy(comm, last, kept < TASK_COMM - 1 ? kept : TASK_COMM - 1);
	rename_task(tasks, tid, comm);
}

static void copy_comm(char to[TASK_COMM + 1], const char from[TASK_COMM])
{
	memcpy(to, from, TASK_COMM);
	to[TASK_COMM] = '\0';
}

int tasks_feed(struct tasks *tasks, const struct hft_record *record)
{
	char comm[TASK_COMM + 1];

	switch (record->type) {
	case HFT_REC_SWITCH: {
		const struct hft_rec_switch *rec = record->payload;
		__u32 next;

		copy_comm(comm, rec->prev_comm);
		if (rename_task(tasks, rec->prev_tid, comm) == TASK_NONE)
			return -ENOMEM;
		copy_comm(comm, rec->next_comm);
		next = rename_task(tasks, rec->next_tid, comm);
		if (next == TASK_NONE)
			return -ENOMEM;
		tasks->task[next].work = 0;
		return 0;
	}
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK: {
		const struct hft_rec_work *rec = record->payload;
		__u32 worker = tasks_find(tasks, rec->tid);

		if (worker == TASK_NONE)
			return -ENOMEM;
		if (rec->function)
			tasks->task[worker].work = rec->function;
		return 0;
	}
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW: {
		const struct hft_rec_wakeup *rec = record->payload;
		__u32 woken, waker;

		copy_comm(comm, rec->by_comm);
		waker = rename_task(tasks, rec->by_tid, comm);
		copy_comm(comm, rec->comm);
		woken = rename_task(tasks, rec->tid, comm);
		if (woken == TASK_NONE || waker == TASK_NONE)
			return -ENOMEM;
		/* sched_wakeup may run elsewhere; in an interrupt the waker is nobody. */
		if (record->type != HFT_REC_WAKEUP)
			tasks->task[woken].waker = (record->ctx & HFT_CTX_LEVEL_MASK) ==
						   HFT_CTX_TASK ? waker : TASK_NONE;
		return 0;
	}
	case HFT_REC_IPI_SEND: {
		const struct hft_rec_ipi_send *rec = record->payload;

		copy_comm(comm, rec->comm);
		return rename_task(tasks, rec->tid, comm) == TASK_NONE ? -ENOMEM : 0;
	}
	case HFT_REC_FORK: {
		const struct hft_rec_fork *rec = record->payload;
		__u32 task;

		copy_comm(comm, rec->comm);
		task = rename_task(tasks, rec->tid, comm);
		if (task == TASK_NONE)
			return -ENOMEM;
		tasks->task[task].tgid = rec->tgid;
		return 0;
	}
	case HFT_REC_EXEC: {
		const struct hft_rec_exec *rec = record->payload;

		rename_by_path(tasks, rec->tid, rec->filename, sizeof(rec->filename) - 1);
		return 0;
	}
	case HFT_REC_EXIT: {
		const struct hft_rec_exit *rec = record->payload;
		__u32 task;

		copy_comm(comm, rec->comm);
		task = rename_task(tasks, rec->tid, comm);
		if (task == TASK_NONE)
			return -ENOMEM;
		tasks->task[task].tgid = rec->tgid;
		return 0;
	}
	case HFT_REC_FAULT: {
		const struct hft_rec_fault *rec = record->payload;
		__u32 task = tasks_find(tasks, rec->tid);

		if (task == TASK_NONE)
			return -ENOMEM;
		tasks->task[task].tgid = rec->tgid;
		return 0;
	}
	default:
		return 0;
	}
}

/* tid, tgid, comm, and if known the CPU it was seen on, those it may use, and its state. */
static int take_line(void *context, char *text)
{
	struct tasks *tasks = context;
	const char *column;
	__u64 tid, tgid, cpu;
	struct task *task;
	__u32 before = tasks->count;
	__u32 number;
	bool ran;

	if (facts_parse(facts_column(&text), &tid) || tid > 0x7fffffff || !tid ||
	    facts_parse(facts_column(&text), &tgid) || tgid > 0x7fffffff)
		return 0;
	column = facts_column(&text);
	if (!column)
		return 0;
	number = tasks_find(tasks, (__s32)tid);
	if (number == TASK_NONE)
		return -ENOMEM;
	task = &tasks->task[number];
	if (number >= before) {
		set_comm(task, column);
		task->tgid = (__s32)tgid;
		if (!facts_parse(facts_column(&text), &cpu) && cpu < 0x7fffffff)
			task->cpu = (__s32)cpu;
	} else if (facts_parse(facts_column(&text), &cpu) || (__s32)cpu != task->cpu) {
		task->cpu = -1;	/* seen twice, on two CPUs */
	}
	if (!facts_parse(facts_column(&text), &cpu) && cpu < 0x7fffffff)
		task->pinned = (__s32)cpu;
	column = facts_column(&text);
	ran = column && !strcmp(column, "R");
	task->ran = number >= before ? ran : task->ran && ran;
	return 0;
}

int tasks_open(struct tasks **made, const char *recording)
{
	struct tasks *tasks;
	int err = -ENOMEM;

	tasks = calloc(1, sizeof(*tasks));
	if (!tasks)
		return err;
	tasks->slots = 1024;
	tasks->slot = calloc(tasks->slots, sizeof(*tasks->slot));
	if (!tasks->slot)
		goto err_close;
	err = facts_each_line(recording, "tasks", take_line, tasks);
	if (err && err != -ENOENT)
		goto err_close;
	*made = tasks;
	return 0;

err_close:
	tasks_close(tasks);
	return err;
}

void tasks_close(struct tasks *tasks)
{
	if (!tasks)
		return;
	free(tasks->slot);
	free(tasks->task);
	free(tasks);
}
