/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a probe enters and leaves. A per-CPU writer must not be preempted or
 * migrated between reserve and commit. Up to 6.12 tracepoints call their
 * probes with preemption off; from 6.13 those of system calls do not.
 */
#ifndef HFT_COMPAT_TRACEPOINT_H
#define HFT_COMPAT_TRACEPOINT_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/tracepoint.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define hft_enter()	preempt_disable_notrace()
#define hft_exit()	preempt_enable_notrace()
#else
#ifdef HFT_DEBUG
#define hft_enter()	WARN_ON_ONCE(preemptible())
#else
#define hft_enter()	do { } while (0)
#endif
#define hft_exit()	do { } while (0)
#endif

/*
 * Waits for all probes that may be running: those of tracepoints, which have an
 * SRCU domain of their own alone where they run preemptible, and those of
 * functions, which run with preemption off.
 */
static inline void hft_wait_for_probes(void)
{
	tracepoint_synchronize_unregister();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	synchronize_rcu();
#endif
}

#endif /* HFT_COMPAT_TRACEPOINT_H */
