/* SPDX-License-Identifier: GPL-2.0 */
/* From rings to streams: which rings, one stream each, copied as they fill. */
#ifndef HFT_CAPTURE_H
#define HFT_CAPTURE_H

#include <stdbool.h>
#include <sys/types.h>
#include <hftrace-reader.h>
#include "lib/clock.h"
#include "lib/cpus.h"
#include "lib/events.h"
#include "lib/names.h"
#include "lib/recording.h"
#include "lib/stream.h"

/* Whose rings. */
struct capture_wish {
	bool kernel;		/* CPU rings, of these CPUs: */
	struct cpus cpus;
	const __s32 *tgids;	/* user rings of these processes, */
	size_t tgids_count;
	pid_t ancestor;		/* or of those that attach from now on and descend from this one, */
				/* or, with neither, of all that we may read */
};

struct captured {
	struct stream stream;
	__u64 capacity;		/* slots */
	bool wanted;
};

struct capture {
	struct capture_wish wish;
	struct recording *recording;
	struct hft_reader *reader;	/* NULL: there is nothing to read yet */
	struct captured *rings;		/* in the reader's order */
	size_t count;
	struct names *probes;		/* NULL: there are none */
	struct names **processes;	/* in the order of their stream classes, from 1 */
	size_t processes_count;
	bool windows;		/* by capture_window(): what counts is what it stored */
};

/* 0; -ENOENT: there is nothing to read yet, capture_refresh() will look again; -errno. */
int capture_open(struct capture *capture, const struct capture_wish *wish,
		 struct recording *recording);
void capture_close(struct capture *capture);

/* Looks for processes, threads and names. 1: the metadata is out of date; 0; -errno. */
int capture_refresh(struct capture *capture);

/* Copies what is there in whole pages. *fill: the fullest ring, in thousandths. 0 or -errno. */
int capture_poll(struct capture *capture, unsigned int *fill);

/* Makes everything so far good on disk. 0 or -errno. */
int capture_flush(struct capture *capture);

/* The description of the streams, and of what counters count. 0 or -errno. */
int capture_metadata(struct capture *capture, const struct timeline *clock,
		     const struct events *events);

/*
 * The rest of what was written until now; hooks are disarmed, programs may be
 * running on. 0 or -errno.
 */
int capture_drain(struct capture *capture);

/* What the rings still held of a window. */
struct capture_held {
	unsigned int rings;	/* that had records of it */
	__u64 records;
	__u64 bytes;
	__u64 slots_lost;	/* overwritten while they were copied */
	unsigned int unfinished;	/* rings whose last record was not finished in time */
	__u64 missing;		/* ticks at its start, overwritten before; the most of all rings */
	char ring[STREAM_NAME];	/* which one; and: */
	__u32 kind;		/* enum hft_ring_kind */
	__u64 capacity;		/* slots */
	__u64 needed;		/* that would have held it */
};

/*
 * Writes what the rings hold from `begin` to `end` (ticks) into capture->recording, which is
 * new; all rings, with streams of its own. It has to be over. 0 or -errno.
 */
int capture_window(struct capture *capture, __u64 begin, __u64 end, struct capture_held *held);

/* Whether rings of this process are among those chosen, as of the last capture_refresh(). */
bool capture_wants(const struct capture *capture, __s32 tgid);

/* What became of one ring. */
struct capture_ring {
	const char *name;
	__u32 kind;		/* enum hft_ring_kind */
	__s32 tgid;
	__u64 written;		/* records, while it was recorded */
	__u64 stored;
	__u64 lost;
	__u64 slots_lost;
	__u64 bytes;
};

/* Cuts the files to length. 0 or -errno; goes on with the other streams after an error. */
int capture_finish(struct capture *capture);

/* False: this ring is not recorded. */
bool capture_ring(const struct capture *capture, size_t number, struct capture_ring *ring);

/* As known without looking at the rings. */
struct capture_totals {
	__u64 records;
	__u64 bytes;
	__u64 records_lost;	/* an estimate */
	__u64 slots_lost;
	unsigned int rings;
};

void capture_totals(const struct capture *capture, struct capture_totals *totals);

#endif /* HFT_CAPTURE_H */
