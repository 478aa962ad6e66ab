// SPDX-License-Identifier: LGPL-2.1
#include "judge.h"

/* What each kind of the demo's mischief does to the engine; see its mischief_*.c. */
const struct judge_rule judge_demo_rules[] = {
	{ "fault", "page_fault", NULL, JUDGE_PAGES },
	{ "zap", "page_fault", NULL, JUDGE_PAGES },
	{ "zap", "tlb_shootdown", NULL, JUDGE_TASK },
	{ "tlb", "tlb_shootdown", NULL, JUDGE_TASK },
	{ "task", "off_cpu", NULL, JUDGE_TASK },
	/* the interrupt, or the timers' own function that it called, whichever was longer */
	{ "timer", "vector", "timer", JUDGE_NOBODY },
	{ "timer", "hrtimer", "timerfd", JUDGE_NOBODY },
	{ "irq", "irq", NULL, JUDGE_IRQ },
	{ NULL, NULL, NULL, JUDGE_NOBODY }
};
