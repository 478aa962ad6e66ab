/* SPDX-License-Identifier: GPL-2.0 */
/* Who armed, attached or set what, and when: a ring in the module's memory. */
#ifndef HFT_AUDIT_H
#define HFT_AUDIT_H

#include <linux/cpumask.h>
#include <hftrace/abi.h>

/* The action's own fields; who and when are filled in. From a task's context. */
struct hft_act {
	enum hft_audit_action action;
	u64 hooks;
	u64 hooks_elsewhere;
	const struct cpumask *cpus;	/* NULL: none in particular */
	u64 value;
	int result;
};

void hft_audit(const struct hft_act *act);

/* By the module itself. */
void hft_audit_module(enum hft_audit_action action, u64 hooks, unsigned int cpu, u64 value);

/* As HFT_IOC_AUDIT. */
int hft_audit_read(struct hft_audit_read *read);

#endif /* HFT_AUDIT_H */
