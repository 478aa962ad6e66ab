/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracefs as a witness: what happens on some CPUs, and who sends them
 * interrupts and wakes tasks there. Two instances of its own, so that nobody
 * else's tracing changes. Switching its events on and off patches the kernel's
 * code, which interrupts every CPU; counting between does not.
 */
#ifndef HFT_TRACING_H
#define HFT_TRACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "lib/cpus.h"

enum traced_kind {
	TRACED_INTERRUPTS,	/* handlers and vectors that began */
	TRACED_SWITCHES,
	TRACED_SYSCALLS,
	TRACED_VISITS,		/* entries from user mode, where the kernel tells */
	TRACED_TIMERS,		/* timers that expired, work that ran */
	TRACED_SENT,		/* interrupts and wake-ups sent there, from any other CPU */
	TRACED_OURS,		/* of all these, by hftrace's tools or module */
	TRACED_KINDS
};

extern const char *const traced_names[TRACED_KINDS];

struct tracing {
	const int *cpu;		/* ascending */
	size_t cpus;
	bool senders;		/* this kernel tells who sends */
	bool started;
	char probes[3][32];	/* that were made, to be removed */
	size_t probes_count;
};

#define TRACING_WHY 200

/* Makes the instances and switches the events on. 0 or -errno, with a line in `why`. */
int tracing_start(struct tracing *tracing, const int *cpu, size_t cpus, char why[TRACING_WHY]);
void tracing_stop(struct tracing *tracing);

/* Empties and begins; ends. 0 or -errno. */
int tracing_begin(const struct tracing *tracing);
int tracing_end(const struct tracing *tracing);

/*
 * What was traced between, for each CPU: count[column * TRACED_KINDS + kind].
 * What hftrace itself did is written to `say`, unless that is NULL. 0 or
 * -errno; -ENOBUFS: more happened than was kept.
 */
int tracing_count(const struct tracing *tracing, __u64 *count, FILE *say);

#endif /* HFT_TRACING_H */
