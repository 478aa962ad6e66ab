// SPDX-License-Identifier: GPL-2.0
/* workqueue: work items of kworkers, as intervals of the task, and who queued them. */
#include <linux/workqueue.h>
#include <trace/events/workqueue.h>

#include "hook.h"
#include "hooks/work_item.h"

static notrace void probe_start(void *data, struct work_struct *work)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_WORKQUEUE))
		hft_work_begin(HFT_HOOK_WORKQUEUE, HFT_REC_WORK, work, work->func);
	hft_exit();
}

HFT_PROVE(workqueue_execute_start, probe_start)

static notrace void probe_finish(void *data, struct work_struct *work,
				 work_func_t function)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_WORKQUEUE))
		hft_work_end(HFT_HOOK_WORKQUEUE, HFT_REC_WORK, work, function);
	hft_exit();
}

HFT_PROVE(workqueue_execute_end, probe_finish)

static notrace void probe_queue(void *data, int cpu, struct pool_workqueue *pwq,
				struct work_struct *work)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_WORKQUEUE))
		hft_work_queued(HFT_REC_WORK_QUEUE, work, work->func,
				cpu == WORK_CPU_UNBOUND ? -1 : cpu, 0);
	hft_exit();
}

HFT_PROVE(workqueue_queue_work, probe_queue)

static struct hft_tap taps[] = {
	HFT_TAP("workqueue_execute_start", probe_start),
	HFT_TAP("workqueue_execute_end", probe_finish),
	HFT_TAP("workqueue_queue_work", probe_queue),
};

struct hft_hook hft_hook_workqueue = {
	.id		= HFT_HOOK_WORKQUEUE,
	.name		= "workqueue",
	.summary	= "work items of kworkers, as intervals, and who queued them",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
