/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The spans of a recording that somebody wants explained, found in one pass
 * and in bounded memory, and beside them a sample of each name's spans, for
 * what is typical. A call of a probed function is a span, too.
 */
#ifndef HFT_SPANS_H
#define HFT_SPANS_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/histogram.h"
#include "lib/stretch.h"
#include "lib/tids.h"

#define SPANS_MAX	((size_t)4 << 20)	/* chosen at once */
#define SPANS_SAMPLE	512U			/* of each name */
#define SPAN_NONE	(~0U)

/* What one culprit took of a span. */
struct part {
	__u32 culprit;
	__u32 count;
	__u64 ticks;
	__u64 interval;		/* the newest that was counted */
};

/* What its thread's counters counted inside a span; strings are the reader's. */
struct span_counts {
	__u32 events;
	const char *event[HFT_SPAN_PMU_EVENTS];
	__u64 count[HFT_SPAN_PMU_EVENTS];	/* or HFT_SPAN_PMU_MISSING */
};

enum span_kind {
	SPAN_MARKED,		/* by its program, in its ring */
	SPAN_CALL,		/* of a function of the kernel, by a probe */
	SPAN_PROGRAM_CALL,	/* of one of a program: traps at both its ends */
};

/*
 * Whose spans nest: a user ring; or, numbered behind the rings, the calls of
 * one thread, which may have a ring of its own, too.
 */
struct span {
	__u64 start;
	__u64 end;
	__u64 id;		/* of a call what it returned */
	__u32 track;
	__u32 name;		/* in struct spans */
	__u32 parent;		/* the span around it among those of its thread here, SPAN_NONE */
	__s32 cpu;		/* where it ended, -1: not known */
	bool chosen;		/* else only of the sample */
	__u8 kind;		/* enum span_kind */
	__u32 parts_count;
	struct part *part;
	__u64 resident;		/* ticks that its thread was on a CPU */
	__u64 off;		/* ticks that it was not, by charges */
	__u64 steal;		/* ticks that the hypervisor took */
	__u64 delivery;		/* ticks in user mode while an interrupt was on its way */
	__u64 delivery_longest;	/* of one interrupt, */
	__u32 delivery_culprit;	/* this one */
	struct span_counts *counts;	/* NULL: none */
};

struct span_name {
	char *text;
	struct histogram duration;	/* ticks */
	struct stretch longest;	/* while it is read: to be emptied with `duration` */
	__u64 *user;		/* own ticks of the sample, sorted; see spans_typical() */
	size_t users;
	struct span *sample;	/* until spans_settle() */
	__u64 random;
};

/* Which spans. Zero what is not wanted. */
struct span_choice {
	size_t slowest;		/* so many of those that the rest lets through; 0: all */
	const char *name;
	bool by_id;
	__u64 id;
	__u64 slower_than;	/* ticks */
	__u64 from;		/* ticks: those that began then or later */
	bool by_moment;
	__s64 moment;		/* ns since the epoch that they contain */
	bool by_ticks;
	__u64 ticks;		/* the same, by the CPU's clock */
	bool by_end;
	__u64 end;		/* ticks */
};

struct spans {
	struct span_choice choice;
	const struct hft_reader *reader;
	struct span_name *name;
	size_t names;
	__u32 **number;		/* by ring and index there: number in `name` + 1, 0: not yet met */
	bool *is_user;		/* by ring: spans are in these, calls in the others */
	__u32 rings;
	struct tids callers;	/* whose calls have tracks: in this order behind the rings */
	bool *in_program;	/* by probe: it is a program's */
	struct span *span;	/* chosen: a heap, fastest first; settled: by track and start */
	size_t count;
	size_t room;
	__u64 seen;
	__u64 matched;		/* what the choice lets through, but for `slowest` */
};

int spans_init(struct spans *spans, const char *recording, const struct hft_reader *reader,
	       const struct span_choice *choice);
void spans_uninit(struct spans *spans);

/* Any record, of spans and calls taken. 0, -ENOMEM, -E2BIG: more than SPANS_MAX are chosen. */
int spans_offer(struct spans *spans, const struct hft_record *record);

/* After the last one: orders them, with the sample, for charging. 0 or -ENOMEM. */
int spans_settle(struct spans *spans);

/* Gives the spans of a settled HFT_REC_SPAN, if any, these counts. 0 or -ENOMEM. */
int spans_count(struct spans *spans, const struct hft_record *record,
		const struct span_counts *counts);

/* All of them, once settled; and whose spans one has, 0: not known. */
__u32 spans_tracks(const struct spans *spans);
__s32 spans_tid(const struct spans *spans, __u32 track);

/* Charges `ticks` of interval number `interval` (0: counted before) to a span. 0 or -ENOMEM. */
int span_charge(struct span *span, __u32 culprit, __u64 ticks, __u64 interval);

/* After charging: the own ticks that percent % of a name's spans do not exceed. */
__u64 spans_typical(const struct span_name *name, double percent);

#endif /* HFT_SPANS_H */
