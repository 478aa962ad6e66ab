// SPDX-License-Identifier: GPL-2.0
/*
 * tasklet: each tasklet's run, as an interval of the CPU, inside its softirq.
 * As that, on PREEMPT_RT one can be switched out and is refused there.
 */
#include "compat/irq_trace.h"
#include "frame.h"
#include "hook.h"

static notrace void probe_entry(void *data, struct tasklet_struct *tasklet, void *function)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_TASKLET))
		hft_frame_push(HFT_HOOK_TASKLET, 0);
	hft_exit();
}

HFT_PROVE_TASKLET(tasklet_entry, probe_entry)

static __always_inline void end(u64 function)
{
	hft_frame_end(HFT_HOOK_TASKLET, HFT_REC_TASKLET, HFT_CTX_SOFTIRQ, function, function >> 32);
}

static notrace void probe_exit(void *data, struct tasklet_struct *tasklet, void *function)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_TASKLET))
		end(hft_shown((uintptr_t)function));
	hft_exit();
}

HFT_PROVE_TASKLET(tasklet_exit, probe_exit)

static const char *unsupported(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "softirqs of a PREEMPT_RT kernel can be switched out";
	return NULL;
}

static struct hft_tap taps[] = {
	HFT_TAP("tasklet_entry", probe_entry),
	HFT_TAP("tasklet_exit", probe_exit),
};

struct hft_hook hft_hook_tasklet = {
	.id		= HFT_HOOK_TASKLET,
	.name		= "tasklet",
	.summary	= "tasklets by function, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.unsupported	= unsupported,
};
