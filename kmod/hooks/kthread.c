// SPDX-License-Identifier: GPL-2.0
/* kthread: work items of kthread_workers, as intervals of the task, and who queued them. */
#include <linux/kthread.h>

#include "compat/sched_trace.h"
#include "hook.h"
#include "hooks/work_item.h"

static notrace void probe_start(void *data, struct kthread_work *work)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_KTHREAD))
		hft_work_begin(HFT_HOOK_KTHREAD, HFT_REC_KTHREAD_WORK, work, work->func);
	hft_exit();
}

HFT_PROVE(sched_kthread_work_execute_start, probe_start)

static notrace void probe_finish(void *data, struct kthread_work *work,
				 kthread_work_func_t function)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_KTHREAD))
		hft_work_end(HFT_HOOK_KTHREAD, HFT_REC_KTHREAD_WORK, work, function);
	hft_exit();
}

HFT_PROVE(sched_kthread_work_execute_end, probe_finish)

static notrace void probe_queue(void *data, struct kthread_worker *worker,
				struct kthread_work *work)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_KTHREAD))
		hft_work_queued(HFT_REC_KTHREAD_QUEUE, work, work->func,
				-1, worker->task ? worker->task->pid : 0);
	hft_exit();
}

HFT_PROVE(sched_kthread_work_queue_work, probe_queue)

static struct hft_tap taps[] = {
	HFT_TAP("sched_kthread_work_execute_start", probe_start),
	HFT_TAP("sched_kthread_work_execute_end", probe_finish),
	HFT_TAP("sched_kthread_work_queue_work", probe_queue),
};

struct hft_hook hft_hook_kthread = {
	.id		= HFT_HOOK_KTHREAD,
	.name		= "kthread",
	.summary	= "work items of kthread_workers, as intervals, and who queued them",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
