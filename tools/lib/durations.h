/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long the spans of each name took, and intervals of the kernel, by what
 * they are: each interrupt line, softirq, system call, probe.
 */
#ifndef HFT_DURATIONS_H
#define HFT_DURATIONS_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/cpus.h"
#include "lib/histogram.h"
#include "lib/json.h"
#include "lib/records.h"

struct duration {
	__u16 type;
	__s64 number;		/* what tells it apart in its type; of names: in its process */
	char *name;		/* "tick_to_order", "irq 34" */
	struct histogram ticks;	/* fine */
	__u64 cut;		/* whose beginning was not seen: counted here alone */
};

/* Set the first five, the rest is zero at first. */
struct durations {
	const struct hft_reader *reader;
	const struct record_types *types;
	const char *span;	/* NULL: spans of any name */
	const struct cpus *cpus;	/* NULL: any */
	const char *machine;	/* "x86_64", for the names of system calls */
	const __s32 *tgids;	/* of spans; with none: any */
	size_t tgids_count;
	struct duration *at;
	size_t count;
	__u8 *chosen;		/* by ring: whose it is, if it is wanted at all */
	__u32 prepared;		/* of `chosen` */
	__u32 **known;		/* by ring and a name's number: index in `at` + 1 */
	__u32 rings;
};

/*
 * Looks at the rings that there are, where that cannot be done as records come: while
 * another thread reads them. 0 or -ENOMEM.
 */
int durations_prepare(struct durations *durations);

/* Any record. 0 or -ENOMEM. */
int durations_feed(struct durations *durations, const struct hft_record *record);

/* Empties the histograms, keeps the names. */
void durations_reset(struct durations *durations);
void durations_uninit(struct durations *durations);

/* By type and name. Only between or after all records. */
void durations_sort(struct durations *durations);

/* "spans", "irq", "calls": what there are several of. */
const char *duration_kind(const struct duration *duration);

/*
 * Percentiles with their intervals, and a picture; 80 columns. `unit`: ns in a
 * tick. JSON: an object of an open array.
 */
void duration_print(const struct duration *duration, double unit, FILE *file);
void duration_json(const struct duration *duration, double unit, struct json *json);

#endif /* HFT_DURATIONS_H */
