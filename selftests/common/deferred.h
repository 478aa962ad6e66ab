/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module selftests/modules/deferred.c: functions that it runs on a chosen
 * CPU, later, in timers and work items.
 */
#ifndef SELFTEST_DEFERRED_H
#define SELFTEST_DEFERRED_H

#include <linux/types.h>

/* 0 or -errno. */
int deferred_load(const char *parameters);
int deferred_unload(void);

/* "timer", "hrtimer", "work", "item": waits until it ran `count` times; "steal": count ns. */
int deferred_run(const char *what, unsigned int cpu, unsigned int count);

/* How many of its "timers", "hrtimers", "works", "items" ran since it was loaded. */
long long deferred_count(const char *what);

/* Where it, or any function of the kernel, stands: /proc/kallsyms. 0: not known. */
__u64 kernel_symbol(const char *name);

#endif /* SELFTEST_DEFERRED_H */
