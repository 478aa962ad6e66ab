/* SPDX-License-Identifier: GPL-2.0 */
/* Disturbances beside the demo's; each file has some. */
#ifndef SCENARIOS_KINDS_H
#define SCENARIOS_KINDS_H

#include <mischief.h>

extern const struct mischief_kind scenario_cow, scenario_file, scenario_block, scenario_spin,
	scenario_futex, scenario_slow,
	scenario_membarrier, scenario_collapse,
	scenario_neighbour, scenario_tick, scenario_migrate, scenario_signal,
	scenario_softirq, scenario_hrtimer, scenario_work, scenario_nmi;

/* What those that send or wake are called, rather than the shell's child that they are. */
#define KINDS_COMM	"mischief"

#endif
