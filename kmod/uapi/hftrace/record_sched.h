/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Records of the scheduler and of tasks' lives. */
#ifndef _HFTRACE_RECORD_SCHED_H
#define _HFTRACE_RECORD_SCHED_H

#include <linux/types.h>

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

#endif /* _HFTRACE_RECORD_SCHED_H */
