/* SPDX-License-Identifier: GPL-2.0 */
/* Where the module's own few works run: never on an isolated or an armed CPU. */
#ifndef HFT_HOUSEKEEPING_H
#define HFT_HOUSEKEEPING_H

#include <linux/cpumask.h>
#include <linux/sched/isolation.h>

#include "cpu.h"

/*
 * housekeeping_any_cpu() gives the running CPU, isolated or not, on machines
 * without nohz_full=.
 */
static inline unsigned int hft_housekeeping_cpu(void)
{
	unsigned int cpu, quiet = nr_cpu_ids;

	for_each_cpu_and(cpu, housekeeping_cpumask(HK_TYPE_DOMAIN), cpu_online_mask) {
		if (!housekeeping_test_cpu(cpu, HK_TYPE_TIMER))
			continue;
		if (!(READ_ONCE(per_cpu(hft_cpu.armed, cpu)) & HFT_ARMED_HOOKS))
			return cpu;
		quiet = min(quiet, cpu);
	}
	return quiet < nr_cpu_ids ? quiet : cpumask_first(cpu_online_mask);
}

#endif /* HFT_HOUSEKEEPING_H */
