/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of a recording, put in order of time by a thread of its own, ahead
 * of the one that makes something of them: on two CPUs both go on at once.
 */
#ifndef HFT_READAHEAD_H
#define HFT_READAHEAD_H

#include <hftrace-reader.h>

/* A record, valid until it returns: 0, or what readahead_each() is to return. */
typedef int (*readahead_take)(void *context, const struct hft_record *record);

/*
 * Hands out every record to its end, to the caller's own thread. While it does, `reader`
 * may be asked for what does not change, names, times, whose a ring is, but not for what
 * it counts. 0; what `take` returned; or -errno.
 */
int readahead_each(struct hft_reader *reader, readahead_take take, void *context);

#endif /* HFT_READAHEAD_H */
