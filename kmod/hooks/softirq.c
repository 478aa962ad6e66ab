// SPDX-License-Identifier: GPL-2.0
/*
 * softirq: each vector's run, as an interval of the CPU. On PREEMPT_RT one can
 * be switched out, which a CPU's frame cannot hold, so it is refused there.
 */
#include <linux/interrupt.h>
#include <trace/events/irq.h>

#include "frame.h"
#include "hook.h"

static notrace void probe_entry(void *data, unsigned int vec)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_SOFTIRQ))
		hft_frame_push(HFT_HOOK_SOFTIRQ, vec);
	hft_exit();
}

HFT_PROVE(softirq_entry, probe_entry)

static notrace void probe_exit(void *data, unsigned int vec)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_SOFTIRQ))
		hft_frame_end(HFT_HOOK_SOFTIRQ, HFT_REC_SOFTIRQ, HFT_CTX_SOFTIRQ, vec, 0);
	hft_exit();
}

HFT_PROVE(softirq_exit, probe_exit)

static const char *unsupported(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "softirqs of a PREEMPT_RT kernel can be switched out";
	return NULL;
}

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
	.unsupported	= unsupported,
};
