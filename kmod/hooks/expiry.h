/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expiries: the interval of a timer's function, for hrtimer.c and timer.c,
 * whose records differ in the unit of the lateness alone. The function and the
 * lateness are kept from its start, as the timer may be freed in its function.
 *
 * In an interrupt it is an interval of the CPU. Outside of one, which is where
 * PREEMPT_RT runs softirqs, it can be switched out and is one of the task.
 */
#ifndef HFT_HOOKS_EXPIRY_H
#define HFT_HOOKS_EXPIRY_H

#include "task_frame.h"

static_assert(sizeof(struct hft_rec_timer) == 48);
static_assert(sizeof(struct hft_rec_timer) == sizeof(struct hft_rec_hrtimer));
static_assert(offsetof(struct hft_rec_timer, late_jiffies) ==
	      offsetof(struct hft_rec_hrtimer, late_ns));
static_assert(offsetof(struct hft_rec_timer, tid) == offsetof(struct hft_rec_hrtimer, tid));

/* As in the record. One that is early has a clock that was set: it is not late. */
static __always_inline u32 hft_expiry_late(s64 late)
{
	if (likely((u64)late <= U32_MAX))
		return late;
	return late < 0 ? 0 : U32_MAX;
}

/* All but the lengths. */
static __always_inline void
hft_expiry_fill(struct hft_rec_timer *rec, const void *timer, u64 function, u32 late, u32 unit)
{
	rec->function = function;
	rec->timer = hft_shown_kernel(timer);
	rec->late_jiffies = late;
	rec->tid = current->pid;
	rec->jiffy_ns = unit;
	rec->reserved = 0;
}

static __always_inline void
hft_expiry_begin_task(enum hft_hook_id hook, u16 type, const void *timer, const void *function,
		      u32 late, u32 unit)
{
	struct hft_rec_timer rec;

	hft_expiry_fill(&rec, timer, hft_shown_kernel(function), late, unit);
	hft_task_begin(hook, 0, type, &rec, sizeof(rec));
}

/* The record has a function of its own: kernels that clear the stack would clear it always. */
static __always_inline void
hft_expiry_begin(enum hft_hook_id hook, u16 type, const void *timer, const void *function,
		 u32 late, u32 unit)
{
	if (hft_interval_is_of_task(hook))
		hft_expiry_begin_task(hook, type, timer, function, late, unit);
	else
		hft_frame_push_detail(hook, late, hft_shown_kernel(function));
}

static __always_inline void
hft_expiry_end_task(enum hft_hook_id hook, u16 type, const void *timer, u32 unit)
{
	const struct hft_task_end end = hft_task_end(hook, 0, sizeof(struct hft_rec_timer));
	struct hft_rec_timer *rec = (struct hft_rec_timer *)end.e.slot->arg;

	hft_expiry_fill(rec, timer, rec->function, rec->late_jiffies, unit);
	hft_task_commit(end, type, sizeof(*rec));
}

/* In an interrupt? Timers of the wheel never are. */
static __always_inline bool hft_expiry_in_hardirq(enum hft_hook_id hook)
{
	return hook == HFT_HOOK_HRTIMER && preempt_count() & HARDIRQ_MASK;
}

static __always_inline void
hft_expiry_end_unseen(enum hft_hook_id hook, u16 type, const void *timer, u32 unit)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_timer *rec = (struct hft_rec_timer *)e.slot->arg;

	rec->duration = 0;
	rec->net = 0;
	hft_expiry_fill(rec, timer, 0, 0, unit);
	hft_commit(e, type, 2, HFT_CTX_CONTINUED |
		   (hft_expiry_in_hardirq(hook) ? HFT_CTX_HARDIRQ : HFT_CTX_SOFTIRQ));
}

/* As in hft_frame_end(): each case commits for itself, so that there are no flags to gather. */
static __always_inline void
hft_expiry_end(enum hft_hook_id hook, u16 type, const void *timer, u32 unit)
{
	struct hft_ring_ctl *ctl = hft_ring();
	struct hft_rec_timer *rec;
	struct hft_length len;
	struct hft_start start;
	struct hft_entry e;

	if (hft_interval_is_of_task(hook)) {
		hft_expiry_end_task(hook, type, timer, unit);
		return;
	}
	start = hft_frame_pop_detail(ctl, hook);
	if (unlikely(!start.seen)) {
		hft_expiry_end_unseen(hook, type, timer, unit);
		return;
	}
	e = hft_reserve(ctl, 2, true);
	len = hft_length(e, start);
	rec = (struct hft_rec_timer *)e.slot->arg;
	rec->duration = len.duration;
	rec->net = len.net;
	hft_expiry_fill(rec, timer, start.detail, start.arg, unit);
	if (hook == HFT_HOOK_HRTIMER && likely(hft_expiry_in_hardirq(hook)))
		hft_commit(e, type, 2, HFT_CTX_HARDIRQ);
	else
		hft_commit(e, type, 2, HFT_CTX_SOFTIRQ);
}

#endif /* HFT_HOOKS_EXPIRY_H */
