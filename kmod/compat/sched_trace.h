/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace/events/sched.h does not bring all that it needs from 6.10 on.
 * sched_process_exit says from 6.16 on whether the process ends with this task.
 */
#ifndef HFT_COMPAT_SCHED_TRACE_H
#define HFT_COMPAT_SCHED_TRACE_H

#include <linux/mm_types.h>
#include <linux/version.h>
#include <trace/events/sched.h>

/* Defines a probe on sched_process_exit that calls function(task). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define HFT_EXIT_PROBE(name, function)						\
	static notrace void name(void *data, struct task_struct *task, bool last)	\
	{									\
		function(task);							\
	}
#else
#define HFT_EXIT_PROBE(name, function)						\
	static notrace void name(void *data, struct task_struct *task)		\
	{									\
		function(task);							\
	}
#endif

/* Newer kernels declare what NUMA balancing does only where they have it. */
#ifdef CONFIG_NUMA_BALANCING
#define HFT_PROVE_BALANCING(tracepoint, probe)	HFT_PROVE(tracepoint, probe)
#else
#define HFT_PROVE_BALANCING(tracepoint, probe)
#endif

#endif /* HFT_COMPAT_SCHED_TRACE_H */
