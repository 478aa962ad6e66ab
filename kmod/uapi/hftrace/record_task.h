/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Records of what tasks ask of the kernel: faults, system calls, memory, signals. */
#ifndef _HFTRACE_RECORD_TASK_H
#define _HFTRACE_RECORD_TASK_H

#include <linux/types.h>

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

#endif /* _HFTRACE_RECORD_TASK_H */
