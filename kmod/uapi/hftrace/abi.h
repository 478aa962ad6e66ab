/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * hftrace ABI: slots, records, control pages, ioctls, mapping offsets and the
 * frame of a recording on disk. The module, the library, the tools and the
 * tests share this one definition.
 *
 * All integers are little-endian, as are the machines that are supported.
 * "Ticks" are raw units of the CPU's own clock: TSC on x86, CNTVCT_EL0 on
 * arm64. See docs/ring-protocol.md for who writes what and in which order.
 */
#ifndef _HFTRACE_ABI_H
#define _HFTRACE_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * A change of the major number is incompatible. A higher minor number only
 * adds: new record types, new ioctls, fields where "reserved" stood.
 */
#define HFT_ABI_MAJOR		1
#define HFT_ABI_MINOR		1

#define HFT_DEVICE_PATH		"/dev/hftrace"

/* ------------------------------------------------------------------ slots */

#define HFT_SLOT_SIZE		32U	/* bytes */
#define HFT_PAGE_SIZE		4096U	/* bytes; a page of slots, whatever the MMU's page */
#define HFT_PAGE_SLOTS		(HFT_PAGE_SIZE / HFT_SLOT_SIZE)	/* 128 */

/*
 * The first slot of a record. A record is 1 to 8 slots that never cross a page
 * of slots; slots after the first are payload alone, so a record's payload is
 * contiguous: 16 bytes + 32 bytes per further slot.
 */
struct hft_slot {
	__u64 tsc;	/* ticks when the record was reserved: an interval's end */
	__u16 type;	/* enum hft_record_type */
	__u8 slots;	/* length of the record, 1..HFT_RECORD_SLOTS_MAX; of a pad, 1..128 */
	__u8 ctx;	/* HFT_CTX_* */
	__u32 seq;	/* low half of this slot's index since the ring's birth */
	__u64 arg[2];	/* payload begins */
};

#define HFT_RECORD_SLOTS_MAX	8U
#define HFT_PAYLOAD_MAX		(16U + 32U * (HFT_RECORD_SLOTS_MAX - 1))	/* bytes */

/*
 * type, slots, ctx and seq are one aligned word, which a reader loads at once.
 * The writer stores it last, or its two halves, seq last; with release, which
 * commits the record.
 */
#define HFT_SLOT_WORD(type, slots, ctx, seq)				\
	((__u64)(__u16)(type) | ((__u64)(__u8)(slots) << 16) |		\
	 ((__u64)(__u8)(ctx) << 24) | ((__u64)(__u32)(seq) << 32))

/* hft_slot.ctx */
#define HFT_CTX_LEVEL_MASK	0x03	/* where the record was written: */
#define HFT_CTX_TASK		0x00
#define HFT_CTX_SOFTIRQ		0x01
#define HFT_CTX_HARDIRQ		0x02
#define HFT_CTX_NMI		0x03
#define HFT_CTX_CONTINUED	0x04	/* an end whose start was not seen here: duration is 0 */
#define HFT_CTX_SWITCHED_OUT	0x08	/* a segment, closed because its task left the CPU */
#define HFT_CTX_SATURATED	0x10	/* a 32-bit tick count met its limit */
#define HFT_CTX_CLAMPED		0x20	/* the recorder set the time right, which went back */

/* ---------------------------------------------------------------- records */

enum hft_record_type {
	HFT_REC_NONE		= 0,	/* never written */
	HFT_REC_PAD		= 1,	/* fills a page of slots up to its end */

	/* kernel rings */
	HFT_REC_SWITCH		= 16,	/* struct hft_rec_switch */
	HFT_REC_WAKING		= 17,	/* struct hft_rec_wakeup, by the waker */
	HFT_REC_WAKEUP		= 18,	/* struct hft_rec_wakeup, when runnable */
	HFT_REC_MIGRATE		= 19,	/* struct hft_rec_migrate */
	HFT_REC_EXEC		= 20,	/* struct hft_rec_exec */
	HFT_REC_EXIT		= 21,	/* struct hft_rec_exit */
	HFT_REC_WAKEUP_NEW	= 22,	/* struct hft_rec_wakeup, by the parent */
	HFT_REC_FORK		= 23,	/* struct hft_rec_fork, by the parent */
	HFT_REC_IRQ		= 32,	/* struct hft_rec_irq, an interval */
	HFT_REC_SOFTIRQ		= 33,	/* struct hft_rec_softirq, an interval */
	HFT_REC_VECTOR		= 34,	/* struct hft_rec_vector, an interval */
	HFT_REC_NMI		= 35,	/* struct hft_rec_nmi, an interval */
	HFT_REC_VISIT		= 36,	/* struct hft_rec_visit, an interval */
	HFT_REC_TLB_FLUSH	= 37,	/* struct hft_rec_tlb_flush */
	HFT_REC_TASKLET		= 38,	/* struct hft_rec_tasklet, an interval */
	HFT_REC_IPI_SEND	= 39,	/* struct hft_rec_ipi_send, by the sender */
	HFT_REC_HIDDEN		= 40,	/* struct hft_rec_hidden */
	HFT_REC_SOFTIRQ_TASK	= 41,	/* struct hft_rec_softirq_task, an interval */
	HFT_REC_FAULT		= 48,	/* struct hft_rec_fault */
	HFT_REC_SYSCALL		= 49,	/* struct hft_rec_syscall, an interval */
	HFT_REC_SYSCALL_STACK	= 50,	/* struct hft_rec_syscall_stack, a call that should not be */
	HFT_REC_MMCALL		= 51,	/* struct hft_rec_mmcall, an interval */
	HFT_REC_RECLAIM		= 52,	/* struct hft_rec_reclaim, an interval */
	HFT_REC_COMPACTION	= 53,	/* struct hft_rec_compaction, an interval */
	HFT_REC_NUMA		= 54,	/* struct hft_rec_numa */
	HFT_REC_OOM		= 55,	/* struct hft_rec_oom */
	HFT_REC_HRTIMER		= 64,	/* struct hft_rec_hrtimer, an interval */
	HFT_REC_TIMER		= 65,	/* struct hft_rec_timer, an interval */
	HFT_REC_TICK_STOP	= 66,	/* struct hft_rec_tick_stop */
	HFT_REC_WORK		= 67,	/* struct hft_rec_work, an interval */
	HFT_REC_KTHREAD_WORK	= 68,	/* struct hft_rec_work, of a kthread_worker */
	HFT_REC_IDLE		= 69,	/* struct hft_rec_idle, an interval */
	HFT_REC_FREQUENCY	= 70,	/* struct hft_rec_frequency */
	HFT_REC_WORK_QUEUE	= 71,	/* struct hft_rec_work_queue, by who queues */
	HFT_REC_KTHREAD_QUEUE	= 72,	/* struct hft_rec_work_queue, of a kthread_worker */
	HFT_REC_SIGNAL		= 80,	/* struct hft_rec_signal, by the sender */
	HFT_REC_SIGNAL_DELIVER	= 81,	/* struct hft_rec_signal, by the receiver */
	HFT_REC_COREDUMP	= 82,	/* struct hft_rec_coredump, an interval */
	HFT_REC_COUNTERS	= 96,	/* struct hft_rec_counters */
	HFT_REC_SAMPLE		= 97,	/* struct hft_rec_sample */
	HFT_REC_WATCH		= 98,	/* struct hft_rec_watch */
	HFT_REC_PROBE		= 99,	/* struct hft_rec_probe */
	HFT_REC_CALL		= 100,	/* struct hft_rec_call, an interval */
	HFT_REC_GOVERNOR	= 112,	/* struct hft_rec_governor */

	/* user rings */
	HFT_REC_MARK		= 256,	/* struct hft_rec_mark */
	HFT_REC_SPAN		= 257,	/* struct hft_rec_span, an interval */
};

/*
 * Intervals are written once, at their end: start = tsc - duration. "net" is
 * the duration less the hooked intervals that nested inside. Both in ticks;
 * 32-bit ones stay at 0xffffffff when they are longer (HFT_CTX_SATURATED).
 */

/* A CPU goes from one task to another. Source: sched:sched_switch. */
struct hft_rec_switch {
	__s32 prev_tid;
	__s32 next_tid;
	/* 0 runnable, 1 S, 2 D, 4 T, 8 t, 16 X, 32 Z, 64 P, 128 I, 256 preempted */
	__u32 prev_state;
	__s16 prev_prio;	/* kernel priority: 0..99 real-time, 100..139 fair */
	__s16 next_prio;
	char prev_comm[16];
	char next_comm[16];
};

/* Source: sched:sched_waking (in the waker), sched_wakeup and sched_wakeup_new. */
struct hft_rec_wakeup {
	__s32 tid;		/* who is woken */
	__s32 by_tid;		/* who was running where the record was written */
	__s16 prio;
	__u16 target_cpu;
	__u32 reserved;
	char comm[16];
	char by_comm[16];
};

/* Source: sched:sched_migrate_task, in the task that moves the other. */
struct hft_rec_migrate {
	__s32 tid;
	__s32 by_tid;
	__s16 prio;
	__u16 orig_cpu;
	__u16 dest_cpu;
	__u16 reserved;
};

/* Source: sched:sched_process_exec. */
struct hft_rec_exec {
	__s32 tid;
	__s32 old_tid;
	char filename[40];	/* its first 39 bytes */
};

/* Source: sched:sched_process_exit. */
struct hft_rec_exit {
	__s32 tid;
	__s32 tgid;
	__s32 exit_code;	/* as of wait(2) */
	__s32 prio;
	char comm[16];
	__u64 reserved[2];
};

/* Source: sched:sched_process_fork; a thread is born the same way. */
struct hft_rec_fork {
	__s32 tid;		/* the new task */
	__s32 tgid;
	__s32 parent_tid;
	__s32 parent_tgid;
	char comm[16];		/* of the parent, as the child begins with it */
	__u64 reserved[2];
};

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
 * A page fault begins. Its duration is the visit around it. Source:
 * exceptions:page_fault_user and page_fault_kernel; on arm64 handle_mm_fault().
 */
struct hft_rec_fault {
	__u64 address;
	__u64 ip;		/* of the code that faulted; 0 if hidden by kptr_restrict */
	__u32 error_code;	/* HFT_FAULT_* */
	__s32 tid;
	__s32 tgid;
	__u32 user;		/* 1 when it hit in user mode, 0 in the kernel */
	__u64 reserved[2];
};

#define HFT_FAULT_PRESENT	0x01	/* x86: protection, the page was there (copy on write...) */
#define HFT_FAULT_WRITE		0x02
#define HFT_FAULT_USER		0x04
#define HFT_FAULT_INSTRUCTION	0x10

/*
 * A system call. When its task is switched out inside, a segment with
 * HFT_CTX_SWITCHED_OUT is written there (ret 0) and the end has
 * HFT_CTX_CONTINUED with duration 0: the reader joins them by tid. args are
 * those of its start, of a CONTINUED one what its end finds in the registers.
 * Source: raw_syscalls:sys_enter/sys_exit.
 */
struct hft_rec_syscall {
	__u64 duration;
	__u64 net;
	__s32 nr;
	__s32 tid;
	__s64 ret;
	__u64 args[6];
};

/* Flags of the call chains in a record: why they end where they do. */
#define HFT_STACK_CUT		0x01	/* user: there are more frames than fit */
#define HFT_STACK_BROKEN	0x02	/* user: a frame was no frame, or its page not there */
#define HFT_STACK_COMPAT	0x04	/* user: a 32-bit program, not walked */
#define HFT_STACK_KERNEL_CUT	0x08
#define HFT_STACK_KERNEL_BROKEN	0x10

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
	__s32 cpu;		/* that was asked for; -1: none, so this one if it is bound to any */
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
 * A system call of a thread that was to make none, at its start. Source:
 * context_tracking:user_exit on x86 CPUs that are nohz_full, else
 * raw_syscalls:sys_enter.
 */
struct hft_rec_syscall_stack {
	__s32 nr;
	__s32 tid;
	__s32 tgid;
	__u32 flags;		/* HFT_STACK_* */
	__u64 user[19];		/* where it was made, then return addresses outwards; 0 ends them */
	/*
	 * x86: the word on top of the stack; arm64: the link register. Where the
	 * innermost function returns to, if it has no frame. 0: not readable.
	 */
	__u64 top;
};

/* A probe was hit. Source: struct hft_probe, HFT_PROBE_KERNEL and HFT_PROBE_USER. */
struct hft_rec_probe {
	__u64 ip;		/* 0 when kptr_restrict hides it */
	__s32 tid;
	__s32 tgid;
	__u32 probe;		/* hft_probe.id */
	__u32 reserved;
	__u64 args[6];		/* what a function has in its argument registers; kernel */
				/* addresses in them are 0 when kptr_restrict hides them */
	__u64 reserved2;
};

/*
 * A call of a probed function, with whatever it called and however long it
 * slept, at its return: one record, on the CPU where it returned. It takes
 * nothing off other intervals. net: duration less the CPU's own intervals that
 * nested inside; 0 if the task left the CPU meanwhile. With HFT_CTX_CONTINUED
 * the call began unseen: args are 0. Source: HFT_PROBE_KERNEL_CALL and
 * HFT_PROBE_USER_CALL.
 */
struct hft_rec_call {
	__u64 duration;
	__u64 net;
	__s64 ret;
	__s32 tid;
	__u16 probe;		/* hft_probe.id */
	__u16 switches;		/* times its task was switched out inside; 65535: or more */
	__u64 args[6];		/* as of hft_rec_probe, at its start */
};

/*
 * The governor has disarmed a hook on this CPU, or armed it again. Written by
 * the CPU itself, at the next event of that hook.
 */
struct hft_rec_governor {
	__u32 hook;		/* enum hft_hook_id */
	__u32 reason;		/* enum hft_governor_reason */
	__u64 events_per_s;	/* of all hooks on this CPU when it was decided */
	__u64 ns_per_s;		/* what they took */
	__u64 budget;		/* in the reason's unit */
	__u64 decided;		/* ticks */
	__u64 reserved;
};

enum hft_governor_reason {
	HFT_GOVERNOR_REARMED	= 0,	/* by hand */
	HFT_GOVERNOR_EVENTS	= 1,	/* more events a second than the budget */
	HFT_GOVERNOR_NS		= 2,	/* more ns a second than the budget */
};

/*
 * A CPU's counters, as they stood when it wrote this by itself. What they grew
 * since the record before on this CPU is `tid`'s. Value i is event i of
 * `set`; HFT_IOC_PMU has the order.
 */
#define HFT_PMU_EVENTS		8

struct hft_rec_counters {
	__s32 tid;
	__u16 why;		/* enum hft_counters_why */
	__u16 valid;		/* bit i: event i is being counted; else its value stands still */
	__u32 set;		/* as HFT_IOC_PMU numbered it */
	__u32 reserved;
	__u64 value[HFT_PMU_EVENTS];
};

enum hft_counters_why {
	HFT_COUNTERS_SWITCH	= 0,	/* `tid` leaves the CPU */
	HFT_COUNTERS_REQUEST	= 1,	/* HFT_PMU_REQUEST, at the end of a visit to the kernel */
	HFT_COUNTERS_VISIT	= 2,	/* HFT_PMU_AT_VISITS, the same */
};

#define HFT_SAMPLE_KERNEL	10
#define HFT_SAMPLE_USER		16

/* An event has happened `period` times more. Call chains end with a 0. */
struct hft_rec_sample {
	__u64 ip;		/* 0 if hidden by kptr_restrict */
	__s32 tid;
	__s32 tgid;
	__u16 event;		/* of `set` */
	__u16 stack;		/* HFT_STACK_* */
	__u32 set;
	__u64 period;
	__u64 kernel[HFT_SAMPLE_KERNEL];	/* the innermost first */
	__u64 user[HFT_SAMPLE_USER];
};

#define HFT_WATCH_KERNEL	9
#define HFT_WATCH_USER		16

/* An address that is watched was accessed. */
struct hft_rec_watch {
	__u64 address;		/* that is watched; 0 if hidden by kptr_restrict */
	__u64 value;		/* that stood there at `moment`; 0 if not readable or hidden */
	__u64 ip;		/* x86: behind the access; arm64: of the access */
	__s32 tid;
	__s32 tgid;
	__u32 watch;		/* as HFT_IOC_WATCH numbered it */
	__u16 moment;		/* enum hft_watch_moment */
	__u16 stack;		/* HFT_STACK_* */
	__u64 kernel[HFT_WATCH_KERNEL];		/* the innermost first */
	__u64 user[HFT_WATCH_USER];
};

enum hft_watch_moment {
	HFT_WATCH_UNREADABLE	= 0,	/* no value */
	HFT_WATCH_AFTER		= 1,	/* the access */
	HFT_WATCH_BEFORE	= 2,	/* the access: not known what it writes */
};

/*
 * Intervals of tasks from here on begin with duration and net of 64 bits. As
 * for a system call, one that its task is switched out of leaves a segment
 * (HFT_CTX_SWITCHED_OUT), with what its start knew and the rest 0, and an end
 * with HFT_CTX_CONTINUED, duration 0 and what the end knew, the rest 0; or
 * only that end, when the start was before arming. The reader joins by tid.
 */

/* A system call that changes mappings. Source: probes of its function. */
struct hft_rec_mmcall {
	__u64 duration;
	__u64 net;
	__u64 address;		/* as it was asked for; of brk the new break */
	__u64 length;		/* bytes; brk: 0 */
	__u64 new_length;	/* mremap: bytes */
	__s64 ret;		/* an address, 0, or -errno */
	__u32 call;		/* enum hft_mmcall */
	__s32 tid;
	__s32 tgid;
	__u32 prot;		/* mmap, mprotect: PROT_* */
	__u32 flags;		/* mmap: MAP_*; mremap: MREMAP_* */
	__s32 advice;		/* madvise: MADV_* */
	__s32 fd;		/* mmap; else 0 */
	__u32 reserved;
};

enum hft_mmcall {
	HFT_MMCALL_MMAP		= 0,
	HFT_MMCALL_MUNMAP	= 1,
	HFT_MMCALL_BRK		= 2,
	HFT_MMCALL_MREMAP	= 3,
	HFT_MMCALL_MPROTECT	= 4,
	HFT_MMCALL_MADVISE	= 5,
};

/*
 * A task that wanted memory had to free some first. Source:
 * vmscan:mm_vmscan_direct_reclaim_begin/end and those of memory cgroups.
 */
struct hft_rec_reclaim {
	__u64 duration;
	__u64 net;
	__s32 tid;
	__u32 kind;		/* enum hft_reclaim_kind */
	__u32 order;		/* it wanted 2^order pages; 0 of a cgroup's limit */
	__u32 gfp;		/* the kernel's GFP flags */
	__u64 reclaimed;	/* pages */
	__u64 reserved;
};

enum hft_reclaim_kind {
	HFT_RECLAIM_DIRECT	= 0,	/* the machine is short of memory */
	HFT_RECLAIM_LIMIT	= 1,	/* a memory cgroup met its limit */
	HFT_RECLAIM_SOFT_LIMIT	= 2,	/* a memory cgroup is over its soft limit */
};

/* Source: compaction:mm_compaction_begin/end. */
struct hft_rec_compaction {
	__u64 duration;
	__u64 net;
	__u64 zone_start;	/* page frame numbers */
	__u64 zone_end;
	__s32 tid;
	__u32 sync;		/* 1: waits for pages, 0: leaves those that are busy */
	__u32 status;		/* enum hft_compaction_status */
	__u32 reserved;
};

enum hft_compaction_status {	/* as of the kernel's enum compact_result */
	HFT_COMPACTION_NOT_SUITABLE	= 0,
	HFT_COMPACTION_SKIPPED		= 1,
	HFT_COMPACTION_DEFERRED		= 2,
	HFT_COMPACTION_NO_SUITABLE_PAGE	= 3,
	HFT_COMPACTION_CONTINUE		= 4,
	HFT_COMPACTION_COMPLETE		= 5,	/* all of it scanned, nothing suitable found */
	HFT_COMPACTION_PARTIAL_SKIPPED	= 6,
	HFT_COMPACTION_CONTENDED	= 7,
	HFT_COMPACTION_SUCCESS		= 8,
};

/*
 * Tasks and pages move between NUMA nodes. Source: sched:sched_move_numa,
 * sched_swap_numa, sched_stick_numa, migrate:mm_migrate_pages.
 */
struct hft_rec_numa {
	__u32 kind;		/* enum hft_numa_kind */
	__s32 by_tid;		/* who was running where the record was written */
	__s32 tid;		/* who moves, or cannot; PAGES: 0 */
	__s32 other_tid;	/* SWAP, STICK: with whom; 0: nobody */
	__s16 from_cpu;		/* PAGES: -1 */
	__s16 to_cpu;		/* -1: none */
	__s16 from_node;
	__s16 to_node;
	__u64 pages;		/* PAGES: moved */
	__u64 failed;		/* PAGES: not moved */
	__u32 reason;		/* PAGES: enum hft_migrate_reason */
	__u32 mode;		/* PAGES: enum migrate_mode: 0 never waits, else it may */
};

enum hft_numa_kind {
	HFT_NUMA_MOVE		= 0,	/* a task goes to a CPU of another node */
	HFT_NUMA_SWAP		= 1,	/* two tasks change places */
	HFT_NUMA_STICK		= 2,	/* a task should move and could not */
	HFT_NUMA_PAGES		= 3,	/* pages were moved, for whatever reason */
};

enum hft_migrate_reason {	/* as of the kernel's enum migrate_reason */
	HFT_MIGRATE_COMPACTION		= 0,
	HFT_MIGRATE_MEMORY_FAILURE	= 1,
	HFT_MIGRATE_MEMORY_HOTPLUG	= 2,
	HFT_MIGRATE_SYSCALL		= 3,
	HFT_MIGRATE_MBIND		= 4,
	HFT_MIGRATE_NUMA_MISPLACED	= 5,
	HFT_MIGRATE_CONTIG_RANGE	= 6,
	HFT_MIGRATE_LONGTERM_PIN	= 7,
	HFT_MIGRATE_DEMOTION		= 8,
	HFT_MIGRATE_DAMON		= 9,
};

/* The OOM killer has chosen. Source: oom:mark_victim, in the task that wanted memory. */
struct hft_rec_oom {
	__s32 tid;		/* the victim */
	__s32 tgid;
	__s32 by_tid;
	__s32 by_tgid;
	char comm[16];
	char by_comm[16];
};

/*
 * A signal. Source: signal:signal_generate, in the sender, or in an interrupt
 * over a task that has nothing to do with it; signal:signal_deliver, in the
 * receiver.
 */
struct hft_rec_signal {
	__s32 sig;
	__s32 code;		/* as of si_code in sigaction(2) */
	__s32 tid;		/* the receiver; of a group's signal the task that was chosen */
	__s32 tgid;
	__s32 by_tid;		/* SIGNAL: who ran; DELIVER: the pid in its siginfo, or 0 */
	__s32 by_tgid;		/* SIGNAL; DELIVER: 0 */
	__u32 group;		/* SIGNAL: 1 to the process, 0 to the thread */
	__u32 result;		/* SIGNAL: enum hft_signal_result */
	__u64 handler;		/* DELIVER: its address, 0 SIG_DFL, 1 SIG_IGN */
	__u64 address;		/* of a fault's signal: what was touched; else 0 */
};

enum hft_signal_result {	/* as of the kernel's TRACE_SIGNAL_* */
	HFT_SIGNAL_DELIVERED	= 0,	/* queued */
	HFT_SIGNAL_IGNORED	= 1,
	HFT_SIGNAL_PENDING	= 2,	/* one of the kind waits already */
	HFT_SIGNAL_OVERFLOW	= 3,	/* no memory or over the limit: not sent */
	HFT_SIGNAL_LOSE_INFO	= 4,	/* sent, its siginfo lost */
};

/* A process writes its core, or would. Source: a probe of the kernel's function. */
struct hft_rec_coredump {
	__u64 duration;
	__u64 net;
	__s32 sig;
	__s32 code;		/* as of si_code */
	__s32 tid;		/* the thread that was hit */
	__s32 tgid;
	char comm[16];
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

/* hft_mark(). */
struct hft_rec_mark {
	__u64 value;		/* the engine's own */
	__u32 name;		/* index in the region's name table */
	__u32 reserved;
};

/* hft_span_begin() to hft_span_end(). */
struct hft_rec_span {
	__u64 duration;
	__u64 id;		/* the engine's own: an order, a message */
	__u32 name;		/* index in the region's name table */
	__u32 depth;		/* spans that were open around this one: 0 outermost */
	__u64 reserved[3];
};

/* ---------------------------------------------------------- control pages */

#define HFT_RING_MAGIC		0x52544648U	/* "HFTR" */
#define HFT_REGION_MAGIC	0x55544648U	/* "HFTU" */

enum hft_ring_kind {
	HFT_RING_CPU		= 1,	/* written by the kernel on one CPU */
	HFT_RING_USER		= 2,	/* written by one thread */
};

#define HFT_FRAMES		16	/* nested open intervals that a ring can hold */

/* An open interval. */
struct hft_frame {
	__u64 start;		/* ticks */
	__u64 value;		/* CPU: hft_ring_ctl.nested at the start; user: span id */
	__u32 tag;		/* CPU: arming generation << 8 | hook; user: name */
	__u32 arg;		/* CPU: irq, softirq or vector number, lateness; user: 0 */
	__u64 detail;		/* CPU: function of a timer, as in its record; else any */
};

/*
 * The control page of a ring; the slots follow it in the mapping. Every line
 * of 64 bytes has one writer.
 */
struct hft_ring_ctl {
	/* Line 0: who the ring belongs to. Written when it is claimed. */
	__u32 magic;		/* HFT_RING_MAGIC */
	__u16 abi_major;
	__u16 abi_minor;
	__u32 kind;		/* enum hft_ring_kind */
	__s32 id;		/* CPU or tid; user, while free: 0, or -tid of its last thread */
	__u64 slots;		/* capacity, a power of two, at least 256 */
	__s32 tgid;		/* user: the process; CPU: 0 */
	__u32 generation;	/* user: times the ring was claimed, from 1 */
	char name[16];		/* user: thread's name; CPU: empty */
	__u64 birth;		/* ticks when it was claimed */
	__u64 first_slot;	/* user: head when it was claimed, a page's start; CPU: 0 */

	/*
	 * Line 1: switches. User: read by hft_mark() and friends, non-zero is
	 * on. CPU, for show (the kernel itself reads a per-CPU variable): the
	 * hooks that are armed there, and in bits 48..63 the count of armings,
	 * which frame[].tag of intervals that are open now has too.
	 */
	__u64 enable;
	__u64 mask;		/* CPU: slots - 1; user: 0 */
	__u64 reserved1[6];

	/* Line 2: written by the producer on each record. */
	__u64 head;		/* index of the next slot; goes on over claims, never wraps */
	__u64 records;		/* written, pads not counted */
	__u64 frames_lost;	/* intervals that found HFT_FRAMES open */
	__u64 first_records;	/* user: `records` when it was claimed; CPU: 0 */
	__u64 reserved2[4];

	/* Line 3: nesting; fill the frame first, then publish depth. */
	__u64 nested;		/* CPU: ticks in closed intervals, net of nesting */
	__u32 depth;		/* frames that are open now */
	__u32 reserved3;
	__u64 reserved4[6];

	struct hft_frame frame[HFT_FRAMES];
	__u8 reserved5[HFT_PAGE_SIZE - 256 - HFT_FRAMES * 32];
};

#define HFT_NAMES		1024	/* names that a process can register */

struct hft_name {
	char text[60];		/* NUL-terminated UTF-8 */
	__u32 committed;	/* stored last, with release: 1 when text is whole */
};

/*
 * A process's rings: one mapping, made once. This page, then the name table,
 * then `rings` times (control page, slots).
 */
struct hft_region {
	__u32 magic;		/* HFT_REGION_MAGIC */
	__u16 abi_major;
	__u16 abi_minor;
	__u32 rings;		/* threads that there is room for */
	__u32 names;		/* name slots taken; grows by atomic add, may exceed HFT_NAMES */
	__u64 ring_slots;	/* capacity of each ring */
	__u64 names_offset;	/* bytes from the region's start */
	__u64 rings_offset;	/* bytes */
	__u64 ring_stride;	/* bytes from a control page to the next */
	__u64 size;		/* bytes, all of it */
	__s32 tgid;
	__u32 private_memory;	/* 1: in /dev/shm, without the module */
	__u64 birth;		/* ticks */
	__u64 attach_refused;	/* threads that found no free ring */
	__u8 reserved[HFT_PAGE_SIZE - 80];
};

#define HFT_REGION_NAMES_OFFSET	HFT_PAGE_SIZE
#define HFT_REGION_RINGS_OFFSET	(HFT_PAGE_SIZE + HFT_NAMES * 64U)
#define HFT_RING_STRIDE(slots)	(HFT_PAGE_SIZE + (slots) * HFT_SLOT_SIZE)
#define HFT_REGION_SIZE(rings, slots)	\
	(HFT_REGION_RINGS_OFFSET + (__u64)(rings) * HFT_RING_STRIDE((__u64)(slots)))

#define HFT_RING_SLOTS_MIN	256U
#define HFT_CPU_RING_SLOTS_MIN	1024U	/* interrupts and NMIs nest: docs/ring-protocol.md */
#define HFT_RING_SLOTS_MAX	(1U << 24)	/* 512 MiB */
#define HFT_REGION_RINGS_MAX	1024U

/* ---------------------------------------------------------------- mapping */

/*
 * mmap(2) offsets of /dev/hftrace. All but the owner's region are read-only.
 * A CPU's ring is its control page and, behind it, its slots.
 */
#define HFT_MAP_CPU(cpu)	(((__u64)1 << 44) | ((__u64)(cpu) << 30))
#define HFT_MAP_REGION		((__u64)2 << 44)	/* made or opened by this file */

/* ----------------------------------------------------------------- ioctls */

/*
 * Each structure begins with its own size in bytes as the caller knows it. A
 * shorter one is taken as filled up with zeros, a longer one only if what the
 * module does not know is zero (E2BIG otherwise). HFT_IOC_HELLO comes first
 * on every open file; anything else before it fails with EPROTO.
 */

struct hft_hello {
	__u32 size;
	__u16 abi_major;	/* in: the caller's; out: the module's */
	__u16 abi_minor;
	__u64 may;		/* out: HFT_MAY_* of the caller */
	__u64 hooks_attached;	/* out: bits of enum hft_hook_id */
	__u64 hooks_supported;	/* out */
	__u64 ring_slots;	/* out: capacity of each CPU's ring */
	__u32 cpus;		/* out: possible CPUs; rings are numbered 0..cpus-1 */
	__u32 clock_flags;	/* out: HFT_CLOCK_* */
	__u64 clock_khz;	/* out: ticks per ms as the kernel calibrated them */
	char version[32];	/* out: of the module */
};

#define HFT_MAY_WRITE		0x1	/* make a region of its own */
#define HFT_MAY_READ		0x2	/* map CPU rings, arm, attach, read every region */

#define HFT_CLOCK_INVARIANT	0x1	/* constant rate in all power states */
#define HFT_CLOCK_SYNCHRONIZED	0x2	/* the kernel itself uses it across CPUs */

enum hft_hook_id {
	HFT_HOOK_SWITCH		= 0,
	HFT_HOOK_WAKEUP		= 1,
	HFT_HOOK_MIGRATE	= 2,
	HFT_HOOK_TASK		= 3,	/* fork, exec, exit */
	HFT_HOOK_IRQ		= 4,
	HFT_HOOK_SOFTIRQ	= 5,
	HFT_HOOK_VECTORS	= 6,
	HFT_HOOK_NMI		= 7,
	HFT_HOOK_VISIT		= 8,
	HFT_HOOK_FAULT		= 9,
	HFT_HOOK_SYSCALL	= 10,
	HFT_HOOK_TLB		= 11,
	HFT_HOOK_IPI		= 12,
	HFT_HOOK_TASKLET	= 13,
	HFT_HOOK_MMCALL		= 14,
	HFT_HOOK_RECLAIM	= 15,
	HFT_HOOK_COMPACTION	= 16,
	HFT_HOOK_NUMA		= 17,
	HFT_HOOK_OOM		= 18,
	HFT_HOOK_HRTIMER	= 19,
	HFT_HOOK_TIMER		= 20,
	HFT_HOOK_TICK		= 21,
	HFT_HOOK_WORKQUEUE	= 22,
	HFT_HOOK_KTHREAD	= 23,
	HFT_HOOK_IDLE		= 24,
	HFT_HOOK_FREQUENCY	= 25,
	HFT_HOOK_SIGNAL		= 26,
	HFT_HOOK_COREDUMP	= 27,
	HFT_HOOK_HIDDEN		= 28,
	HFT_HOOK_PMU		= 29,
	HFT_HOOK_WATCH		= 30,
	HFT_HOOK_PROBE		= 31,
	HFT_HOOKS
};

#define HFT_HOOK_BIT(id)	((__u64)1 << (id))

struct hft_hook_info {
	__u32 size;
	__u32 id;		/* in: enum hft_hook_id */
	__u32 flags;		/* out: HFT_HOOK_* below */
	__u32 cpus_armed;	/* out: how many CPUs have it armed */
	char name[16];		/* out: as typed after -e */
	char summary[80];	/* out */
	char reason[80];	/* out: why it, or if supported a part of it, is not here; or empty */
	/* These are 0 for who may not read the rings. */
	__u64 events;		/* out: records, of all CPUs since the module was loaded */
	__u64 missed;		/* out: calls that a probe of a function could not take */
	__u32 cpus_cut;		/* out: CPUs on which the governor disarmed it */
	__u32 reserved;
};

#define HFT_HOOK_SUPPORTED	0x1
#define HFT_HOOK_ATTACHED	0x2
#define HFT_HOOK_COSTLY		0x4	/* attaching costs untraced tasks too: on request only */

struct hft_attach {
	__u32 size;
	__u32 flags;		/* HFT_ATTACH_* */
	__u64 hooks;		/* bits of enum hft_hook_id */
};

#define HFT_ATTACH_FORCE	0x1	/* even while a CPU is armed: code patching interrupts it */

#define HFT_FILTERS		8	/* processes that one arming can choose */
#define HFT_QUIET_THREADS	8	/* threads that one arming can watch for system calls */

/*
 * Arms `hooks` on `cpus` and, for naming culprits, `hooks_elsewhere` on every
 * other online CPU. Replaces what this file had armed before. Stores only: no
 * CPU is interrupted. A CPU's ring holds what all files armed there together:
 * beside one that chose no process, it has faults and system calls of all.
 */
struct hft_arm {
	__u32 size;
	__u32 flags;		/* 0 */
	__u64 hooks;		/* 0 disarms */
	__u64 hooks_elsewhere;
	__u64 cpus;		/* user address of an array of __u64 bit masks, CPU 0 first */
	__u32 cpus_bytes;	/* its length, a multiple of 8 */
	__u32 lease_ms;		/* disarm when it was not armed again for so long; 0: never */
	__s32 tgid[HFT_FILTERS];/* faults, calls and probes of these alone; 0 ends the list */
	/*
	 * Of these hooks one record in `every` is written, on all CPUs of this
	 * arming. A hook that several files armed is sampled as the least
	 * choosy of them wants.
	 */
	__u64 sampling;		/* user address of an array of struct hft_sampling */
	__u32 samplings;	/* its length, up to HFT_HOOKS */
	__u32 reserved;
	/*
	 * Threads that are to make no system call; 0 ends the list. Each that
	 * they make on `cpus` is HFT_REC_SYSCALL_STACK, whatever processes and
	 * hooks were chosen. It is seen by the probes of the hook visit on x86
	 * CPUs that are nohz_full, else by those of syscall: ENOLINK if the one
	 * that a CPU needs is not attached.
	 */
	__s32 no_syscalls[HFT_QUIET_THREADS];
};

struct hft_sampling {
	__u32 hook;		/* enum hft_hook_id */
	__u32 every;		/* 1 or more: 1 is each */
};

/*
 * What the hooks may take on each of `cpus`; beyond it, the governor disarms
 * the dearest hook of that CPU, says so in its ring, and looks again. Stays
 * until it is set anew or the module goes.
 */
struct hft_budget {
	__u32 size;
	__u32 cpus_bytes;	/* as in struct hft_arm */
	__u64 cpus;
	__u64 events_per_s;	/* 0: no limit */
	__u64 ns_per_s;		/* 0: no limit; 10,000,000 is 1 % of the CPU */
};

/* Arms again what the governor disarmed. */
struct hft_rearm {
	__u32 size;
	__u32 cpus_bytes;	/* as in struct hft_arm */
	__u64 cpus;
	__u64 hooks;
};

/* How a hook does on a CPU. */
struct hft_hook_cpu {
	__u32 size;
	__u32 id;		/* in: enum hft_hook_id */
	__u32 cpu;		/* in */
	__u32 flags;		/* out: HFT_HOOK_CPU_* */
	__u64 events;		/* out: records since the module was loaded */
	__u64 timed;		/* out: probes' runs that were timed, some of `events` */
	__u64 timed_ticks;	/* out: what those took, from armed test to commit */
	__u64 every;		/* out: one record in so many is written; 1: each */
	__u64 budget_events;	/* out: of all hooks on this CPU together, as in hft_budget */
	__u64 budget_ns;	/* out */
};

#define HFT_HOOK_CPU_ARMED	0x1
#define HFT_HOOK_CPU_CUT	0x2	/* disarmed by the governor */
#define HFT_HOOK_CPU_INTERVAL	0x4	/* two runs for each record, of which one is timed */

/* Who armed, attached or set what, and when: the last HFT_AUDIT_ENTRIES of them are kept. */
struct hft_audit_entry {
	__u64 number;		/* from 1, without gaps */
	__u64 ticks;
	__u64 realtime_ns;
	__u64 hooks;		/* bits of enum hft_hook_id */
	__u64 hooks_elsewhere;
	__u64 cpus;		/* the first 64 as bits */
	__u64 value;		/* action's own, see enum hft_audit_action */
	__u32 action;		/* enum hft_audit_action */
	__s32 result;		/* 0 or -errno */
	__s32 pid;		/* of the process, in the initial namespace; 0: the module itself */
	__u32 uid;		/* real, in the initial namespace */
	__u32 euid;
	__u32 reserved;
	char comm[16];
};

#define HFT_AUDIT_ENTRIES	1024U

enum hft_audit_action {
	HFT_AUDIT_ATTACH	= 1,	/* value: HFT_ATTACH_* */
	HFT_AUDIT_DETACH	= 2,	/* value: HFT_ATTACH_* */
	HFT_AUDIT_ARM		= 3,	/* value: lease in ms */
	HFT_AUDIT_DISARM	= 4,
	HFT_AUDIT_EXPIRE	= 5,	/* the lease ran out */
	HFT_AUDIT_RESIZE	= 6,	/* value: slots */
	HFT_AUDIT_BUDGET	= 7,	/* value: ns a second */
	HFT_AUDIT_CUT		= 8,	/* by the governor; value: ns a second that were taken */
	HFT_AUDIT_REARM		= 9,
	HFT_AUDIT_PMU		= 10,	/* value: number of events */
	HFT_AUDIT_WATCH		= 11,	/* value: address */
	HFT_AUDIT_PROBE_ADD	= 12,	/* value: probe's number */
	HFT_AUDIT_PROBE_REMOVE	= 13,	/* value: probe's number */
};

/* Reads entries, the oldest first. */
struct hft_audit_read {
	__u32 size;
	__u32 count;		/* in: room for so many; out: so many were stored */
	__u64 after;		/* in: entries with larger numbers alone */
	__u64 entries;		/* in: user address of struct hft_audit_entry[] */
	__u64 newest;		/* out: number of the newest entry there is */
};

struct hft_resize {
	__u32 size;
	__u32 reserved;
	/* New capacity of each CPU's ring, a power of two; EBUSY while armed or mapped. */
	__u64 slots;
};

struct hft_region_create {
	__u32 size;
	__u32 rings;		/* 1..HFT_REGION_RINGS_MAX */
	__u64 ring_slots;	/* power of two */
	__u64 map_size;		/* out: bytes to map at HFT_MAP_REGION */
	__u64 region;		/* out: its number, never used again */
};

#define HFT_REGION_DEAD		0x1	/* its process has unmapped it, exited or called exec */

struct hft_region_info {
	__u32 size;
	__u32 flags;		/* out: HFT_REGION_* */
	__u64 after;		/* in: the first region with a larger number is described */
	__u64 region;		/* out: its number */
	__u64 map_size;		/* out: bytes */
	__s32 tgid;		/* out: in the caller's pid namespace, 0 if not in it */
	__u32 euid;		/* out: of the owner when it was made, in the caller's namespace */
	__u64 age_ms;		/* out: since its death; 0 while alive */
	char comm[16];		/* out: of the owner when it was made */
};

struct hft_region_open {
	__u32 size;
	__u32 reserved;
	__u64 region;		/* map it read-only at HFT_MAP_REGION */
	__u64 map_size;		/* out: bytes */
};

/* Taken together, with interrupts off, on the calling CPU. */
struct hft_clock_sample {
	__u32 size;
	__u32 cpu;		/* out */
	__u64 ticks;		/* out: midway */
	__u64 uncertainty;	/* out: ticks between before and after */
	__u64 monotonic_ns;	/* out */
	__u64 realtime_ns;	/* out */
	__u64 tai_ns;		/* out */
	__u64 boottime_ns;	/* out */
};

/* An event that a CPU's PMU counts; as of perf_event_open(2). */
struct hft_pmu_event {
	__u32 type;		/* PERF_TYPE_* but TRACEPOINT and BREAKPOINT, or a PMU's own */
	__u32 flags;		/* HFT_PMU_NO_* */
	__u64 config;
	__u64 config1;
	__u64 config2;
	__u64 period;		/* of samples; 0: count alone */
};

#define HFT_PMU_NO_USER		0x1	/* not while in user mode */
#define HFT_PMU_NO_KERNEL	0x2

/*
 * The counters of CPUs. Opening and closing interrupts those CPUs some times
 * an event, so it comes before arming; reading them does not: the CPU reads
 * its own when a task leaves it and, if it is nohz_full, at the end of a visit
 * to the kernel. There is one set at a time, its file's, and it ends with it.
 */
struct hft_pmu {
	__u32 size;
	__u16 op;		/* enum hft_pmu_op */
	__u16 flags;		/* HFT_PMU_* */
	__u32 count;		/* open: events, 1..HFT_PMU_EVENTS */
	__u32 cpus_bytes;	/* as of struct hft_arm; close: 0 */
	__u64 cpus;
	__u64 events;		/* open: user address of struct hft_pmu_event[count] */
	__u32 set;		/* out: its number, never used again */
	__u32 failed;		/* out: the event that was refused; `count`: it was something else */
	char pmu[32];		/* out: the kernel's name for what counts the first event */
};

enum hft_pmu_op {
	/*
	 * EBUSY: a CPU is armed, or another file has a set. ENOENT: no such event, or
	 * no PMU. ENOSPC: more than the PMU can count at once. ENOLINK: not attached.
	 */
	HFT_PMU_OPEN		= 0,
	HFT_PMU_CLOSE		= 1,
	HFT_PMU_REQUEST		= 2,	/* the CPU is to read when it next can; a store */
};

#define HFT_PMU_FORCE		0x1	/* open even while a CPU is armed */
#define HFT_PMU_AT_VISITS	0x2	/* read at the end of every visit too */

#define HFT_WATCHES		8	/* at most; CPUs have registers for 4 or so */

/*
 * An address that is watched with the CPU's debug registers: in a process, its
 * threads to come included, or by whoever runs on the CPUs that are named.
 * Setting it and taking it away interrupt the CPUs concerned, so it comes
 * before arming. It ends with the file. A hit is recorded on CPUs that have
 * the hook armed, and costs the one who hits it an exception.
 */
struct hft_watch {
	__u32 size;
	__u16 op;		/* enum hft_watch_op */
	__u16 flags;		/* HFT_WATCH_FORCE */
	__u64 address;		/* a multiple of length */
	__u32 length;		/* 1, 2, 4, 8 bytes */
	__u32 access;		/* HFT_WATCH_WRITE, or with _READ */
	__s32 tgid;		/* in the caller's pid namespace; 0: on CPUs */
	__u32 cpus_bytes;	/* as of struct hft_arm; with a tgid 0 */
	__u64 cpus;
	__u32 watch;		/* out: its number, never used again */
	__u32 reserved;
};

enum hft_watch_op {
	/*
	 * EBUSY: a CPU is armed. ENOSPC: no debug register is free. EINVAL: not
	 * aligned, or not offered by this CPU. ESRCH: no such process. EMFILE:
	 * HFT_WATCHES are set. ENOLINK: the hook is not attached.
	 */
	HFT_WATCH_OPEN		= 0,
	HFT_WATCH_CLOSE		= 1,	/* all of this file's */
};

#define HFT_WATCH_FORCE		0x1	/* even while a CPU is armed */

#define HFT_WATCH_WRITE		0x1
#define HFT_WATCH_READ		0x2

#define HFT_PROBES		32	/* probes that there can be at a time */

enum hft_probe_kind {
	HFT_PROBE_KERNEL	= 1,	/* an instruction: HFT_REC_PROBE */
	HFT_PROBE_KERNEL_CALL	= 2,	/* a function, from entry to return: HFT_REC_CALL */
	HFT_PROBE_USER		= 3,
	HFT_PROBE_USER_CALL	= 4,
};

/*
 * A probe that is added. It traps, or calls out of, whatever runs there, on
 * all CPUs, armed or not; it writes while HFT_HOOK_PROBE is armed on the CPU.
 * Adding and removing patches code, which interrupts every CPU: EBUSY while a
 * CPU is armed. It goes with the file that added it.
 *
 * Errors of adding: EPERM no CAP_PERFMON, or the kernel is locked down; EACCES
 * an address although kptr_restrict hides them; ENOENT no such symbol; EILSEQ
 * not the start of an instruction; ERANGE behind the file's end; EOPNOTSUPP
 * cannot be probed; ENOSPC HFT_PROBES are there; ENOLINK the hook probe is not
 * attached; ESRCH no such process.
 */
struct hft_probe {
	__u32 size;
	__u32 flags;		/* HFT_PROBE_*, out: those below as well */
	__u32 kind;		/* enum hft_probe_kind */
	/* out: in the records, 1..HFT_NAMES-1; INFO: in, the one behind is described */
	__u32 id;
	__s32 file;		/* user: the program or library, open for reading; else 0 */
	__s32 tgid;		/* user: in this process alone; 0: in all, also later ones */
	__u64 offset;		/* kernel: behind symbol, or an address; user: in the file */
	char symbol[128];	/* kernel: "function", "module:function"; empty: an address */
	char label[128];	/* for people and recordings; anything */
	__u64 address;		/* out: kernel: where it is; 0 hidden */
	__u64 hits;		/* out: records, of all CPUs */
	__u64 missed;		/* out: hits that could not be taken, returns that did not come */
};

#define HFT_PROBE_FORCE	0x1	/* even while a CPU is armed */
#define HFT_PROBE_KEEP	0x2	/* stays when the file is closed, until removed */
#define HFT_PROBE_GONE	0x4	/* out: its module was unloaded; it is never hit again */
#define HFT_PROBE_OWN	0x8	/* out: added by this file */

struct hft_probe_remove {
	__u32 size;
	__u32 flags;		/* HFT_PROBE_FORCE */
	__u32 id;		/* 0: all */
	__u32 reserved;
};

#define HFT_IOC_MAGIC		0xF7

#define HFT_IOC_HELLO		_IOWR(HFT_IOC_MAGIC, 0, struct hft_hello)
#define HFT_IOC_HOOK_INFO	_IOWR(HFT_IOC_MAGIC, 1, struct hft_hook_info)
#define HFT_IOC_ATTACH		_IOW(HFT_IOC_MAGIC, 2, struct hft_attach)
#define HFT_IOC_DETACH		_IOW(HFT_IOC_MAGIC, 3, struct hft_attach)
#define HFT_IOC_ARM		_IOW(HFT_IOC_MAGIC, 4, struct hft_arm)
#define HFT_IOC_RESIZE		_IOW(HFT_IOC_MAGIC, 5, struct hft_resize)
#define HFT_IOC_REGION_CREATE	_IOWR(HFT_IOC_MAGIC, 6, struct hft_region_create)
#define HFT_IOC_REGION_INFO	_IOWR(HFT_IOC_MAGIC, 7, struct hft_region_info)
#define HFT_IOC_REGION_OPEN	_IOWR(HFT_IOC_MAGIC, 8, struct hft_region_open)
#define HFT_IOC_CLOCK		_IOWR(HFT_IOC_MAGIC, 9, struct hft_clock_sample)
#define HFT_IOC_AUDIT		_IOWR(HFT_IOC_MAGIC, 10, struct hft_audit_read)
#define HFT_IOC_BUDGET		_IOW(HFT_IOC_MAGIC, 11, struct hft_budget)
#define HFT_IOC_REARM		_IOW(HFT_IOC_MAGIC, 12, struct hft_rearm)
#define HFT_IOC_PMU		_IOWR(HFT_IOC_MAGIC, 13, struct hft_pmu)
#define HFT_IOC_WATCH		_IOWR(HFT_IOC_MAGIC, 14, struct hft_watch)
#define HFT_IOC_HOOK_CPU	_IOWR(HFT_IOC_MAGIC, 18, struct hft_hook_cpu)
#define HFT_IOC_PROBE_ADD	_IOWR(HFT_IOC_MAGIC, 15, struct hft_probe)
#define HFT_IOC_PROBE_REMOVE	_IOW(HFT_IOC_MAGIC, 16, struct hft_probe_remove)
#define HFT_IOC_PROBE_INFO	_IOWR(HFT_IOC_MAGIC, 17, struct hft_probe)

/* -------------------------------------------------------------- recording */

#define HFT_PACKET_MAGIC	0xC1FC1FC1U	/* CTF 1.8 */

/*
 * A recording's stream file is a row of packets. A packet is one page that
 * begins with this header and a pad record (which carries a CTF reader to the
 * next page), then whole pages of slots as they stood in the ring, what was
 * torn or lapped turned into pads.
 */
struct hft_packet {
	__u32 magic;
	__u8 uuid[16];		/* of the recording, also in its metadata */
	__u32 stream_class;	/* 0 CPU rings; 1.. user rings, one class per process */
	__u64 begin;		/* ticks of the first and last record */
	__u64 end;
	__u64 content_bits;	/* up to the last record's last payload byte */
	__u64 packet_bits;	/* all of it */
	__u64 events_discarded;	/* records lost since the stream began */
	__u64 sequence;		/* packets before this one in the stream */
	__u64 slots_lost;	/* slots lost since the stream began */
	__u64 first_slot;	/* ring index of the first slot behind the header page */
	__u64 records;		/* in this packet, pads not counted */
	__u32 ring_kind;	/* enum hft_ring_kind */
	__s32 ring_id;		/* CPU or tid */
	__s32 tgid;
	__u32 generation;	/* as of hft_ring_ctl */
	__u64 reserved[2];
	struct hft_slot pad;
};

#endif /* _HFTRACE_ABI_H */
