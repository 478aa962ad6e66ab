// SPDX-License-Identifier: GPL-2.0
/*
 * hrtimer: the function of each high-resolution timer that expires, as an
 * interval inside its interrupt or softirq, and how late it was.
 */
#include "compat/hrtimer.h"
#include "hook.h"
#include "hooks/expiry.h"

static notrace void probe_entry(void *data, struct hrtimer *timer, HFT_HRTIMER_NOW_TYPE now)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_HRTIMER))
		hft_expiry_begin(HFT_HOOK_HRTIMER, HFT_REC_HRTIMER, timer,
				 hft_hrtimer_function(timer),
				 hft_expiry_late(hft_hrtimer_now(now) -
						 hrtimer_get_softexpires(timer)), 0);
	hft_exit();
}

HFT_PROVE(hrtimer_expire_entry, probe_entry)

static notrace void probe_exit(void *data, struct hrtimer *timer)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_HRTIMER))
		hft_expiry_end(HFT_HOOK_HRTIMER, HFT_REC_HRTIMER, timer, 0);
	hft_exit();
}

HFT_PROVE(hrtimer_expire_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("hrtimer_expire_entry", probe_entry),
	HFT_TAP("hrtimer_expire_exit", probe_exit),
};

struct hft_hook hft_hook_hrtimer = {
	.id		= HFT_HOOK_HRTIMER,
	.name		= "hrtimer",
	.summary	= "high-resolution timers that expire: function, lateness, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_softirq_frames_attach,
	.detach		= hft_softirq_frames_detach,
};
