// SPDX-License-Identifier: GPL-2.0
/* idle: the CPU's idle states, as intervals. */
#include <linux/sched.h>
#include <trace/events/power.h>

#include "frame.h"
#include "hook.h"

static __always_inline void end_unseen(bool woken)
{
	hft_frame_end_unseen(HFT_REC_IDLE, HFT_CTX_TASK, (u64)woken << 48);
}

/* As in hft_frame_end(): each case commits for itself. */
static __always_inline void end_idle(struct hft_ring_ctl *ctl)
{
	const struct hft_start start = hft_frame_pop_detail(ctl, HFT_HOOK_IDLE);
	const bool woken = tif_need_resched();
	struct hft_length len;
	struct hft_entry e;
	u64 ended;

	if (unlikely(!start.seen)) {
		end_unseen(woken);
		return;
	}
	e = hft_reserve(ctl, 1, true);
	len = hft_length(e, start);
	/* net, state and woken in one */
	ended = (u64)(u16)start.arg << 32 | (u64)woken << 48;
	e.slot->arg[0] = len.duration;
	if (unlikely(len.net > U32_MAX)) {
		e.slot->arg[1] = ended | U32_MAX;
		hft_commit(e, HFT_REC_IDLE, 1, HFT_CTX_TASK | HFT_CTX_SATURATED);
		return;
	}
	e.slot->arg[1] = ended | len.net;
	hft_commit(e, HFT_REC_IDLE, 1, HFT_CTX_TASK);
}

static notrace void probe_idle(void *data, unsigned int state, unsigned int cpu)
{
	hft_enter();
	if (state != PWR_EVENT_EXIT) {
		if (hft_armed_start(HFT_HOOK_IDLE))
			hft_frame_push(HFT_HOOK_IDLE, state);
	} else if (hft_armed_end(HFT_HOOK_IDLE)) {
		end_idle(hft_ring());
	}
	hft_exit();
}

HFT_PROVE(cpu_idle, probe_idle)

static struct hft_tap taps[] = {
	HFT_TAP("cpu_idle", probe_idle),
};

struct hft_hook hft_hook_idle = {
	.id		= HFT_HOOK_IDLE,
	.name		= "idle",
	.summary	= "idle states, as intervals, and whether a task ended them",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
