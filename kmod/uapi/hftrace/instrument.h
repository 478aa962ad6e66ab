/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Structures of the ioctls that add counters, watchpoints and probes. */
#ifndef _HFTRACE_INSTRUMENT_H
#define _HFTRACE_INSTRUMENT_H

#include <linux/types.h>

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
 * to the kernel. There is one set at a time, its file's, and it ends with it;
 * if a CPU is armed then, or when it is closed without force, nothing is
 * recorded of it from then on, and it is taken away when nobody is armed.
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
	__u32 failed;		/* out: the event that was refused; `count`: something else */
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

#define HFT_PMU_FORCE		0x1	/* open and close even while a CPU is armed */
#define HFT_PMU_AT_VISITS	0x2	/* read at the end of every visit too */

#define HFT_WATCHES		8	/* at most; CPUs have registers for 4 or so */

/*
 * An address that is watched with the CPU's debug registers: in a process, its
 * threads to come included, or by whoever runs on the CPUs that are named.
 * Setting it and taking it away interrupt the CPUs concerned, so it comes
 * before arming. It ends with the file; if a CPU is armed then, or when it is
 * closed without force, nothing is recorded of it from then on, and it is taken
 * away when nobody is armed. A hit is recorded on CPUs that have the hook armed,
 * and costs the one who hits it an exception.
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
	 * HFT_WATCHES are set. ENOLINK: the hook is not attached. EPERM: the
	 * kernel's own memory, without CAP_SYS_ADMIN or while it is locked down.
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
 * CPU is armed. It goes with the file that added it; if a CPU is armed then, it
 * is but silent from then on, and goes when nobody is.
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
#define HFT_PROBE_CLOSED 0x10	/* out: its file is closed: silent, gone when nobody is armed */

struct hft_probe_remove {
	__u32 size;
	__u32 flags;		/* HFT_PROBE_FORCE */
	__u32 id;		/* 0: all */
	__u32 reserved;
};

#endif /* _HFTRACE_INSTRUMENT_H */
