/* SPDX-License-Identifier: GPL-2.0 */
/* What a probe needs to know of its own CPU. */
#ifndef HFT_CPU_H
#define HFT_CPU_H

#include <linux/sched.h>
#include <hftrace/abi.h>

#include "compat/percpu.h"

/*
 * `armed` holds the armed hooks in its low bits, then HFT_ARMED_FILTERED and,
 * from HFT_GENERATION_SHIFT up, a count of armings, which tells an interval's
 * start before the last arming from one after it; the 8 bits below the count
 * are 0. Written by whoever arms, from any CPU, with plain stores; read by the
 * probes of this CPU.
 */
struct hft_cpu {
	union {
		u64 armed;
		u8 armed_byte[8];	/* its bytes, the lowest first */
	};
	struct hft_ring_ctl *ctl;	/* the slots follow it in memory */
	u64 kernel_address_mask;	/* 0 hides kernel addresses, else ~0 */
	s32 tgid[HFT_FILTERS];		/* looked up when filtered; 0: none */

	/* Written by this CPU's probes alone. */
	struct task_struct *fault_task ____cacheline_aligned;	/* its fault began the open visit */
	unsigned long fault_major;		/* its major faults before */
	s32 syscall_tid;			/* whose call is open; 0: none */
	s32 syscall_nr;
	u32 syscall_tag;			/* as of hft_frame_tag() */
	u64 syscall_start;			/* ticks */
	u64 syscall_nested;			/* ctl->nested at the start */
	unsigned long syscall_args[6];
};

#define HFT_GENERATION_SHIFT	48
#define HFT_ARMED_HOOKS		((1ULL << 39) - 1)
#define HFT_ARMED_FILTERED	(1ULL << 39)	/* some hooks look for chosen processes only */

DECLARE_PER_CPU_ALIGNED(struct hft_cpu, hft_cpu);

/* An address for a record: a kernel's own only for who may see them. */
static __always_inline u64 hft_shown(u64 address)
{
	return (s64)address < 0 ? address & __this_cpu_read(hft_cpu.kernel_address_mask) : address;
}

/* Is `hook` armed on the running CPU? */
static __always_inline bool hft_armed(enum hft_hook_id hook)
{
	if (likely(!hft_this_cpu_test(hft_cpu.armed_byte[hook / 8], 1 << hook % 8)))
		return false;
	/* filters and masks are read behind it; pairs with arm_cpu() */
	smp_rmb();
	return true;
}

/* Is the running task's process one of those that were chosen? */
static __always_inline bool hft_task_chosen(void)
{
	s32 tgid = current->tgid;
	int i;

	for (i = 0; i < HFT_FILTERS; i++) {
		if (__this_cpu_read(hft_cpu.tgid[i]) == tgid)
			return true;
	}
	return false;
}

/*
 * The same for faults and system calls, which processes can be chosen for. A
 * table, not a flag made at sched_switch: a pinned engine never switches.
 */
static __always_inline bool hft_armed_for_task(enum hft_hook_id hook)
{
	u64 armed = __this_cpu_read(hft_cpu.armed);

	if (likely(!(armed & HFT_HOOK_BIT(hook))))
		return false;
	/* as in hft_armed() */
	smp_rmb();
	return likely(!(armed & HFT_ARMED_FILTERED)) || hft_task_chosen();
}

#endif /* HFT_CPU_H */
