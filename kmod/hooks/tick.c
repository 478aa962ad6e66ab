// SPDX-License-Identifier: GPL-2.0
/*
 * tick: whether the tick of a tickless CPU stopped and, when it did not, what
 * needs it. The kernel looks at the end of an interrupt, when a task waits for
 * the CPU or a dependency has changed.
 */
#include <linux/tick.h>
#include <trace/events/timer.h>

#include "hook.h"
#include "ring_write.h"

/* A reason by its mask, of one bit, as enum hft_tick_dependency. */
static_assert(TICK_DEP_MASK_POSIX_TIMER == 1 << (HFT_TICK_POSIX_TIMER - 1));
static_assert(TICK_DEP_MASK_PERF_EVENTS == 1 << (HFT_TICK_PERF_EVENTS - 1));
static_assert(TICK_DEP_MASK_SCHED == 1 << (HFT_TICK_SCHED - 1));
static_assert(TICK_DEP_MASK_CLOCK_UNSTABLE == 1 << (HFT_TICK_CLOCK_UNSTABLE - 1));
static_assert(TICK_DEP_MASK_RCU == 1 << (HFT_TICK_RCU - 1));
static_assert(TICK_DEP_MASK_RCU_EXP == 1 << (HFT_TICK_RCU_EXP - 1));

static __always_inline void record(int success, int dependency)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);
	struct hft_rec_tick_stop *rec = (struct hft_rec_tick_stop *)e.slot->arg;

	rec->success = success;
	rec->dependency = fls(dependency);
	rec->tid = current->pid;
	rec->reserved = 0;
	hft_commit(e, HFT_REC_TICK_STOP, 1, hft_level());
}

static notrace void probe_tick_stop(void *data, int success, int dependency)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_TICK))
		record(success, dependency);
	hft_exit();
}

HFT_PROVE(tick_stop, probe_tick_stop)

static struct hft_tap taps[] = {
	HFT_TAP("tick_stop", probe_tick_stop),
};

struct hft_hook hft_hook_tick = {
	.id		= HFT_HOOK_TICK,
	.name		= "tick",
	.summary	= "the tick stopped, or did not, and why not",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
