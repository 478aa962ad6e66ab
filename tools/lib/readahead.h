/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of a recording in order of time, read ahead of who makes something of them
 * by other threads: on two CPUs both go on at once.
 */
#ifndef HFT_READAHEAD_H
#define HFT_READAHEAD_H

#include <hftrace-reader.h>

#include "lib/records.h"

/* A record, valid until it returns: 0, or what reading is to end with. */
typedef int (*readahead_take)(void *context, const struct hft_record *record);

/* Which records are wanted, by whom. The others are checked and counted as read. */
struct reading {
	readahead_take take;
	void *context;
	const struct record_types *types;	/* NULL: all; see hft_part_open() */
};

/*
 * Hands out the records of the rings of one kind (0: of all) to their end, to the caller's
 * own thread. While it does, `reader` may be asked for what does not change, names, times,
 * whose a ring is, but not for what it counts. 0; what `take` returned; or -errno.
 */
int readahead_each(struct hft_reader *reader, __u32 kind, const struct reading *reading);

/*
 * The same of the kernel's rings, in their order, to the caller's thread; and at the same time
 * of programs' rings, in theirs, on another thread: the two share nothing that changes.
 */
int readahead_kinds(struct hft_reader *reader, const struct reading *kernel,
		    const struct reading *program);

#endif /* HFT_READAHEAD_H */
