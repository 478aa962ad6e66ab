/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that writes until it is killed, whenever that is: while it starts,
 * in the middle of a record, between two of its regions. What it has written
 * it says in memory of its own, after each record: the witness.
 */
#ifndef SELFTEST_VICTIM_H
#define SELFTEST_VICTIM_H

#include <hftrace.h>
#include <sys/types.h>

#define VICTIM_THREADS	2U

/* Shared with the victim. */
struct victim_page {
	__u32 ready;			/* it can be told to become another program */
	__u32 first_region;		/* its regions are numbered from here: no other's */
	__u32 region;			/* regions that it has made, counted from 1 */
	__u32 regions_ended;		/* that it gives back, or has given back */
	__u64 written[VICTIM_THREADS];	/* records of the region that are whole: 0..written-1 */
};

struct victim {
	pid_t pid;
	struct victim_page *page;
};

/*
 * Starts one that makes a region, writes `records` in each thread, gives the
 * region back and begins again. 0 or -errno.
 */
int victim_start(struct victim *victim, const struct hft_options *options, __u64 records);

/* Kills it, and waits for its end. */
void victim_kill(struct victim *victim);

/* Makes it another program, in the middle of writing. 0 or -errno. */
int victim_exec(struct victim *victim);

/* What a look at what it left has found. */
struct victim_remains {
	__u64 written;	/* records, as the victim said */
	__u64 read;
	__u64 lost;
};

/*
 * Reads what it left. NULL if everything is there that it had written, in
 * order, and at most the one record more of each thread that it had no time to
 * speak of; else what is not so.
 */
const char *victim_look(const struct victim *victim, struct victim_remains *remains);

void victim_forget(struct victim *victim);

#endif /* SELFTEST_VICTIM_H */
