/* SPDX-License-Identifier: GPL-2.0 */
/* What a probe needs to know of its own CPU. */
#ifndef HFT_CPU_H
#define HFT_CPU_H

#include <linux/sched.h>
#include <hftrace/abi.h>

#include "compat/percpu.h"

/*
 * `mode` is what the probes test, one byte for each hook; `armed` holds the
 * hooks that are not off as bits and, from HFT_GENERATION_SHIFT up, a count of
 * armings, which tells an interval's start before the last arming from one
 * after it; the 8 bits below the count are 0. Both are written by whoever
 * arms, from any CPU, with plain stores; the CPU itself sets and clears
 * HFT_MODE_TIMED and clears HFT_MODE_NOTE.
 */
struct hft_cpu {
	u64 armed;
	struct hft_ring_ctl *ctl;	/* the slots follow it in memory */
	u64 kernel_address_mask;	/* 0 hides kernel addresses, else ~0 */
	u8 mode[HFT_HOOKS];		/* HFT_MODE_* */
	s32 tgid[HFT_FILTERS];		/* looked up when filtered; 0: none */
	s32 quiet[HFT_QUIET_THREADS];	/* are to make no system call; 0: none */

	/* Written by this CPU's probes alone. */
	u32 countdown[HFT_HOOKS] ____cacheline_aligned;	/* records until the next timed one */
	struct task_struct *fault_task;		/* of the last user fault */
	unsigned long fault_major;		/* its major faults before */
	u16 faults;				/* user faults in the open visit */
	s32 syscall_tid;			/* whose call is open; 0: none */
	s32 syscall_nr;
	u32 syscall_tag;			/* as of hft_frame_tag() */
	u64 syscall_start;			/* ticks */
	u64 syscall_nested;			/* ctl->nested at the start */
	unsigned long syscall_args[6];
};

/*
 * What a CPU seldom needs. Not in struct hft_cpu, because the kernel keeps 8 KiB
 * for the per-CPU variables of all modules together.
 */
struct hft_tally {
	u32 every[HFT_HOOKS];		/* one of so many records is written, when sampled */

	/* Written by this CPU's probes alone. */
	struct hft_count {
		u64 events;		/* records up to the last countdown */
		u32 period;		/* what that countdown began with */
		u32 skipped;		/* since the last one that was written, when sampled */
		u64 started;		/* ticks when the run being timed began; 0: none */
		u64 least;		/* ticks of the shortest of late that was timed */
		u32 warm;		/* runs that were timed to find the shortest */
		u64 timed;		/* runs that count: none that was interrupted */
		u64 timed_ticks;	/* what they took */
	} count[HFT_HOOKS];
	u64 intervals;			/* bits of the hooks whose starts have been seen */
};

#define HFT_MODE_ON		0x01	/* alone: the common case */
#define HFT_MODE_FILTERED	0x02	/* for chosen processes only */
#define HFT_MODE_SAMPLED	0x04	/* one in every[] */
#define HFT_MODE_TIMED		0x08	/* the next run is timed */
#define HFT_MODE_NOTE		0x10	/* the governor has something to say in the ring */
#define HFT_MODE_QUIET		0x20	/* its probe looks for calls of quiet[] */

#define HFT_GENERATION_SHIFT	48
#define HFT_ARMED_HOOKS		(HFT_HOOK_BIT(HFT_HOOKS) - 1)

/* Hooks whose records are of the running task's own doing: processes can be chosen for them. */
#define HFT_FILTERED_HOOKS	\
	(HFT_HOOK_BIT(HFT_HOOK_FAULT) | HFT_HOOK_BIT(HFT_HOOK_SYSCALL) | \
	 HFT_HOOK_BIT(HFT_HOOK_MMCALL) | HFT_HOOK_BIT(HFT_HOOK_PROBE))

/* Hooks whose intervals are a task's, in the frames of task_frame.h. */
#define HFT_TASK_HOOKS	\
	(HFT_HOOK_BIT(HFT_HOOK_MMCALL) | HFT_HOOK_BIT(HFT_HOOK_RECLAIM) | \
	 HFT_HOOK_BIT(HFT_HOOK_COMPACTION) | HFT_HOOK_BIT(HFT_HOOK_COREDUMP) | \
	 HFT_HOOK_BIT(HFT_HOOK_WORKQUEUE) | HFT_HOOK_BIT(HFT_HOOK_KTHREAD))

/* Those of softirqs, which PREEMPT_RT runs in tasks; what is in an interrupt is the CPU's. */
#define HFT_SOFTIRQ_HOOKS	(HFT_HOOK_BIT(HFT_HOOK_SOFTIRQ) | HFT_HOOK_BIT(HFT_HOOK_HRTIMER) | \
				 HFT_HOOK_BIT(HFT_HOOK_TIMER))

/* Hooks whose records have kernel addresses in them: kptr_restrict hides those. */
#define HFT_ADDRESS_HOOKS	\
	(HFT_HOOK_BIT(HFT_HOOK_FAULT) | HFT_HOOK_BIT(HFT_HOOK_NMI) | \
	 HFT_HOOK_BIT(HFT_HOOK_IPI) | HFT_HOOK_BIT(HFT_HOOK_TASKLET) | \
	 HFT_HOOK_BIT(HFT_HOOK_HRTIMER) | HFT_HOOK_BIT(HFT_HOOK_TIMER) | \
	 HFT_HOOK_BIT(HFT_HOOK_WORKQUEUE) | HFT_HOOK_BIT(HFT_HOOK_KTHREAD) | \
	 HFT_HOOK_BIT(HFT_HOOK_PMU) | HFT_HOOK_BIT(HFT_HOOK_WATCH) | \
	 HFT_HOOK_BIT(HFT_HOOK_PROBE))

DECLARE_PER_CPU_ALIGNED(struct hft_cpu, hft_cpu);
extern struct hft_tally __percpu *hft_tally;

/* Is what `hook` begins or ends here an interval of the task, not of the CPU? */
static __always_inline bool hft_interval_is_of_task(enum hft_hook_id hook)
{
	if (HFT_HOOK_BIT(hook) & HFT_SOFTIRQ_HOOKS)
		return IS_ENABLED(CONFIG_PREEMPT_RT) && !in_hardirq();
	return HFT_HOOK_BIT(hook) & HFT_TASK_HOOKS;
}

/* An address for a record: a kernel's own only for who may see them. */
static __always_inline u64 hft_shown(u64 address)
{
	return (s64)address < 0 ? address & __this_cpu_read(hft_cpu.kernel_address_mask) : address;
}

/* The same for what is surely the kernel's, or NULL. */
static __always_inline u64 hft_shown_kernel(const void *address)
{
	return (uintptr_t)address & __this_cpu_read(hft_cpu.kernel_address_mask);
}

#endif /* HFT_CPU_H */
