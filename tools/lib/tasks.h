/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which task a tid was at a time: names from facts/tasks first, then as the
 * records that go by tell. A task that changes its name gets a new number, so
 * a number always means one name.
 */
#ifndef HFT_TASKS_H
#define HFT_TASKS_H

#include <stdbool.h>
#include <linux/types.h>

struct hft_record;
struct tasks;

#define TASK_NONE	(~0U)
#define TASK_COMM	16

/* What a task can be in the middle of when it is switched out. */
enum task_call {
	TASK_CALL_SYSCALL,
	TASK_CALL_MMCALL,
	TASK_CALL_RECLAIM,
	TASK_CALL_COMPACTION,
	TASK_CALL_COREDUMP,
	TASK_CALL_WORK,
	TASK_CALLS
};

struct task {
	__s32 tid;		/* 0: the idle task of any CPU */
	__s32 tgid;		/* 0: not known */
	__s32 cpu;		/* where facts/tasks saw it, -1: not known or not one CPU */
	bool ran;		/* or wanted to, whenever facts/tasks saw it */
	__s32 pinned;		/* the only CPU that it may use, -1: several or not known */
	__u32 waker;		/* who woke it last, or TASK_NONE */
	__u32 older;		/* the same tid under its name before, or TASK_NONE */
	__u64 work;		/* function of its last work item in this turn on a CPU, or 0 */
	__u64 woken;		/* ticks when it was, if it waits for a CPU since; 0: not known */
	__s32 woken_cpu;	/* for which it waits, -1: not known yet */
	__u64 in_call[TASK_CALLS];	/* ticks that they ran before it was switched out */
	char comm[TASK_COMM];	/* NUL-terminated; empty: not known */
};

/* Reads facts/tasks of a recording, if it is there. 0 or -errno. */
int tasks_open(struct tasks **tasks, const char *recording);
void tasks_close(struct tasks *tasks);

/* How many have numbers. */
__u32 tasks_count(const struct tasks *tasks);

/* Learns from a record of a kernel ring. 0 or -ENOMEM. */
int tasks_feed(struct tasks *tasks, const struct hft_record *record);

/* The number of a tid as it is called now; TASK_NONE only if memory is short. */
__u32 tasks_find(struct tasks *tasks, __s32 tid);

/* NULL for TASK_NONE. Valid until the next tasks_feed() or tasks_find(). */
struct task *tasks_get(struct tasks *tasks, __u32 task);

#endif /* HFT_TASKS_H */
