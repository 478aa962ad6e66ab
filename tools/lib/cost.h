/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hooks themselves take of a CPU, as the module counts and times
 * them, and the budgets that its governor holds them to.
 */
#ifndef HFT_COST_H
#define HFT_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <hftrace/abi.h>
#include "lib/cpus.h"
#include "lib/device.h"

/* Of some CPUs, at one moment. */
struct cost {
	struct cost_cpu {
		int cpu;
		struct hft_hook_cpu hook[HFT_HOOKS];
	} *cpus;
	size_t count;
	double hz;		/* of the ticks */
};

/* 0 or -errno; -EPERM: for those who may read alone. */
int cost_read(struct cost *cost, const struct device *device, const struct cpus *cpus);
void cost_free(struct cost *cost);

/*
 * ns for a record, both probes of an interval; negative when too few runs were
 * timed to say. The part from the armed test to the commit is timed, of one
 * record in 256, and what the kernel takes to call a probe is not in it.
 */
double cost_ns_each(const struct cost *cost, const struct hft_hook_cpu *hook);

/* The same of all CPUs together. */
double cost_ns_of_hook(const struct cost *cost, int hook);

/* Bits of the hooks that the governor has disarmed there. */
__u64 cost_cut(const struct cost_cpu *cpu);

/*
 * What a CPU's hooks have written and taken between two moments. `first` has
 * the same CPUs in the same order. Hooks that cannot be told in ns have their
 * records in untimed.
 */
struct cost_sum {
	__u64 records;
	__u64 untimed;
	double ns;
	int dearest;		/* hook, -1: none */
	__u64 cut;		/* bits of the hooks that the governor has disarmed */
};

struct cost_sum cost_between(const struct cost *first, const struct cost *last, size_t cpu);

/* 0: no limit. 0 or -errno. */
int budget_set(const struct device *device, const struct cpus *cpus, __u64 events_per_s,
	       __u64 ns_per_s);
int budget_rearm(const struct device *device, const struct cpus *cpus, __u64 hooks);

/* "1%", "0.5%", "10000ppm": ns a second; "none" and "0" are 0. 0 or -EINVAL. */
int budget_parse(const char *text, __u64 *ns_per_s);

/* "1 %", "none". Returns buf. */
const char *budget_format(char *buf, size_t size, __u64 events_per_s, __u64 ns_per_s);

#endif /* HFT_COST_H */
