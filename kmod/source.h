/* SPDX-License-Identifier: GPL-2.0 */
/* Which hook writes a type of record. Types are constants: so is the answer. */
#ifndef HFT_SOURCE_H
#define HFT_SOURCE_H

#include <linux/build_bug.h>
#include <hftrace/abi.h>

static __always_inline enum hft_hook_id hft_record_hook(enum hft_record_type type)
{
	switch (type) {
	case HFT_REC_SWITCH:
		return HFT_HOOK_SWITCH;
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW:
		return HFT_HOOK_WAKEUP;
	case HFT_REC_MIGRATE:
		return HFT_HOOK_MIGRATE;
	case HFT_REC_FORK:
	case HFT_REC_EXEC:
	case HFT_REC_EXIT:
		return HFT_HOOK_TASK;
	case HFT_REC_IRQ:
		return HFT_HOOK_IRQ;
	case HFT_REC_SOFTIRQ:
	case HFT_REC_SOFTIRQ_TASK:
		return HFT_HOOK_SOFTIRQ;
	case HFT_REC_VECTOR:
		return HFT_HOOK_VECTORS;
	case HFT_REC_NMI:
		return HFT_HOOK_NMI;
	case HFT_REC_VISIT:
		return HFT_HOOK_VISIT;
	case HFT_REC_TLB_FLUSH:
		return HFT_HOOK_TLB;
	case HFT_REC_TASKLET:
		return HFT_HOOK_TASKLET;
	case HFT_REC_IPI_SEND:
		return HFT_HOOK_IPI;
	case HFT_REC_HIDDEN:
		return HFT_HOOK_HIDDEN;
	case HFT_REC_FAULT:
		return HFT_HOOK_FAULT;
	case HFT_REC_SYSCALL:
	case HFT_REC_SYSCALL_STACK:
		return HFT_HOOK_SYSCALL;
	case HFT_REC_MMCALL:
		return HFT_HOOK_MMCALL;
	case HFT_REC_RECLAIM:
		return HFT_HOOK_RECLAIM;
	case HFT_REC_COMPACTION:
		return HFT_HOOK_COMPACTION;
	case HFT_REC_NUMA:
		return HFT_HOOK_NUMA;
	case HFT_REC_OOM:
		return HFT_HOOK_OOM;
	case HFT_REC_HRTIMER:
		return HFT_HOOK_HRTIMER;
	case HFT_REC_TIMER:
		return HFT_HOOK_TIMER;
	case HFT_REC_TICK_STOP:
		return HFT_HOOK_TICK;
	case HFT_REC_WORK:
	case HFT_REC_WORK_QUEUE:
		return HFT_HOOK_WORKQUEUE;
	case HFT_REC_KTHREAD_WORK:
	case HFT_REC_KTHREAD_QUEUE:
		return HFT_HOOK_KTHREAD;
	case HFT_REC_IDLE:
		return HFT_HOOK_IDLE;
	case HFT_REC_FREQUENCY:
		return HFT_HOOK_FREQUENCY;
	case HFT_REC_SIGNAL:
	case HFT_REC_SIGNAL_DELIVER:
		return HFT_HOOK_SIGNAL;
	case HFT_REC_COREDUMP:
		return HFT_HOOK_COREDUMP;
	case HFT_REC_COUNTERS:
	case HFT_REC_SAMPLE:
		return HFT_HOOK_PMU;
	case HFT_REC_WATCH:
		return HFT_HOOK_WATCH;
	case HFT_REC_PROBE:
	case HFT_REC_CALL:
		return HFT_HOOK_PROBE;
	default:
		BUILD_BUG();
		return HFT_HOOKS;
	}
}

#endif /* HFT_SOURCE_H */
