// SPDX-License-Identifier: GPL-2.0
/* wakeup: who wakes whom (waking, in the waker), and when it is runnable. */
#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

static __always_inline void record(const struct task_struct *task, u16 type)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_wakeup *rec = (struct hft_rec_wakeup *)e.slot->arg;

	rec->tid = task->pid;
	rec->by_tid = current->pid;
	rec->prio = task->prio;
	rec->target_cpu = task_cpu(task);
	rec->reserved = 0;
	memcpy(rec->comm, task->comm, TASK_COMM_LEN);
	memcpy(rec->by_comm, current->comm, TASK_COMM_LEN);
	hft_commit(e, type, 2, hft_level());
}

static notrace void probe_waking(void *data, struct task_struct *task)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_WAKEUP))
		record(task, HFT_REC_WAKING);
	hft_exit();
}

HFT_PROVE(sched_waking, probe_waking)

static notrace void probe_wakeup(void *data, struct task_struct *task)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_WAKEUP))
		record(task, HFT_REC_WAKEUP);
	hft_exit();
}

HFT_PROVE(sched_wakeup, probe_wakeup)

static notrace void probe_wakeup_new(void *data, struct task_struct *task)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_WAKEUP))
		record(task, HFT_REC_WAKEUP_NEW);
	hft_exit();
}

HFT_PROVE(sched_wakeup_new, probe_wakeup_new)

static struct hft_tap taps[] = {
	HFT_TAP("sched_waking", probe_waking),
	HFT_TAP("sched_wakeup", probe_wakeup),
	HFT_TAP("sched_wakeup_new", probe_wakeup_new),
};

struct hft_hook hft_hook_wakeup = {
	.id		= HFT_HOOK_WAKEUP,
	.name		= "wakeup",
	.summary	= "who wakes whom, and when the woken task is runnable",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
