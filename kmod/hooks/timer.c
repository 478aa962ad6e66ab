// SPDX-License-Identifier: GPL-2.0
/*
 * timer: the function of each timer of the wheel that expires, as an interval
 * inside its softirq, and how many jiffies late it was.
 */
#include <linux/jiffies.h>
#include <linux/timer.h>
#include <trace/events/timer.h>

#include "hook.h"
#include "hooks/expiry.h"

static notrace void probe_entry(void *data, struct timer_list *timer, unsigned long baseclk)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_TIMER))
		hft_expiry_begin(HFT_HOOK_TIMER, HFT_REC_TIMER, timer, timer->function,
				 hft_expiry_late((long)(jiffies - timer->expires)), TICK_NSEC);
	hft_exit();
}

HFT_PROVE(timer_expire_entry, probe_entry)

static notrace void probe_exit(void *data, struct timer_list *timer)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_TIMER))
		hft_expiry_end(HFT_HOOK_TIMER, HFT_REC_TIMER, timer, TICK_NSEC);
	hft_exit();
}

HFT_PROVE(timer_expire_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("timer_expire_entry", probe_entry),
	HFT_TAP("timer_expire_exit", probe_exit),
};

struct hft_hook hft_hook_timer = {
	.id		= HFT_HOOK_TIMER,
	.name		= "timer",
	.summary	= "kernel timers that expire: function, lateness, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_softirq_frames_attach,
	.detach		= hft_softirq_frames_detach,
};
