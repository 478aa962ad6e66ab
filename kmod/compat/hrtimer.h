/* SPDX-License-Identifier: GPL-2.0 */
/* hrtimer_expire_entry passes the time by pointer up to 7.1, by value from 7.2. */
#ifndef HFT_COMPAT_HRTIMER_H
#define HFT_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>
#include <linux/version.h>
#include <trace/events/timer.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)
#define HFT_HRTIMER_NOW_TYPE	ktime_t
#define hft_hrtimer_now(now)	(now)
#else
#define HFT_HRTIMER_NOW_TYPE	ktime_t *
#define hft_hrtimer_now(now)	(*(now))
#endif

/* Private from 6.15; in what fires it is the one that is about to run. */
static __always_inline const void *hft_hrtimer_function(const struct hrtimer *timer)
{
	return ACCESS_PRIVATE(timer, function);
}

#endif /* HFT_COMPAT_HRTIMER_H */
