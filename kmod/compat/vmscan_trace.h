/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Up to 6.18 a reclaim's tracepoints pass the order first and no memory cgroup.
 * HFT_RECLAIM_BEGIN and _END are the arguments of their probes.
 */
#ifndef HFT_COMPAT_VMSCAN_TRACE_H
#define HFT_COMPAT_VMSCAN_TRACE_H

#include <linux/mm.h>
#include <linux/version.h>
#include <trace/events/vmscan.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define HFT_RECLAIM_BEGIN(order, gfp)	gfp_t gfp, int order, struct mem_cgroup *memcg
#define HFT_RECLAIM_END(reclaimed)	unsigned long reclaimed, struct mem_cgroup *memcg
#else
#define HFT_RECLAIM_BEGIN(order, gfp)	int order, gfp_t gfp
#define HFT_RECLAIM_END(reclaimed)	unsigned long reclaimed
#endif

#endif /* HFT_COMPAT_VMSCAN_TRACE_H */
