/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each CPU did, from the records of its ring. Intervals come as one
 * record at their end, children before parents: an interval owns those of its
 * ticks that no interval before it has owned, so every tick is charged once.
 */
#ifndef HFT_TIMELINE_H
#define HFT_TIMELINE_H

#include <hftrace-reader.h>
#include <stdbool.h>

struct causes;
struct tasks;
struct timeline;

/* A stretch of time that belongs to one interval. */
struct piece {
	__u32 line;
	__u32 culprit;
	__u64 start;
	__u64 end;
	__u64 interval;		/* numbers the interval; 0: one that was counted before */
};

/* An interval as a whole. */
struct interval {
	__u32 line;
	__u32 culprit;
	__u64 start;
	__u64 end;
	__u64 net;		/* ticks of its own, without other tasks that ran meanwhile */
	bool cut;		/* its duration is not known */
};

struct timeline_watcher {
	void *context;
	/* Each returns 0, or what timeline_feed() shall return. NULL: not wanted. */
	int (*piece)(void *context, const struct piece *piece);
	/*
	 * In user mode, while an interrupt was on its way: since it was sent. The CPU may
	 * have run on, or stood still; a hypervisor takes that long to deliver some.
	 */
	int (*delivery)(void *context, const struct piece *piece);
	int (*interval)(void *context, const struct interval *interval);
	/* A kernel visit with all that was inside; interval() gets its rest. */
	int (*visit)(void *context, const struct interval *visit);
};

/*
 * `lines` timelines, numbered like the reader's rings; those of user rings stay
 * empty. `hz`: ticks per second. What is passed is borrowed.
 */
int timeline_open(struct timeline **timeline, const char *recording, __u32 lines, double hz,
		  struct causes *causes, struct tasks *tasks,
		  const struct timeline_watcher *watcher);
void timeline_close(struct timeline *timeline);

/*
 * A record of the kernel ring `line`, in time order over all rings; `cpu` is
 * the ring's. 0, -ENOMEM, or what the watcher returned.
 */
int timeline_feed(struct timeline *timeline, __u32 line, __s32 cpu,
		  const struct hft_record *record);

/* At the end: what waited for a record that does not come. The same results. */
int timeline_finish(struct timeline *timeline);

/* Whether the line has had a kernel visit. */
bool timeline_has_visits(const struct timeline *timeline, __u32 line);

#endif /* HFT_TIMELINE_H */
