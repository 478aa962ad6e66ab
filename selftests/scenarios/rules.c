// SPDX-License-Identifier: GPL-2.0
#include "instances.h"

/* What the kinds in kind_*.c do to the victim. */
static const struct judge_rule rules[] = {
	{ "cow", "page_fault", NULL, JUDGE_PAGES },
	{ "file", "page_fault", NULL, JUDGE_PAGES },
	{ "block", "off_cpu", "sleeping", JUDGE_TASK },
	{ "spin", "syscall", "read", JUDGE_NOBODY },
	{ "futex", "off_cpu", "sleeping", JUDGE_TASK },
	{ "slow", JUDGE_OWN, NULL, JUDGE_NOBODY },
	{ "membarrier", "vector", "membarrier", JUDGE_TASK },
	/* it is interrupted, finds its pages gone, and waits until they are back */
	{ "collapse", "tlb_shootdown", NULL, JUDGE_TASK },
	{ "collapse", "page_fault", NULL, JUDGE_PAGES },
	{ "collapse", "off_cpu", "in a page fault", JUDGE_TASK },
	{ "neighbour", "off_cpu", NULL, JUDGE_TASK },
	/* the interrupt, or the tick in it; its culprit is what keeps it */
	{ "tick", "hrtimer", "tick", JUDGE_NOBODY },
	{ "tick", "vector", "local_timer", JUDGE_NOBODY },
	/* and gets its turn when the machine below took so long */
	{ "tick", "off_cpu", "second/", JUDGE_NOBODY },
	{ "migrate", "off_cpu", "migration/", JUDGE_NOBODY },
	{ "signal", "signal", "SIGUSR1", JUDGE_TASK },
	{ "softirq", "softirq", "TASKLET", JUDGE_NOBODY },
	{ "hrtimer", "hrtimer", "selftest_hrtimer", JUDGE_NOBODY },
	{ "hrtimer", "vector", "start_hrtimer", JUDGE_TASK },
	{ "work", "off_cpu", "selftest_work", JUDGE_NOBODY },
	/* it sleeps in between, and a timer wakes it */
	{ "work", "hrtimer", "hrtimer_wakeup", JUDGE_NOBODY },
	{ "nmi", "nmi", "backtrace", JUDGE_TASK },
	{ NULL, NULL, NULL, JUDGE_NOBODY }
};

const struct judge_rule *const judge_tables[] = { judge_demo_rules, rules, NULL };
