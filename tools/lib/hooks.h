/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks by name: what people type after -e, and which records they write. */
#ifndef HFT_HOOKS_H
#define HFT_HOOKS_H

#include <stddef.h>
#include <hftrace/abi.h>

#define HOOK_TYPES 3

struct hook {
	const char *name;
	__u16 types[HOOK_TYPES];	/* enum hft_record_type; 0 ends them */
	unsigned int interrupts;	/* on each other CPU, of attaching, on Linux 6.1 */
	const char *lasting;		/* what it costs while attached, or NULL */
};

extern const struct hook hooks[HFT_HOOKS];

#define HOOKS_ALL	(HFT_HOOK_BIT(HFT_HOOKS) - 1)
#define HOOKS_SCHED	(HFT_HOOK_BIT(HFT_HOOK_SWITCH) | HFT_HOOK_BIT(HFT_HOOK_WAKEUP) | \
			 HFT_HOOK_BIT(HFT_HOOK_MIGRATE) | HFT_HOOK_BIT(HFT_HOOK_TASK))

/* Armed when they are named, or by what they need besides. */
#define HOOKS_ON_REQUEST (HFT_HOOK_BIT(HFT_HOOK_SYSCALL) | HFT_HOOK_BIT(HFT_HOOK_PMU) | \
			  HFT_HOOK_BIT(HFT_HOOK_WATCH))

/* On the other CPUs these name who disturbed a traced one. */
#define HOOKS_CULPRITS	(HFT_HOOK_BIT(HFT_HOOK_WAKEUP) | HFT_HOOK_BIT(HFT_HOOK_MIGRATE) | \
			 HFT_HOOK_BIT(HFT_HOOK_TASK) | HFT_HOOK_BIT(HFT_HOOK_TLB) | \
			 HFT_HOOK_BIT(HFT_HOOK_IPI) | \
			 HFT_HOOK_BIT(HFT_HOOK_MMCALL) | HFT_HOOK_BIT(HFT_HOOK_SIGNAL) | \
			 HFT_HOOK_BIT(HFT_HOOK_WORKQUEUE) | HFT_HOOK_BIT(HFT_HOOK_KTHREAD) | \
			 HFT_HOOK_BIT(HFT_HOOK_FREQUENCY))

/*
 * "irq,softirq", groups "sched" and "all". 0; or -EINVAL with the word that is
 * no hook in `word`.
 */
int hooks_parse(const char *text, __u64 *mask, char *word, size_t size);

/* "switch,irq", "none". Returns buf, which is at least HOOKS_TEXT bytes. */
#define HOOKS_TEXT 512
const char *hooks_format(__u64 mask, char *buf);

#endif /* HFT_HOOKS_H */
