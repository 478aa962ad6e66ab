/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Structures of the ioctls: hooks, arming, budgets, regions, the clock. */
#ifndef _HFTRACE_CONTROL_H
#define _HFTRACE_CONTROL_H

#include <linux/types.h>

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
	char reason[80];	/* out: why it, or a part of it, is not here; or empty */
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
	HFT_AUDIT_PMU		= 10,	/* value: number of events; 0: closed */
	HFT_AUDIT_WATCH		= 11,	/* value: address; 0: all of the file's are taken away */
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
	__u64 board_size;	/* bytes behind the rings, up to HFT_BOARD_SIZE_MAX */
};

#define HFT_BOARD_SIZE_MAX	(16U << 20)

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

#endif /* _HFTRACE_CONTROL_H */
