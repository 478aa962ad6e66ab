/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hooks themselves took of the traced CPUs while a recording was
 * made, as the recorder noted it in facts/cost.
 */
#ifndef HFT_OWN_COST_H
#define HFT_OWN_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* A hook on a CPU. */
struct own_cost_row {
	int cpu;
	int hook;		/* enum hft_hook_id */
	__u64 records;
	double ns_each;		/* of the CPU for a record; negative: not known */
	__u64 every;		/* it wrote one record in so many; 0 or 1: each */
	bool cut;		/* the governor disarmed it */
};

struct own_cost {
	bool known;		/* the recorder noted it */
	struct own_cost_row *row;
	size_t rows;
};

/* Lines that are not what they should be are left out. 0, or -ENOMEM. */
int own_cost_read(struct own_cost *cost, const char *recording);
void own_cost_free(struct own_cost *cost);

/* Of a CPU. */
struct own_cost_sum {
	double ns;		/* of the hooks whose cost is known */
	__u64 records;
	__u64 untimed;		/* records of the others */
};

void own_cost_of_cpu(const struct own_cost *cost, int cpu, struct own_cost_sum *sum);

/* NULL: that hook wrote nothing there. */
const struct own_cost_row *own_cost_row(const struct own_cost *cost, int cpu, int hook);

#endif /* HFT_OWN_COST_H */
