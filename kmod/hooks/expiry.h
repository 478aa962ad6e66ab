/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expiries: the interval of a timer's function, for hrtimer.c and timer.c,
 * whose records differ in the unit of the lateness alone. The frame holds the
 * function and the lateness, as the timer may be freed when its function ends.
 */
#ifndef HFT_HOOKS_EXPIRY_H
#define HFT_HOOKS_EXPIRY_H

#include "frame.h"

/* `late` as of the record; a timer that is early by a bug of its clock is not late. */
static __always_inline u32 hft_expiry_late(s64 late)
{
	if (unlikely(late < 0))
		return 0;
	return hft_saturate(late);
}

static __always_inline void hft_expiry_begin(enum hft_hook_id hook, u32 late, const void *function)
{
	hft_frame_push_detail(hook, late, hft_shown((uintptr_t)function));
}

static __always_inline void hft_expiry_fill(const struct hft_entry e, const struct hft_start start,
					    const void *timer, u32 unit)
{
	struct hft_rec_timer *rec = (struct hft_rec_timer *)e.slot->arg;

	rec->function = start.detail;
	rec->timer = hft_shown((uintptr_t)timer);
	rec->late_jiffies = start.arg;
	rec->jiffy_ns = unit;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
}

static_assert(sizeof(struct hft_rec_timer) == sizeof(struct hft_rec_hrtimer));
static_assert(offsetof(struct hft_rec_timer, late_jiffies) ==
	      offsetof(struct hft_rec_hrtimer, late_ns));

/* `unit` stands behind the lateness. As in hft_frame_end(), the common case has no flags. */
static __always_inline void hft_expiry_end(enum hft_hook_id hook, u16 type, const void *timer,
					   u32 unit)
{
	struct hft_ring_ctl *ctl = hft_ring();
	const struct hft_start start = hft_frame_pop_detail(ctl, hook);
	const struct hft_entry e = hft_reserve(ctl, 2, true);
	struct hft_length len = { 0 };

	if (likely(start.seen))
		len = hft_length(e, start);
	hft_expiry_fill(e, start, timer, unit);
	if (unlikely(!start.seen || (len.duration | len.net) > U32_MAX)) {
		e.slot->arg[0] = hft_saturate(len.duration) | (u64)hft_saturate(len.net) << 32;
		hft_commit(e, type, 2, hft_level() |
			   (start.seen ? HFT_CTX_SATURATED : HFT_CTX_CONTINUED));
		return;
	}
	e.slot->arg[0] = len.duration | len.net << 32;
	hft_commit(e, type, 2, hft_level());
}

#endif /* HFT_HOOKS_EXPIRY_H */
