/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What time is charged to: a cause and, where there is one, a culprit. Each
 * pair that occurs gets a number; its text is made when somebody reads it.
 */
#ifndef HFT_CAUSES_H
#define HFT_CAUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct tasks;
struct causes;
struct json;

enum cause {
	CAUSE_USER,		/* the thread's own code, as much of it as usual */
	CAUSE_IRQ,
	CAUSE_SOFTIRQ,
	CAUSE_VECTOR,
	CAUSE_NMI,
	CAUSE_TLB_SHOOTDOWN,	/* what another CPU sent to flush our TLB */
	CAUSE_PAGE_FAULT,
	CAUSE_SYSCALL,
	CAUSE_MMCALL,		/* a system call that changes mappings */
	CAUSE_RECLAIM,		/* memory had to be freed before there was some */
	CAUSE_COMPACTION,	/* pages were moved together */
	CAUSE_COREDUMP,
	CAUSE_SIGNAL,		/* a kernel visit that delivered one */
	CAUSE_HRTIMER,		/* the function of a high-resolution timer, the tick's too */
	CAUSE_TIMER,		/* the function of a timer */
	CAUSE_WORK,		/* the function of a work item */
	CAUSE_OFF_CPU,
	CAUSE_KERNEL_ENTRY,	/* the rest of a kernel visit: entry and exit paths */
	CAUSE_STEAL,		/* the hypervisor ran something else */
	CAUSE_HIDDEN,		/* the machine counted what can have taken it: an SMI, its clock */
	CAUSE_OWN_CODE,		/* own time beyond what is usual, and counters say what of */
	CAUSE_UNEXPLAINED,	/* in user mode beyond what is usual, nothing seen */
	CAUSE_LOST,		/* records of this time were lost */
	CAUSE_NOT_RECORDED,	/* before, after or beside what was recorded */
	CAUSE_VISIT,		/* ledger only: a kernel visit as a whole */
	CAUSE_TASK,		/* ledger only: a task that had the CPU */
	CAUSES
};

#define CULPRIT_NONE	(~0U)

/* The meaning of `number`, `task` and so on depends on the cause; what is not used is 0. */
struct culprit {
	__u16 cause;		/* enum cause */
	__u16 kind;		/* enum *_kind below, or of the ABI */
	/* irq, softirq, vector, system call, signal, CPU; TLB_SHOOTDOWN: 0 or 1 + hft_mmcall */
	__s32 number;
	__u32 task;		/* of tasks.h, TASK_NONE: not known; CULPRIT_SENT, SIGNAL: sender */
	/* OFF_CPU: who woke that task; KERNEL_ENTRY: what was inside; CULPRIT_SENT: ipi kind */
	__u32 other;
	/* PAGE_FAULT: whose addresses; CULPRIT_SENT: the sender's CPU; CULPRIT_MOVED: which CPU */
	__s32 tgid;
	__u32 flags;		/* PAGE_FAULT: HFT_FAULT_* and CULPRIT_* */
	/* NMI, HRTIMER, TIMER, WORK: function; PAGE_FAULT: code; OFF_CPU: why, see below */
	__u64 address;
	/*
	 * PAGE_FAULT: the address touched; CULPRIT_SENT: what was to run; OFF_CPU_PREEMPTED: the
	 * work item's function that `task` ran, or 0; HIDDEN: kHz before << 32 | kHz
	 */
	__u64 data;
};

#define CULPRIT_MAJOR		0x10000	/* PAGE_FAULT: had to read from a device */
#define CULPRIT_KERNEL		0x20000	/* PAGE_FAULT: hit in the kernel */
#define CULPRIT_NO_RECORD	0x40000	/* PAGE_FAULT: counted by the visit alone */
/* OFF_CPU: woken in an interrupt, not by the task itself; SENT: by one, `address` is its code */
#define CULPRIT_INTERRUPT	0x80000
#define CULPRIT_OTHERS		0x100000 /* all that came when there were too many to tell apart */
#define CULPRIT_CLASS		0x200000 /* PAGE_FAULT, KERNEL_ENTRY: all of the kind */
#define CULPRIT_SENT		0x400000 /* VECTOR, NMI, TLB_SHOOTDOWN: somebody sends those */
#define CULPRIT_FORBIDDEN	0x800000 /* SYSCALL: of a thread that was to make none */
#define CULPRIT_MOVED		0x1000000 /* OFF_CPU: `other` moved it from CPU `tgid` to there */

enum off_cpu_kind {
	OFF_CPU_PREEMPTED,	/* could run, but `task` had CPU `number` */
	OFF_CPU_SLEPT,		/* waited until `task` woke it; `number` is its state */
	OFF_CPU_UNSEEN,		/* could run on CPU `number`, which was not recorded */
	OFF_CPU_UNKNOWN,	/* off since before the recording */
};

enum signal_kind {
	SIGNAL_TASK,		/* `task` sent it */
	SIGNAL_KERNEL,		/* the kernel did, on behalf of `task` */
	SIGNAL_INTERRUPT,	/* an interrupt did: a timer */
	SIGNAL_FAULT,		/* the thread's own fault did */
	SIGNAL_UNKNOWN,
};

/* OFF_CPU_SLEPT, `number`, as sched_switch has it. */
#define SLEPT_INTERRUPTIBLE	1
#define SLEPT_UNINTERRUPTIBLE	2
#define SLEPT_STOPPED		4
#define SLEPT_TRACED		8
#define SLEPT_DEAD		16
#define SLEPT_ZOMBIE		32
#define SLEPT_PARKED		64

/* OFF_CPU_SLEPT, `address`: 0, or in which system call, or in which fault. */
#define SLEPT_CALL(nr)		((1ULL << 32) | (__u32)(nr))
#define SLEPT_FAULT		(2ULL << 32)
#define SLEPT_WHY(address)	((address) >> 32)

/* CAUSE_STEAL */
enum steal_kind {
	STEAL_SEEN,		/* when is known: facts/steal.csv */
	STEAL_COUNTED,		/* so much, in a window around it */
};

/*
 * CAUSE_HRTIMER: `kind` is enum hft_tick_dependency, what kept the tick that
 * this is, and `task` who ran when it was kept. CAUSE_WORK: `task` queued it.
 * CAUSE_HIDDEN: `kind` is enum hft_hidden_kind.
 */

enum kernel_entry_kind {
	KERNEL_ENTRY_BARE,	/* no hook saw anything inside */
	KERNEL_ENTRY_AROUND,	/* around `other` */
	KERNEL_ENTRY_SWITCH,	/* from `task` to `other`, and perhaps to more */
	KERNEL_ENTRY_DELIVERY,	/* of `other`, before the kernel was there */
	KERNEL_ENTRY_PROBE,	/* the trap of a probe that the span is a call of */
};

/* CAUSE_USER, CAUSE_UNEXPLAINED */
enum own_time_kind {
	OWN_TIME_SEEN,		/* kernel visits were recorded: it was in user mode */
	OWN_TIME_MIXED,		/* they were not: kernel time that no hook saw is in it */
	OWN_TIME_COUNTED,	/* UNEXPLAINED: with instructions and cycles as usual */
};

/*
 * CAUSE_OWN_CODE: `number` is tenths of the median of what `kind` says. `other` is the number
 * of another event + 1, see causes_event(), of which there was more, 0: none; `data` tenths of
 * its median, or with `address` 1 its count, as the median was 0.
 */
enum own_code_kind {
	OWN_CODE_MORE,		/* instructions: it had more to do */
	OWN_CODE_SLOWER,	/* cycles, with instructions as usual */
	OWN_CODE_CYCLES,	/* cycles; instructions were not counted */
	OWN_CODE_STALLED,	/* instructions, as usual; cycles were not counted */
};

enum not_recorded_kind {
	NOT_RECORDED_TIME,	/* outside of the recording's time on CPU `number` */
	NOT_RECORDED_CPU,	/* on CPU `number`, whose interruptions were not recorded */
	NOT_RECORDED_WHERE,	/* not known on which CPU */
};

/* `tasks` is borrowed and must outlive the causes. 0 or -errno. */
int causes_open(struct causes **causes, const char *recording, struct tasks *tasks);
void causes_close(struct causes *causes);

/* How many culprits have numbers. */
__u32 causes_count(const struct causes *causes);

/* The number of a culprit, the same for the same contents; CULPRIT_NONE only if memory is short. */
__u32 causes_intern(struct causes *causes, const struct culprit *culprit);

/* The same of one with nothing but these: most are so, and soon found. */
__u32 causes_plain(struct causes *causes, enum cause cause, __u16 kind, __s32 number, __u32 other);

const struct culprit *causes_get(const struct causes *causes, __u32 culprit);

/* The number of an event that CPUs count, by its name, and back. CULPRIT_NONE: memory is short. */
__u32 causes_event(struct causes *causes, const char *name);
const char *causes_event_name(const struct causes *causes, __u32 event);

/* Is a function, by its address, that of the tick? */
bool causes_is_tick(struct causes *causes, __u64 function);

/* Who sent the interrupt, as "sender" of an open JSON object; nothing for other culprits. */
void causes_sender_json(const struct causes *causes, __u32 culprit, struct json *json);

/* "irq", "tlb_shootdown": as in JSON. */
const char *cause_name(enum cause cause);

/* Who or what, without the cause's name; "" if there is nothing to name. */
const char *causes_text(struct causes *causes, __u32 culprit);

/* What its owner may do about it: one line. Returns buf. */
const char *causes_advice(struct causes *causes, __u32 culprit, char *buf, size_t size);

#endif /* HFT_CAUSES_H */
