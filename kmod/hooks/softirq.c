// SPDX-License-Identifier: GPL-2.0
/*
 * softirq: each vector's run, as an interval of the CPU. On PREEMPT_RT it runs
 * in a task that can be switched out, and is an interval of that.
 */
#include <linux/interrupt.h>
#include <trace/events/irq.h>

#include "hook.h"
#include "task_frame.h"

static __always_inline void fill(struct hft_rec_softirq_task *rec, unsigned int vec)
{
	rec->vec = vec;
	rec->tid = current->pid;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	rec->reserved[2] = 0;
}

static __always_inline void begin(unsigned int vec)
{
	struct hft_rec_softirq_task rec;

	if (!hft_interval_is_of_task(HFT_HOOK_SOFTIRQ)) {
		hft_frame_push(HFT_HOOK_SOFTIRQ, vec);
		return;
	}
	fill(&rec, vec);
	hft_task_begin(HFT_HOOK_SOFTIRQ, 0, HFT_REC_SOFTIRQ_TASK, &rec, sizeof(rec));
}

static notrace void probe_entry(void *data, unsigned int vec)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_SOFTIRQ))
		begin(vec);
	hft_exit();
}

HFT_PROVE(softirq_entry, probe_entry)

static __always_inline void end_of_task(unsigned int vec)
{
	const struct hft_task_end end = hft_task_end(HFT_HOOK_SOFTIRQ, 0,
						     sizeof(struct hft_rec_softirq_task));

	fill((struct hft_rec_softirq_task *)end.e.slot->arg, vec);
	hft_task_commit(end, HFT_REC_SOFTIRQ_TASK, sizeof(struct hft_rec_softirq_task));
}

static __always_inline void end(unsigned int vec)
{
	if (hft_interval_is_of_task(HFT_HOOK_SOFTIRQ))
		end_of_task(vec);
	else
		hft_frame_end(HFT_HOOK_SOFTIRQ, HFT_REC_SOFTIRQ, HFT_CTX_SOFTIRQ, vec, 0);
}

static notrace void probe_exit(void *data, unsigned int vec)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_SOFTIRQ))
		end(vec);
	hft_exit();
}

HFT_PROVE(softirq_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("softirq_entry", probe_entry),
	HFT_TAP("softirq_exit", probe_exit),
};

struct hft_hook hft_hook_softirq = {
	.id		= HFT_HOOK_SOFTIRQ,
	.name		= "softirq",
	.summary	= "softirqs, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_softirq_frames_attach,
	.detach		= hft_softirq_frames_detach,
};
