/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worst that came to traced CPUs: what a ledger sees, by CPU and culprit, with the
 * longest of each, and what may be done about it.
 */
#ifndef HFT_CASES_H
#define HFT_CASES_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/ledger_print.h"

/* What counts. */
struct cases_rule {
	__u64 causes;		/* bits of enum cause; of CAUSE_TASK not the CPU's own task */
	bool waits;		/* of tasks for the CPU */
	bool sent;		/* those alone that somebody sends */
};

/* All of one culprit on one CPU. */
struct disturbance {
	struct ledger_moment longest;
	__u32 key;		/* culprit that they have in common */
	__u64 count;		/* without the kernel's entries for them, if there is more */
	__u64 entries;
	__u64 ticks;
};

/* Whose a CPU is. */
struct cpu_owner {
	__s32 cpu;
	__u32 task;		/* TASK_NONE: nobody has it most of the time */
	double share;		/* of the time, that it had the CPU: 0 to 1 */
	bool never_switched;
};

struct cases {
	struct cases_rule rule;
	struct ledger *ledger;
	struct disturbance *at;	/* longest first after cases_settle() */
	size_t count;
	size_t room;
	__u32 *slot;		/* index in `at` + 1 by hash; 0: free */
	size_t slots;
	struct cpu_owner *owner;	/* by CPU, as in the ledger */
	size_t owners;
};

/* Watches a ledger, which must outlive the cases, from its first record on. */
void cases_init(struct cases *cases, struct ledger *ledger, const struct cases_rule *rule);
void cases_uninit(struct cases *cases);

/*
 * The processes that the CPUs are for; if none of them was on a CPU, it is that of whoever had
 * it most of the time.
 */
struct owners {
	const __s32 *tgid;
	size_t count;
};

/*
 * After the ledger's end: finds the CPUs' own tasks, drops the turns of those, of the idle
 * one and of the `wanted` processes, and orders the rest. 0 or -ENOMEM.
 */
int cases_settle(struct cases *cases, const struct period *period, const struct owners *wanted);

/* ns of the longest; 0: there is none. */
double cases_longest(const struct cases *cases, const struct period *period);

/* Whose the CPUs are, and the first `shown` cases. */
void cases_print(struct cases *cases, const struct period *period, size_t shown, FILE *file);

/* Members "owners" and "cases" of an open object: all of them. */
void cases_json(struct cases *cases, const struct period *period, struct json *json);

#endif /* HFT_CASES_H */
