/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * Records of interrupts, timers, work and idleness: what a CPU does beside its
 * tasks. See abi.h on intervals.
 */
#ifndef _HFTRACE_RECORD_INTERRUPT_H
#define _HFTRACE_RECORD_INTERRUPT_H

#include <linux/types.h>

/* One action of a device interrupt. Source: irq:irq_handler_entry/exit. */
struct hft_rec_irq {
	__u32 duration;
	__u32 net;
	__u32 irq;		/* as in /proc/interrupts */
	__u32 ret;		/* 0 none, 1 handled, 2 wakes its thread */
};

/* Source: irq:softirq_entry/exit. */
struct hft_rec_softirq {
	__u32 duration;
	__u32 net;
	__u32 vec;		/* 0 HI, 1 TIMER, 2 NET_TX, 3 NET_RX, 4 BLOCK, 5 IRQ_POLL, ... */
	__u32 reserved;
};

/*
 * The same where PREEMPT_RT runs it in a task, which can be switched out inside:
 * segments and CONTINUED ends as those of struct hft_rec_syscall, joined by tid.
 */
struct hft_rec_softirq_task {
	__u64 duration;
	__u64 net;
	__u32 vec;		/* as above */
	__s32 tid;		/* whose: ksoftirqd, a thread of an interrupt, whoever raised it */
	__u64 reserved[3];
};

/*
 * An x86 system vector, or what another CPU sent to an arm64 one. Source:
 * irq_vectors:*_entry/exit; arm64: ipi:ipi_entry/exit.
 */
struct hft_rec_vector {
	__u32 duration;
	__u32 net;
	__u32 vector;		/* x86: IDT number, for example 0xec local timer; arm64: 0 */
	__u32 kind;		/* enum hft_vector_kind */
};

enum hft_vector_kind {
	HFT_VECTOR_LOCAL_TIMER		= 0,
	HFT_VECTOR_RESCHEDULE		= 1,
	HFT_VECTOR_CALL_FUNCTION	= 2,
	HFT_VECTOR_CALL_FUNCTION_SINGLE	= 3,
	HFT_VECTOR_IRQ_WORK		= 4,
	HFT_VECTOR_X86_PLATFORM_IPI	= 5,
	HFT_VECTOR_SPURIOUS_APIC	= 6,
	HFT_VECTOR_ERROR_APIC		= 7,
	HFT_VECTOR_THERMAL_APIC		= 8,
	HFT_VECTOR_THRESHOLD_APIC	= 9,
	HFT_VECTOR_DEFERRED_ERROR	= 10,
	HFT_VECTOR_TIMER_BROADCAST	= 11,	/* arm64 */
	HFT_VECTOR_BACKTRACE		= 12,	/* arm64 */
	HFT_VECTOR_OTHER_IPI		= 13,	/* arm64: stop, wake-up of a CPU... */
	HFT_VECTOR_KINDS
};

/* One NMI handler's run. Source: nmi:nmi_handler, which fires at its end. */
struct hft_rec_nmi {
	__u32 duration;
	__u32 handled;		/* events that the handler took */
	__u64 handler;		/* kernel address, 0 when kptr_restrict hides it */
};

/*
 * The CPU was in the kernel, from leaving user mode to entering it again;
 * whatever ran in between is inside. Source: context_tracking:user_exit and
 * user_enter, which exist on nohz_full CPUs only.
 */
struct hft_rec_visit {
	__u64 duration;
	__u32 net;
	__u16 faults;		/* user page faults in this visit */
	__u16 major_faults;	/* those of them that had to read from a device */
};

/* Source: tlb:tlb_flush. */
struct hft_rec_tlb_flush {
	__u32 reason;		/* enum hft_tlb_reason */
	__s32 tid;		/* the task that was running: the sender of a shootdown */
	__u64 pages;		/* ~0 when all of them */
};

/* A tasklet ran, inside its softirq. Source: irq:tasklet_entry/exit. */
struct hft_rec_tasklet {
	__u32 duration;
	__u32 net;
	__u64 function;		/* kernel address, 0 when kptr_restrict hides it */
};

/*
 * Other CPUs are about to be interrupted; an irq_work interrupts its own. By
 * the sender, before it queues what shall run there, or else before it sends.
 * A function that is queued behind one that waits already sends no interrupt:
 * the one that comes is for both. Source: csd:csd_queue_cpu, ipi:ipi_send_cpu
 * and ipi_raise; before Linux 6.5, the functions that they stand in.
 */
struct hft_rec_ipi_send {
	__u64 targets;		/* bit n: CPU first_cpu + n */
	__u64 function;		/* to run there; 0: none, not known, hidden by kptr_restrict */
	__u64 caller;		/* code that asked for it; 0: not known, or hidden */
	__s32 tid;
	__u16 first_cpu;	/* a multiple of 64 */
	__u8 kind;		/* enum hft_ipi_kind */
	__u8 flags;		/* HFT_IPI_* */
	char comm[16];
};

enum hft_ipi_kind {
	HFT_IPI_RESCHEDULE	= 0,
	HFT_IPI_CALL		= 1,	/* runs a function, none of the following */
	HFT_IPI_TLB		= 2,	/* runs one: TLB shootdown of a process */
	HFT_IPI_TLB_KERNEL	= 3,	/* runs one: TLB flush of the kernel's addresses */
	HFT_IPI_MEMBARRIER	= 4,	/* runs one: membarrier(2) */
	HFT_IPI_SYNC_CORE	= 5,	/* runs one: code of the kernel is being patched */
	HFT_IPI_WAKEUP		= 6,	/* runs one: wakes a task there */
	HFT_IPI_REMOTE_WORK	= 7,	/* runs one: an irq_work from another CPU */
	HFT_IPI_IRQ_WORK	= 8,	/* an irq_work of this CPU itself */
	HFT_IPI_BACKTRACE	= 9,	/* an NMI where there are such: show what you do */
	HFT_IPI_TIMER		= 10,	/* arm64: timer broadcast */
	HFT_IPI_OTHER		= 11,	/* arm64: stop, wake-up of a CPU... */
	HFT_IPI_KINDS
};

#define HFT_IPI_MAYBE		0x01	/* the kernel may have left some of `targets` out */

enum hft_tlb_reason {		/* as of the kernel's enum tlb_flush_reason */
	HFT_TLB_TASK_SWITCH		= 0,
	HFT_TLB_REMOTE_SHOOTDOWN	= 1,	/* received here */
	HFT_TLB_LOCAL_SHOOTDOWN		= 2,
	HFT_TLB_LOCAL_MM_SHOOTDOWN	= 3,
	HFT_TLB_REMOTE_SEND_IPI		= 4,	/* sent from here */
};

/*
 * A high-resolution timer's function. The timer may be gone once its function
 * has run, so what a CONTINUED end cannot tell is 0. On PREEMPT_RT, where some
 * expire in a softirq that can be switched out, there are segments as of system
 * calls. Source: timer:hrtimer_expire_entry/exit.
 */
struct hft_rec_hrtimer {
	__u64 duration;
	__u64 net;
	__u64 function;		/* kernel address, 0 when kptr_restrict hides it */
	__u64 timer;		/* kernel address of the timer, as above */
	__u32 late_ns;		/* after its earliest time, at the interrupt; at most 0xffffffff */
	__s32 tid;		/* the task that was running */
	__u64 reserved;
};

/* The function of a timer of the wheel; as above. Source: timer:timer_expire_entry/exit. */
struct hft_rec_timer {
	__u64 duration;
	__u64 net;
	__u64 function;		/* kernel address, 0 when kptr_restrict hides it */
	__u64 timer;		/* kernel address of the timer, as above */
	__u32 late_jiffies;	/* after the jiffy that was asked for; at most 0xffffffff */
	__s32 tid;		/* the task that was running */
	__u32 jiffy_ns;		/* the length of a jiffy */
	__u32 reserved;
};

/*
 * Whether the tick of a nohz_full CPU may stop was looked at, and it stopped or
 * did not, and why not. Source: timer:tick_stop.
 */
struct hft_rec_tick_stop {
	__u32 success;		/* 1 stopped, 0 not */
	__u32 dependency;	/* enum hft_tick_dependency */
	__s32 tid;		/* the task that was running */
	__u32 reserved;
};

enum hft_tick_dependency {	/* as of the kernel's TICK_DEP_BIT_*, plus one */
	HFT_TICK_NONE		= 0,
	HFT_TICK_POSIX_TIMER	= 1,	/* a CPU-time timer or limit of the task or its process */
	HFT_TICK_PERF_EVENTS	= 2,	/* a sampling event */
	HFT_TICK_SCHED		= 3,	/* more than one task wants the CPU */
	HFT_TICK_CLOCK_UNSTABLE	= 4,
	HFT_TICK_RCU		= 5,
	HFT_TICK_RCU_EXP	= 6,
};

/*
 * A work item's function, in a kernel thread: segments as of system calls.
 * Source: workqueue:workqueue_execute_start/end, and of a kthread_worker
 * sched:sched_kthread_work_execute_start/end.
 */
struct hft_rec_work {
	__u64 duration;
	__u64 net;
	__u64 function;		/* kernel address, 0 when kptr_restrict hides it */
	__u64 work;		/* kernel address of the item, as above */
	__s32 tid;		/* of the thread that runs it */
	__u32 reserved0;
	__u64 reserved;
};

/*
 * A work item is queued. Source: workqueue:workqueue_queue_work and, of a
 * kthread_worker, sched:sched_kthread_work_queue_work.
 */
struct hft_rec_work_queue {
	__u64 function;		/* both as of hft_rec_work, which is told apart by `work` */
	__u64 work;
	__s32 by_tid;		/* who was running where it was queued */
	__s32 cpu;		/* that was asked for; -1: none, so this one if bound to any */
	char by_comm[16];
	__s32 tid;		/* of the kthread_worker; 0: whichever kworker takes it */
	__u32 reserved;
};

/*
 * The CPU idled. Interrupts that woke it may nest inside or come right behind.
 * Source: power:cpu_idle.
 */
struct hft_rec_idle {
	__u64 duration;
	__u32 net;
	__u16 state;		/* as of cpuidle; 0 polling or, without cpuidle, 1 halted */
	__u16 woken;		/* 1: a task waits for the CPU now; 0: an interrupt alone */
};

/*
 * A CPU's clock frequency was set. Source: power:cpu_frequency, in the task
 * that sets it, on any CPU; hardware that chooses for itself is not seen.
 */
struct hft_rec_frequency {
	__u32 khz;
	__u32 cpu;		/* whose frequency it is */
	__s32 tid;		/* who was running where it was set */
	__u32 reserved;
};

/*
 * Time that the machine took from this CPU, by a count of its own that grew in
 * the window between two readings. Source: MSR_SMI_COUNT, the kernel's steal
 * time, APERF and MPERF.
 */
struct hft_rec_hidden {
	__u64 window;		/* ticks, back from here: it happened in there */
	__s64 delta;		/* of `kind`: how many, or ns, or kHz */
	__u32 kind;		/* enum hft_hidden_kind */
	__u32 khz_before;	/* HFT_HIDDEN_FREQUENCY: mean of an earlier window */
	__u32 khz;		/* HFT_HIDDEN_FREQUENCY: mean of this one */
	__u32 reserved0;
	__u64 reserved[2];
};

enum hft_hidden_kind {
	HFT_HIDDEN_SMI		= 1,	/* system management interrupts */
	HFT_HIDDEN_STEAL	= 2,	/* ns that the hypervisor ran something else */
	HFT_HIDDEN_FREQUENCY	= 3,	/* the clock got faster or slower, kHz */
};

#endif /* _HFTRACE_RECORD_INTERRUPT_H */
