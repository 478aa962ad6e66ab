/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every record of a CPU's ring must say, whatever wrote it: fields in
 * their range, tasks that follow one another, intervals that nest. A torn
 * record does not hold to it.
 */
#ifndef SELFTEST_VERIFY_H
#define SELFTEST_VERIFY_H

#include <linux/types.h>
#include <sys/types.h>

#include "ring.h"

#define OPEN_MAX_	64

/* An interval that no later one has taken in. */
struct closed {
	__u64 start;
	__u64 end;
	unsigned int depth;	/* of what is inside it: 1 nothing */
};

struct verify {
	__u64 records;
	__u64 wrong;		/* records that cannot be */
	char why[200];		/* of the first one */

	/* Which task runs, by the last switch. */
	bool renames;		/* set by who knows that tasks change their names */
	bool running_known;
	__s32 running_tid;
	char running_comm[16];
	__u64 chained;		/* switches that were compared with the one before */

	/* Intervals, in order of their ends. */
	struct closed closed[OPEN_MAX_];
	unsigned int closed_count;
	__u64 forgotten;	/* what ended up to this time is not in closed[] any more */
	__u64 intervals;
	__u64 compared;		/* intervals whose net length was recomputed */
	unsigned int deepest;

	/* User faults since the last visit. */
	unsigned int faults;
	bool faults_known;
	__u64 visits_with_fault;
	__u64 majors;

	__u64 of_type[64];	/* records by type */
	__u64 continued;
};

void verify_record(struct verify *verify, const struct record *record);

#endif /* SELFTEST_VERIFY_H */
