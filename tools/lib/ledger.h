/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The isolation ledger: per CPU and cause how often the kernel had it, for how
 * long, and which tasks ran there.
 */
#ifndef HFT_LEDGER_H
#define HFT_LEDGER_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/causes.h"
#include "lib/cpus.h"
#include "lib/histogram.h"
#include "lib/stretch.h"
#include "lib/wakeups.h"

struct ledger;

/* Something that came to a traced CPU, or a task's turn there, or its wait for the CPU. */
struct ledger_moment {
	__s32 cpu;
	__u32 culprit;		/* in particular; of a wait who had the CPU when it ended */
	__u32 row;		/* its row in the ledger; CULPRIT_NONE: of a wait */
	__u32 waiter;		/* TASK_NONE: it is no wait */
	__u32 waker;		/* of a wait; TASK_NONE: an interrupt */
	__u64 start;
	__u64 ticks;		/* as the ledger counts them */
};

/* One row: a culprit on one CPU. Times in ticks, net of what nested inside. */
struct ledger_entry {
	__u32 culprit;
	__u64 cut;		/* counted, but how long they took is not known */
	struct histogram net;
	struct stretch worst;	/* the one that took most; if none has a length, the first */
	__u64 most;		/* ticks of it */
};

/* What one CPU did since the start or the last ledger_reset(). */
struct ledger_cpu {
	__s32 cpu;
	bool has_ring;		/* something was recorded there */
	bool visits;		/* kernel visits were ever seen */
	__u64 switches;
	struct stretch switched;	/* the first */
	struct histogram visit;	/* whole visits, but for what others ran meanwhile */
	struct stretch longest_visit;
	struct ledger_entry **entry;	/* largest total first after ledger_sort() */
	size_t entries;
	struct ledger_entry **by_culprit;
	size_t culprits;
	struct wakeups wakeups;
};

/* 0 or -errno. */
int ledger_open(struct ledger **ledger, const char *recording, const struct hft_reader *reader,
		const struct cpus *cpus);
void ledger_close(struct ledger *ledger);

/* Every record of the kernel rings, in time order; then the end. 0 or -ENOMEM. */
int ledger_feed(struct ledger *ledger, const struct hft_record *record);
int ledger_finish(struct ledger *ledger, __u64 end);

/* Time begins here: what a task that runs already does before does not count. */
void ledger_begin(struct ledger *ledger, __u64 start);

/* Each moment whose length is known goes there, too: 0, or what ledger_feed() shall return. */
void ledger_watch(struct ledger *ledger,
		  int (*take)(void *context, const struct ledger_moment *moment), void *context);

/* Orders the entries, counts anew. */
void ledger_sort(struct ledger *ledger);
void ledger_reset(struct ledger *ledger);

size_t ledger_cpus(const struct ledger *ledger);
const struct ledger_cpu *ledger_cpu(const struct ledger *ledger, size_t index);
struct causes *ledger_causes(struct ledger *ledger);
struct tasks *ledger_tasks(struct ledger *ledger);

#endif /* HFT_LEDGER_H */
