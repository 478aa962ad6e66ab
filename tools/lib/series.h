/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The times of a loop as its program tells them through libhftrace, read
 * live: the durations of its spans of a name, or the time between its marks
 * of a name.
 */
#ifndef HFT_SERIES_H
#define HFT_SERIES_H

#include <stdbool.h>
#include <sys/types.h>
#include <hftrace-reader.h>
#include "lib/histogram.h"

#define SERIES_MAX	64	/* names that are told apart */

struct series_name {
	char text[60];
	bool mark;
	__u64 count;
};

struct series_ring {
	__u64 last;		/* ticks of the last mark */
	signed char belongs;	/* 0: not yet known, 1 yes, -1 no */
};

struct series {
	struct hft_reader *reader;	/* NULL: nothing to read yet */
	pid_t pid;			/* whose rings: this process and, */
	bool descendants;		/* if so, those that descend from it */
	struct series_name name[SERIES_MAX];
	size_t names;
	const char *wanted;		/* NULL: all are counted, none measured */
	struct histogram *times;	/* ns, of the one that is wanted */
	struct series_ring *ring;	/* as the reader numbers them */
	size_t rings;
	__u64 lost;			/* records that were lapped */
};

void series_init(struct series *series, pid_t pid, bool descendants, const char *wanted,
		 struct histogram *times);
/* Goes over to another run of the program. */
void series_restart(struct series *series, pid_t pid);
void series_close(struct series *series);

/* Takes what is there. 0 or -errno; nothing to read yet is no error. */
int series_read(struct series *series);

/* The same when the program rests or has ended: without waiting for latecomers. */
int series_finish(struct series *series);

/* The name with the most spans, or, if there are none, marks; NULL. */
const struct series_name *series_choose(const struct series *series);

#endif /* HFT_SERIES_H */
