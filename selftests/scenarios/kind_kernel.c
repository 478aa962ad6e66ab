// SPDX-License-Identifier: GPL-2.0
/* What the kernel does on the victim's CPU, made to by the module deferred.ko of the tests. */
#include <sys/prctl.h>
#include <unistd.h>

#include <hftrace.h>

#include "kinds.h"

#define RUN	"/sys/module/deferred/parameters/run"
#define SYSRQ	"/proc/sysrq-trigger"

static int prepare(struct mischief *mischief)
{
	(void)mischief;
	prctl(PR_SET_NAME, KINDS_COMM);
	return 0;
}

static int write_timed(struct act *act, const char *path, const char *line)
{
	int err;

	act->tid = gettid();
	act->comm = KINDS_COMM;
	act->start = hft_ticks();
	err = mischief_write_line(path, line);
	act->end = hft_ticks();
	return err ? mischief_failed(path, err) : 0;
}

static int run(const struct mischief *mischief, struct act *act, const char *what, int times)
{
	char line[64];

	snprintf(line, sizeof(line), "%s %d %d", what, mischief->cpu, times);
	return write_timed(act, RUN, line);
}

static int softirq(struct mischief *mischief, struct act *act)
{
	return run(mischief, act, "tasklet", 10);
}

const struct mischief_kind scenario_softirq = {
	.name = "softirq",
	.summary = "a storm of tasklets",
	.prepare = prepare,
	.act = softirq,
};

static int hrtimer(struct mischief *mischief, struct act *act)
{
	return run(mischief, act, "hrtimer", 3);
}

const struct mischief_kind scenario_hrtimer = {
	.name = "hrtimer",
	.summary = "a driver's high-resolution timer",
	.usual_ns = 1000000,
	.prepare = prepare,
	.act = hrtimer,
};

static int work_item(struct mischief *mischief, struct act *act)
{
	return run(mischief, act, "work", 1);
}

const struct mischief_kind scenario_work = {
	.name = "work",
	.summary = "a work item",
	.prepare = prepare,
	.act = work_item,
};

static int nmi(struct mischief *mischief, struct act *act)
{
	(void)mischief;
	return write_timed(act, SYSRQ, "l");
}

const struct mischief_kind scenario_nmi = {
	.name = "nmi",
	.summary = "sysrq-l asks every CPU where it is",
	.usual_ns = 3000000,
	.prepare = prepare,
	.act = nmi,
};
