/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel counts of some CPUs in any case: interrupts, softirqs,
 * switches, wake-ups, kernel time, and the switches of the threads that are
 * pinned there. Reading it is done in /proc and interrupts no CPU.
 */
#ifndef HFT_COUNTS_H
#define HFT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/cpus.h"

enum count_kind {
	COUNT_INTERRUPT,	/* a line of /proc/interrupts */
	COUNT_TICK,		/* the line of the CPU's own timer */
	COUNT_SOFTIRQ,		/* a line of /proc/softirqs */
	COUNT_SWITCH,		/* tasks that began to run there */
	COUNT_WAKEUP,		/* tasks that were woken to run there */
	COUNT_KERNEL_TIME,	/* in units of 1/sysconf(_SC_CLK_TCK) s */
	COUNT_THREAD_SWITCH,	/* voluntary and involuntary, of the threads pinned there */
	COUNT_TRACED,		/* what tracefs saw; see lib/tracing.h */
	COUNT_KINDS
};

struct count_row {
	enum count_kind kind;
	char name[24];		/* as in the file: "LOC", "24" */
	char what[48];		/* what the kernel calls it, may be empty */
};

struct pinned_thread {
	pid_t pid;
	pid_t tid;
	size_t column;		/* of its CPU */
	__u64 switches;		/* voluntary and involuntary; those of its end, when it has ended */
};

struct counts {
	int *cpu;		/* the columns, ascending */
	size_t columns;
	struct count_row *row;
	size_t rows;
	size_t room;
	struct pinned_thread *thread;
	size_t threads;
	bool wakeups;		/* the kernel counts them: sysctl kernel.sched_schedstats */
	size_t hint;		/* the row that is looked for next, most likely */
};

/* value[row * columns + column]; rows that came later count as 0. */
struct reading {
	__u64 *value;
	size_t rows;
};

/* 0 or -errno. */
int counts_init(struct counts *counts, const struct cpus *cpus);
void counts_uninit(struct counts *counts);

/* All of it, now. 0 or -errno. The reading is to be freed. */
int counts_read(struct counts *counts, struct reading *reading);
void reading_free(struct reading *reading);

/* The number of a row, made if there is none; or -ENOMEM. */
ssize_t counts_row(struct counts *counts, enum count_kind kind, const char *name,
		   const char *what);

/* Makes room for the rows that came meanwhile. 0 or -ENOMEM. */
int reading_fit(struct reading *reading, const struct counts *counts);

__u64 reading_value(const struct reading *reading, const struct counts *counts, size_t row,
		    size_t column);

#endif /* HFT_COUNTS_H */
