/* SPDX-License-Identifier: GPL-2.0 */
/* Who may do what, asked of the running task. */
#ifndef HFT_PRIVILEGE_H
#define HFT_PRIVILEGE_H

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

/* Read kernel rings and every region, attach and arm. */
static inline bool hft_may_read(void)
{
	return perfmon_capable();
}

/* The kernel's own rule, kptr_restrict, is reachable for a module by %pK alone. */
static inline bool hft_may_see_kernel_addresses(void)
{
	static const char zeros[] = "0000000000000000";
	char text[sizeof(zeros)];

	snprintf(text, sizeof(text), "%pK", THIS_MODULE);
	return strcmp(text, zeros) != 0;
}

#endif /* HFT_PRIVILEGE_H */
