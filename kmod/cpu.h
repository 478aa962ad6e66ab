/* SPDX-License-Identifier: GPL-2.0 */
/* What a probe needs to know of its own CPU. */
#ifndef HFT_CPU_H
#define HFT_CPU_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <hftrace/abi.h>

/*
 * `armed` holds the armed hooks in its low bits and, from HFT_GENERATION_SHIFT
 * up, a count of armings, which tells an interval's start before the last
 * arming from one after it. Written by whoever arms, from any CPU, with plain
 * stores; read by the probes of this CPU.
 */
struct hft_cpu {
	u64 armed;
	struct hft_ring_ctl *ctl;	/* the slots follow it in memory */
	u64 mask;			/* capacity - 1 */
	u64 kernel_address_mask;	/* 0 hides kernel addresses, else ~0 */
	s32 tgid[HFT_FILTERS];		/* 0 in [0]: no filter */

	/* Written by this CPU's probes alone. */
	u16 faults ____cacheline_aligned;	/* user faults in the open visit */
	struct task_struct *fault_task;		/* who had the first of them */
	unsigned long fault_major;		/* its major faults before */
	s32 syscall_tid;			/* whose call is open; 0: none */
	s32 syscall_nr;
	u32 syscall_tag;				/* as of hft_frame_tag() */
	u64 syscall_start;			/* ticks */
	u64 syscall_nested;			/* ctl->nested at the start */
};

#define HFT_GENERATION_SHIFT	48
#define HFT_ARMED_HOOKS		((1ULL << 40) - 1)

DECLARE_PER_CPU_ALIGNED(struct hft_cpu, hft_cpu);

/*
 * True when faults and system calls of the running task are wanted. A table,
 * not a flag made at sched_switch: a pinned engine never switches.
 */
static __always_inline bool hft_task_wanted(const struct hft_cpu *cpu)
{
	s32 tgid;
	int i;

	if (!READ_ONCE(cpu->tgid[0]))
		return true;
	tgid = current->tgid;
	for (i = 0; i < HFT_FILTERS; i++) {
		if (READ_ONCE(cpu->tgid[i]) == tgid)
			return true;
	}
	return false;
}

#endif /* HFT_CPU_H */
