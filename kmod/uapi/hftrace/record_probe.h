/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Records of counters, watchpoints, probes, the governor, and of the program itself. */
#ifndef _HFTRACE_RECORD_PROBE_H
#define _HFTRACE_RECORD_PROBE_H

#include <linux/types.h>

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

#endif /* _HFTRACE_RECORD_PROBE_H */
