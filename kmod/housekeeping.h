/* SPDX-License-Identifier: GPL-2.0 */
/* Where the module's own few works run: never on an isolated or an armed CPU. */
#ifndef HFT_HOUSEKEEPING_H
#define HFT_HOUSEKEEPING_H

#include <linux/cpumask.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>

#include "cpu.h"

/*
 * housekeeping_any_cpu() gives the running CPU, isolated or not, on machines
 * without nohz_full=.
 */
static inline unsigned int hft_housekeeping_cpu(void)
{
	unsigned int cpu, armed = nr_cpu_ids, found = nr_cpu_ids;

	/* the mask is exchanged when cpusets change, from 7.0 on */
	rcu_read_lock();
	for_each_cpu_and(cpu, housekeeping_cpumask(HK_TYPE_DOMAIN), cpu_online_mask) {
		if (!housekeeping_test_cpu(cpu, HK_TYPE_TIMER))
			continue;
		if (!(READ_ONCE(per_cpu(hft_cpu.armed, cpu)) & HFT_ARMED_HOOKS))
			found = min(found, cpu);
		else
			armed = min(armed, cpu);
	}
	rcu_read_unlock();
	found = found < nr_cpu_ids ? found : armed;
	return found < nr_cpu_ids ? found : cpumask_first(cpu_online_mask);
}

#endif /* HFT_HOUSEKEEPING_H */
