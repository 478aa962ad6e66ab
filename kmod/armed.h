/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a probe asks before anything else: is my hook armed on this CPU? And
 * what it says after each record: one more. Off is two instructions; whatever
 * is not plainly on or off (filtered, sampled, timed...) is decided elsewhere.
 */
#ifndef HFT_ARMED_H
#define HFT_ARMED_H

#include "cpu.h"
#include "compat/cold.h"
#include "compat/percpu.h"

/* What the probe that asks is about to do. */
enum hft_part {
	HFT_INSTANT,	/* write a record */
	HFT_END,	/* end an interval that stands in a frame of the CPU */
	HFT_START,	/* begin one: nothing is written yet */
	HFT_ENTER,	/* the same, as the task comes from user mode */
};

HFT_COLD u64 hft_armed_special(u64 hook_and_part);
HFT_COLD u64 hft_counted_down(u64 hook);

static __always_inline bool hft_armed_for(enum hft_hook_id hook, enum hft_part part)
{
	const enum hft_state state = hft_state_of(&hft_cpu.mode[hook]);

	if (state == HFT_STATE_OFF)
		return false;
	/* filters and masks are read behind it; pairs with arm_cpu() */
	smp_rmb();
	if (state == HFT_STATE_ON)
		return true;
	return hft_call_cold(hft_armed_special, hook | part << 8);
}

static __always_inline bool hft_armed(enum hft_hook_id hook)
{
	return hft_armed_for(hook, HFT_INSTANT);
}

static __always_inline bool hft_armed_start(enum hft_hook_id hook)
{
	return hft_armed_for(hook, HFT_START);
}

static __always_inline bool hft_armed_enter(enum hft_hook_id hook)
{
	return hft_armed_for(hook, HFT_ENTER);
}

/* False when the interval is not to be written; its frame is gone then. */
static __always_inline bool hft_armed_end(enum hft_hook_id hook)
{
	return hft_armed_for(hook, HFT_END);
}

/* Any of these bits of its mode? For code that looks for itself. */
static __always_inline bool hft_mode_has(enum hft_hook_id hook, u8 bits)
{
	return __this_cpu_read(hft_cpu.mode[hook]) & bits;
}

/* A record of `hook` has been committed. */
static __always_inline void hft_count(enum hft_hook_id hook)
{
	if (hft_count_down(&hft_cpu.countdown[hook]))
		hft_call_cold(hft_counted_down, hook);
}

/* Of any CPU, from any CPU: records of `hook` since the module was loaded. */
u64 hft_count_read(unsigned int cpu, enum hft_hook_id hook);
int hft_counts_init(void);
void hft_counts_uninit(void);

/* hooks/syscall.c: the call that is open on this CPU ends without a record. */
void hft_syscall_drop(void);

#endif /* HFT_ARMED_H */
