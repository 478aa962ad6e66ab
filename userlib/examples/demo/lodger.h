/* SPDX-License-Identifier: LGPL-2.1 */
/* A process on the engine's CPU that sleeps until it is asked to do its work there. */
#ifndef DEMO_LODGER_H
#define DEMO_LODGER_H

#include <linux/types.h>
#include <sys/types.h>

/* Runs in the lodger; 0 or -errno. */
typedef int (*lodger_work)(__u64 order);

struct lodger {
	pid_t pid;
	int orders, answers;	/* pipes */
};

/*
 * 0 or -errno. It is SCHED_FIFO above `priority`, so that it runs when it is
 * asked, not when the scheduler finds it fair; with priority -1 it is SCHED_OTHER.
 */
int lodger_start(struct lodger *lodger, const char *comm, int cpu, int priority,
		 lodger_work work);

/* Asks, waits; *start and *end are clock ticks around the work, by its own CPU. */
int lodger_ask(struct lodger *lodger, __u64 order, __u64 *start, __u64 *end);

/* The second half of that, for whoever writes the order to it. */
int lodger_await(struct lodger *lodger, __u64 *start, __u64 *end);

void lodger_stop(struct lodger *lodger);

#endif
