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

/* The act's times are of the engine's CPU: it may take long, and is exact. */
#define MISCHIEF_EXACT	(1000ULL * 1000 * 1000 * 1000)

struct mischief_kind {
	const char *name;
	const char *summary;
	__u64 usual_ns;		/* that an act takes anyway; 0: little; MISCHIEF_EXACT */
	/* These three may be NULL; 0 or -errno, with a line on stderr. */
	int (*prepare)(struct mischief *mischief);
	int (*act)(struct mischief *mischief, struct act *act);
	void (*clean_up)(struct mischief *mischief);
};

/* The program's own: what it is called, and its kinds, NULL behind the last. */
extern const char *const mischief_name;
extern const struct mischief_kind *const mischief_kinds[];

extern const struct mischief_kind mischief_fault, mischief_zap, mischief_tlb, mischief_task,
	mischief_timer, mischief_irq;

/* The engine's sibling thread does something, which `act` tells of. 0 or -errno, said. */
int mischief_ask_sibling(struct mischief *mischief, enum sibling_deed deed, struct act *act);

/* One line of the log. */
void mischief_write(const struct mischief *mischief, const struct act *act);

/* Says what failed and returns -errno of it. */
int mischief_failed(const char *what, int err);

/* Files of one line, as in /proc. 0 or -errno. */
int mischief_read_line(const char *path, char *line, int size);
int mischief_write_line(const char *path, const char *line);

#endif
