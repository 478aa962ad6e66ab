/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that write, with signal handlers that write, and that come and go. */
#ifndef STRESS_WRITER_H
#define STRESS_WRITER_H

#include "payload.h"

struct load {
	struct shared *shared;
	uint64_t records;	/* of all threads together */
	uint64_t life;		/* records from an attach to a detach */
	unsigned int threads;	/* at the same time */
	unsigned int cpus;	/* that they run on */
	unsigned int rings;
	unsigned int ring_slots;
	bool signals;
};

/* hft_init() and the names; 0 or -errno. */
int writer_begin(const struct load *load);

/* Writes all of it, and sets shared->done. 0 or -errno. */
int writer_run(const struct load *load);

#endif /* STRESS_WRITER_H */
