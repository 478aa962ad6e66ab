/* SPDX-License-Identifier: LGPL-2.1 */
/* What the kinds of disturbance share. Each has its file and one line in mischief.c. */
#ifndef DEMO_MISCHIEF_H
#define DEMO_MISCHIEF_H

#include <linux/types.h>
#include <stdio.h>

#include "random.h"
#include "shared.h"

/* One disturbance, as it is logged: when, and by what it can be recognized. */
struct act {
	const char *kind;
	__u64 start, end;	/* clock ticks */
	__s32 tid;		/* of the task that did it; 0: none */
	const char *comm;
	int irq;		/* -1: none */
	__u64 address, bytes;	/* of the pages; 0: none */
};

struct mischief {
	struct shared *shared;
	struct random random;
	FILE *log;
	int cpu;		/* the engine's */
	const char *irq_device;
};

struct mischief_kind {
	const char *name;
	const char *summary;
	/* These three may be NULL; 0 or -errno, with a line on stderr. */
	int (*prepare)(struct mischief *mischief);
	int (*act)(struct mischief *mischief, struct act *act);
	void (*clean_up)(struct mischief *mischief);
};

extern const struct mischief_kind mischief_fault, mischief_zap, mischief_tlb, mischief_task,
	mischief_timer, mischief_irq;

/* One line of the log. */
void mischief_write(const struct mischief *mischief, const struct act *act);

/* Says what failed and returns -errno of it. */
int mischief_failed(const char *what, int err);

/* Files of one line, as in /proc. 0 or -errno. */
int mischief_read_line(const char *path, char *line, int size);
int mischief_write_line(const char *path, const char *line);

#endif
