/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether arming, reading and disarming add anything to a CPU: windows with
 * and without, in turn, and what the kernel counted in each.
 */
#ifndef HFT_AUDIT_H
#define HFT_AUDIT_H

#include <stdbool.h>
#include <hftrace-reader.h>
#include "lib/counts.h"
#include "lib/device.h"
#include "lib/tracing.h"

#define AUDIT_PAIRS	14U	/* of windows, at least */
#define AUDIT_PAIRS_MAX	(3 * AUDIT_PAIRS)
#define AUDIT_ERROR	0.01	/* of blaming hftrace wrongly, over all counts of all CPUs */

struct audit_options {
	struct cpus cpus;
	__u64 cycles;		/* at least so many */
	__u64 duration_ns;	/* of all windows of the least number of pairs */
	double limit;		/* per cycle: what must not be able to hide in the noise */
	bool tracefs;
};

enum audit_verdict {
	AUDIT_NONE,		/* it never happened */
	AUDIT_WITHIN,		/* no more than in the windows without */
	AUDIT_CHANCE,		/* more in some window, by chance, and the limit could not hide */
	AUDIT_ADDED,
	AUDIT_UNCLEAR,		/* more than without, but not more than chance would do */
	AUDIT_NOISY,		/* as without, but more than the limit could hide */
	AUDIT_VERDICTS
};

/* What came of one count of one CPU. */
struct audit_result {
	size_t row;
	size_t column;
	__u64 low[2], high[2];	/* of a window: without, with */
	double added;		/* per cycle, on average */
	double hidden;		/* per cycle: more than that would have been seen */
	double chance;		/* that it is as much by chance */
	enum audit_verdict verdict;
};

struct audit_pair {
	__u64 cycles;
	struct reading grown[2];	/* without, with */
};

struct audit {
	const struct audit_options *options;
	struct device device;
	struct hft_reader *reader;
	struct arming arming;
	struct cpus rings;	/* that are read: the culprits' too */
	struct counts counts;
	struct tracing tracing;
	bool traced;
	struct audit_pair pair[AUDIT_PAIRS_MAX];
	unsigned int pairs;
	__u64 cycles;
	__u64 records;		/* that were read in the windows with */
	__u64 ours;		/* events that tracefs blames on hftrace */
	struct audit_result *result;
	size_t results;
};

/* Opens everything, says what is wrong. enum hft_exit. */
int audit_open(struct audit *audit, const struct audit_options *options);
void audit_close(struct audit *audit);

/* Measures, until all is clear or it has gone on for three times as long. enum hft_exit. */
int audit_run(struct audit *audit);

/* audit_cycle.c: arms; reads, filters, disarms, as the cycle's number says. 0 or -errno. */
int audit_cycle_begin(struct audit *audit);
int audit_cycle_end(struct audit *audit, __u64 number);

/* audit_judge.c: makes result[]. True: nothing that a longer run could make clear. 0, 1, -ENOMEM */
int audit_judge(struct audit *audit);
enum audit_verdict audit_verdict_of(const struct audit *audit, size_t column);

/* audit_print.c */
void audit_print(const struct audit *audit);
void audit_json(const struct audit *audit);

#endif /* HFT_AUDIT_H */
