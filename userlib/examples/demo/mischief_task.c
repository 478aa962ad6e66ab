// SPDX-License-Identifier: LGPL-2.1
/* A task that wakes up on the engine's CPU, computes a little and sleeps again. */
#include <time.h>

#include <hftrace.h>

#include "lodger.h"
#include "mischief.h"

#define NAME		"intruder"
#define SPIN_LOW_NS	50000
#define SPIN_HIGH_NS	1000000

static struct lodger lodger;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int spin(__u64 order)
{
	__u64 end = now_ns() + order;

	while (now_ns() < end)
		;
	return 0;
}

static int prepare(struct mischief *mischief)
{
	int err = lodger_start(&lodger, NAME, mischief->cpu, mischief->shared->engine_priority,
			       spin);

	return err ? mischief_failed("starting " NAME " on the engine's CPU", err) : 0;
}

static int act(struct mischief *mischief, struct act *act)
{
	__u64 ns = SPIN_LOW_NS + random_below(&mischief->random, SPIN_HIGH_NS - SPIN_LOW_NS);
	int err = lodger_ask(&lodger, ns, &act->start, &act->end);

	act->tid = lodger.pid;
	act->comm = NAME;
	return err ? mischief_failed(NAME, err) : 0;
}

static void clean_up(struct mischief *mischief)
{
	(void)mischief;
	lodger_stop(&lodger);
}

const struct mischief_kind mischief_task = {
	.name = "task",
	.summary = "a task of higher priority runs 50 to 1000 us on the engine's CPU",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare,
	.act = act,
	.clean_up = clean_up,
};
