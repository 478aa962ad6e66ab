/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by timeline.c and timeline_visit.c. */
#ifndef HFT_TIMELINE_PRIVATE_H
#define HFT_TIMELINE_PRIVATE_H

#include "lib/causes.h"
#include "lib/coverage.h"
#include "lib/deferred.h"
#include "lib/signals.h"
#include "lib/timeline.h"

#define BIT(cause)	(1U << (cause))

struct line {
	struct coverage coverage;
	__s32 cpu;
	__u64 last;		/* the newest record */
	__u64 switched_at;	/* the newest switch; 0: none seen */
	__s32 current;		/* who runs since then */
	bool visits;
	__u32 kept;		/* enum hft_tick_dependency: why the tick goes on */
	__s32 keeper;		/* who ran then */

	/* Since the last visit's end: */
	__u64 first_switch;	/* 0: none */
	__u32 from;		/* that switch's tasks */
	__u32 to;
	bool called;		/* in the visit that is open, by a thread that was not to */
	struct hft_rec_syscall_stack call;
	bool faulted;
	__u64 faulted_at;
	struct hft_rec_fault fault;	/* the first one, user mode before kernel */
	__u64 sent_at;		/* the first interrupt that somebody sent was; 0: none came */
	__u32 sent;		/* that interrupt's culprit */
	__u64 ipi_start;	/* the newest interrupt that somebody sends */
	__u64 ipi_end;		/* 0: none */
	__u32 ipi;		/* its culprit */
	__u64 signalled_at;	/* the first signal that was delivered; 0: none */
	struct culprit signal;
};

struct timeline {
	struct causes *causes;
	struct tasks *tasks;
	struct timeline_watcher watcher;
	struct line *line;
	__u32 lines;
	__u64 intervals;	/* so far: numbers them */
	struct senders *senders;
	struct mmcalls *mmcalls;
	struct signals signals;
	struct deferred deferred;
};

/* An interval while its ticks are being given to it. */
struct charge {
	struct timeline *timeline;
	struct piece piece;
	struct coverage_sum net;	/* without the time in which other tasks ran */
};

/* Gives [start, end) to a culprit, less what has an owner; charge->net is what it got. */
int timeline_take(struct timeline *timeline, __u32 number, __u64 start, __u64 end,
		  enum cause cause, __u32 culprit, bool counted, struct charge *charge);

int timeline_tell(struct timeline *timeline, const struct charge *charge, __u64 start, __u64 end,
		  bool cut);

/* Records of a line. */
int timeline_signal(struct timeline *timeline, __u32 number, const struct hft_record *record);
int timeline_fault(struct timeline *timeline, __u32 number, const struct hft_record *record);
int timeline_visit(struct timeline *timeline, __u32 number, const struct hft_record *record,
		   __u64 start);

/* What has no visit around it: counted, its time is not known. */
int timeline_bare_fault(struct timeline *timeline, __u32 number);
int timeline_bare_signal(struct timeline *timeline, __u32 number);

#endif /* HFT_TIMELINE_PRIVATE_H */
