/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Budgets: what the hooks may take of a CPU. A worker on a housekeeping CPU
 * reads the counts, and disarms the dearest hook of a CPU that is over its
 * budget, by the same stores as any disarming.
 */
#ifndef HFT_GOVERNOR_H
#define HFT_GOVERNOR_H

#include <linux/cpumask.h>
#include <hftrace/abi.h>

int hft_governor_init(u64 events_per_s, u64 ns_per_s);
void hft_governor_uninit(void);

/* With hft_lock held. */
void hft_governor_set(const struct cpumask *cpus, u64 events_per_s, u64 ns_per_s);
u64 hft_governor_rearm(const struct cpumask *cpus, u64 hooks);
void hft_governor_armed(void);
u64 hft_governor_cut(unsigned int cpu);
u64 hft_governor_notes(unsigned int cpu);
void hft_governor_forget(unsigned int cpu);
void hft_governor_describe(struct hft_hook_cpu *about);

/* By the CPU whose hook it is: writes what there is to say into its ring. */
void hft_governor_note(enum hft_hook_id hook);

#endif /* HFT_GOVERNOR_H */
