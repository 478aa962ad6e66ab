/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks out for triggers in processes that run: at a line of memory of each, which they
 * write on a trigger alone; with rules for spans, at their rings.
 */
#ifndef HFT_FLIGHT_WATCH_H
#define HFT_FLIGHT_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <hftrace-reader.h>
#include "lib/span_rule.h"

struct flight_trigger {
	__u64 tsc;		/* ticks; of a span its end */
	__u64 start;		/* of a span; else tsc */
	__u32 cause;		/* enum hft_trigger_cause */
	bool by_rule;		/* of ours; else the program's own */
	__u64 value;		/* as in struct hft_rec_trigger */
	__u64 limit;
	__u64 id;
	__s32 tgid;
	__s32 tid;
	char thread[16];
	char name[60];
};

struct flight_watch {
	struct hft_reader *reader;	/* NULL: there is nothing to read yet */
	const __s32 *tgids;		/* none: of all that we may read */
	size_t tgids_count;
	const struct span_rule *rule;
	size_t rules;
	__u64 counted;			/* triggers, by all processes, at the last look */
	struct flight_process {
		__s32 tgid;
		__u64 before;		/* by it, before we began */
		__u64 counted;		/* at the last look */
		__u64 found;		/* records of them */
	} *process;
	size_t processes;
	bool behind;			/* a ring had more than one look takes */
	struct flight_span {
		__u64 tsc;
		__u64 duration;
		__u64 id;
	} span;				/* the last one in the ring that is read */
	struct flight_trigger *trigger;	/* of the last look, in order of time */
	size_t count;
	size_t room;
};

/* 0; -errno. That nothing is there yet is no error. */
int flight_watch_open(struct flight_watch *watch);
void flight_watch_close(struct flight_watch *watch);

/* Looks for threads and processes that came. 0 or -errno. */
int flight_watch_refresh(struct flight_watch *watch);

/* Fills watch->trigger with what came since. 0 or -errno. */
int flight_watch_poll(struct flight_watch *watch);

/* Triggers that the process counts, and that were overwritten before they were read. */
__u64 flight_process_missed(const struct flight_process *process);

#endif /* HFT_FLIGHT_WATCH_H */
