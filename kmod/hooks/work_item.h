/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work items: the interval of a function in a kernel thread and its queueing,
 * for workqueue.c and kthread.c. The end knows the item by its address alone:
 * its function may have freed it.
 */
#ifndef HFT_HOOKS_WORK_ITEM_H
#define HFT_HOOKS_WORK_ITEM_H

#include "task_frame.h"

/* All but the lengths. */
static __always_inline void
hft_work_fill(struct hft_rec_work *rec, const void *work, const void *function)
{
	rec->function = hft_shown_kernel(function);
	rec->work = hft_shown_kernel(work);
	rec->tid = current->pid;
	rec->reserved0 = 0;
	rec->reserved = 0;
}

static __always_inline void
hft_work_begin(enum hft_hook_id hook, u16 type, const void *work, const void *function)
{
	struct hft_rec_work rec;

	hft_work_fill(&rec, work, function);
	hft_task_begin(hook, 0, type, &rec, sizeof(rec));
}

static __always_inline void
hft_work_end(enum hft_hook_id hook, u16 type, const void *work, const void *function)
{
	const struct hft_task_end end = hft_task_end(hook, 0, sizeof(struct hft_rec_work));

	hft_work_fill((struct hft_rec_work *)end.e.slot->arg, work, function);
	hft_task_commit(end, type, sizeof(struct hft_rec_work));
}

/* `cpu` and `tid` as of the record. */
static __always_inline void
hft_work_queued(u16 type, const void *work, const void *function, s32 cpu, s32 tid)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_work_queue *rec = (struct hft_rec_work_queue *)e.slot->arg;

	rec->function = hft_shown_kernel(function);
	rec->work = hft_shown_kernel(work);
	rec->by_tid = current->pid;
	rec->cpu = cpu;
	memcpy(rec->by_comm, current->comm, TASK_COMM_LEN);
	rec->tid = tid;
	rec->reserved = 0;
	hft_commit(e, type, 2, hft_level());
}

#endif /* HFT_HOOKS_WORK_ITEM_H */
