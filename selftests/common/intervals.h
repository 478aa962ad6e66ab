/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intervals of a CPU as tracefs shows them, from pairs of events: how long,
 * and how long without those that nested inside. What is not so ends the test.
 */
#ifndef SELFTEST_INTERVALS_H
#define SELFTEST_INTERVALS_H

#include "pairs.h"

/* The hooks whose intervals nest in each other, and the events of all of them. */
#define INTERVAL_HOOKS	(BIT_OF(IRQ) | BIT_OF(SOFTIRQ) | BIT_OF(VECTORS) | BIT_OF(NMI) | \
			 BIT_OF(VISIT))
extern const char *const interval_events[];

/* Those of INTERVAL_HOOKS that this kernel offers. */
__u64 interval_hooks(void);

struct interval {
	const struct event *exit;
	__u64 start;		/* ticks; 0: not seen by hftrace */
	__u64 duration;		/* ticks */
	__u64 net;
	bool unsure;		/* too near the window's start to say if hftrace saw its start */
};

struct intervals {
	struct interval *at;	/* in order of their ends */
	size_t count;
};

/* Of `hooks`, which were armed together; interval_events were watched. */
void intervals_find(struct intervals *intervals, const struct watch *watch, unsigned int cpu,
		    __u64 hooks);

/*
 * Pairs the records of `want` (whose event is the intervals' exit) on all CPUs
 * and compares lengths. How many lengths were compared.
 */
size_t intervals_check(const struct watch *watch, const struct pairing *want, __u64 hooks);

/* The same; how many had others inside, so that their net length is another. */
size_t intervals_check_nested(const struct watch *watch, const struct pairing *want, __u64 hooks);

/*
 * The same without nesting, for any pair of events: the length of the record is
 * compared with the time since the last `entry` of the CPU whose field `key` is
 * that of the record's event. Those without a start (CONTINUED) are left out.
 * Records begin with their length, in `bytes` bytes. How many were compared.
 */
size_t durations_check(const struct watch *watch, const struct pairing *want, const char *entry,
		       const char *key, unsigned int bytes);

#endif /* SELFTEST_INTERVALS_H */
