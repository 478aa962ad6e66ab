/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLAIN_SCENARIOS_H
#define EXPLAIN_SCENARIOS_H

#include <linux/types.h>

/* Each writes a recording of its own. */
void scenario_causes(const char *path);
void scenario_pinned(const char *path);
void scenario_memory(const char *path);
void scenario_delivery(const char *path);
void scenario_no_visits(const char *path);
void scenario_moves(const char *path);
void scenario_gap(const char *path);
void scenario_quiet(const char *path);
void scenario_nowhere(const char *path);

/* Interrupts and their senders, no spans. */
void scenario_senders(const char *path);

/* Tasks that wait for a CPU, no spans. */
void scenario_wakeups(const char *path);
void scenario_crowd(const char *path);

/* Timers, ticks, work items, hidden time. */
void scenario_deferred(const char *path);

void scenario_ipis(const char *path);

/* Spans with counters in them. */
void scenario_counted(const char *path);
void scenario_own_code(const char *path);

/* Calls of probed functions. */
void scenario_calls(const char *path);

/* Work that goes from thread to thread. */
void scenario_flows(const char *path);
void scenario_flow_lost(const char *path);

/* Its process is this program, which faults in this function. */
void scenario_symbols(const char *path);

/* Samples at the addresses of a file. */
void scenario_code(const char *path, const char *addresses);

/*
 * A random one: CPU time is dealt out tick by tick to known owners, whose sums
 * for each span go to `expected`.
 */
void scenario_random(const char *path, const char *expected, __u64 seed);

/* A large one, for time and memory. */
void scenario_large(const char *path, __u64 spans);

/* Of any shape, with so many spans and calls; prints what there is: see shapes.c. */
void scenario_shapes(const char *path, __u64 seed, __u64 spans);

/* At least so many records as of a machine at work; prints how many. */
void scenario_realistic(const char *path, __u64 records);

/* Spans and interrupts of known distribution; prints the spans' durations. */
struct distribution {
	__u64 seed;
	__u64 spans;
	double tail_percent;	/* those of the slowest 1 % are so long, of what they were */
	__u64 irq_every;	/* an interrupt each so many spans; 0: none */
	__u64 grain;		/* durations are multiples of it; 0: of 1 */
	__u64 lost;		/* records, at the end */
};

void scenario_distribution(const char *path, const struct distribution *wanted);

#endif /* EXPLAIN_SCENARIOS_H */
