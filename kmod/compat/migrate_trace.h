/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mm_migrate_pages passes the large folios that were split too from 6.7.
 * HFT_MIGRATE_PAGES() is the arguments of its probe.
 */
#ifndef HFT_COMPAT_MIGRATE_TRACE_H
#define HFT_COMPAT_MIGRATE_TRACE_H

#include <linux/migrate_mode.h>
#include <linux/version.h>
#include <trace/events/migrate.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define HFT_MIGRATE_PAGES(moved, failed, mode, reason)				\
	unsigned long moved, unsigned long failed, unsigned long thp_moved,	\
	unsigned long thp_failed, unsigned long thp_split,			\
	unsigned long large_split, enum migrate_mode mode, int reason
#else
#define HFT_MIGRATE_PAGES(moved, failed, mode, reason)				\
	unsigned long moved, unsigned long failed, unsigned long thp_moved,	\
	unsigned long thp_failed, unsigned long thp_split,			\
	enum migrate_mode mode, int reason
#endif

#endif /* HFT_COMPAT_MIGRATE_TRACE_H */
