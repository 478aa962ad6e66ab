// SPDX-License-Identifier: GPL-2.0
/* scenarios-mischief disturbs scenarios-victim: as the demo does, and in more ways. */
#include "kinds.h"

const char *const mischief_name = "scenarios-mischief";

const struct mischief_kind *const mischief_kinds[] = {
	&mischief_fault, &mischief_zap, &mischief_tlb, &mischief_task, &mischief_timer,
	&mischief_irq,
	&scenario_cow, &scenario_file, &scenario_block, &scenario_spin, &scenario_futex,
	&scenario_slow,
	&scenario_membarrier, &scenario_collapse,
	&scenario_neighbour, &scenario_tick, &scenario_migrate, &scenario_signal,
	&scenario_softirq, &scenario_hrtimer, &scenario_work, &scenario_nmi,
	NULL,
};
