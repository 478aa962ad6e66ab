/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the module's own few works run: never on an isolated or an armed CPU,
 * unless all others are armed. What waits for its time on one that is armed
 * meanwhile is moved.
 */
#ifndef HFT_HOUSEKEEPING_H
#define HFT_HOUSEKEEPING_H

#include <linux/cpumask.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>
#include <linux/workqueue.h>

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

/* Is the work queued on a CPU that is armed by now? To another one, if there is one. */
static inline void hft_housekeeping_move(struct delayed_work *work)
{
	const int from = READ_ONCE(work->cpu);
	const unsigned long expires = READ_ONCE(work->timer.expires);
	unsigned int to;

	if (!delayed_work_pending(work) || from >= nr_cpu_ids ||
	    !(READ_ONCE(per_cpu(hft_cpu.armed, from)) & HFT_ARMED_HOOKS))
		return;
	to = hft_housekeeping_cpu();
	if (to != from)
		mod_delayed_work_on(to, system_wq, work,
				    time_after(expires, jiffies) ? expires - jiffies : 0);
}

#endif /* HFT_HOUSEKEEPING_H */
