/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of hftrace top: a cause on a CPU, or spans of a name, each with what it
 * took in the last interval and since the start. Of bounded number: when there
 * are too many, those that were quiet longest go.
 */
#ifndef HFT_TOP_ROWS_H
#define HFT_TOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "lib/causes.h"
#include "lib/histogram.h"

#define TOP_ROWS_MAX	2048U
#define TOP_TREND	16U	/* intervals that are remembered */

/* One that took long; zeros: none. */
struct top_outlier {
	__u64 ticks;		/* of a cause without what nested inside */
	__u64 start;
	__u64 end;
};

struct top_row {
	bool is_span;
	__s32 cpu;		/* of a cause */
	enum cause cause;
	char *text;		/* who or what; a span's name */
	char *advice;		/* what may be done about a cause; NULL */
	__u64 count;		/* in the last interval */
	__u64 ticks;
	__u64 max;
	__u64 trend[TOP_TREND];	/* the newest last: ticks of a cause, the longest span */
	__u64 counted;		/* since the start, up to there */
	__u64 taken;
	__u64 active;		/* number of the last interval in which it occurred */
	struct top_outlier worst;	/* since the start */
	struct top_outlier last;	/* of the last interval that had one */
	__u64 p50;			/* of spans, since the start, up to the last interval */
	__u64 p99;
	__u64 p999;
	struct histogram duration;	/* all that have ended */
	struct top_outlier slowest;	/* of spans, in the interval that is not over yet */
	__u64 spans;			/* the same: their number */
	__u64 spans_ticks;
};

struct top_rows {
	struct top_row *row[TOP_ROWS_MAX];
	size_t count;
	__u64 interval;		/* number of the one that goes on */
	__u64 evicted;		/* rows that went: whoever has pointers looks for them anew */
};

void top_rows_uninit(struct top_rows *rows);	/* or starts again */

/* The row of a cause or of spans, made if it is new; NULL: out of memory. */
struct top_row *top_rows_find(struct top_rows *rows, bool is_span, __s32 cpu, enum cause cause,
			      const char *text);

/* A span that has ended. 0 or -ENOMEM. */
int top_row_span(struct top_row *row, __u64 start, __u64 end);

/* What a cause took in the interval that ends; its longest may not be known. */
void top_row_add(struct top_rows *rows, struct top_row *row, __u64 count, __u64 ticks,
		 const struct top_outlier *longest);

/* Before the causes of an interval are added; and behind them, which adds its spans. */
void top_rows_begin(struct top_rows *rows);
void top_rows_end(struct top_rows *rows);

enum top_sort {
	TOP_BY_TIME,
	TOP_BY_COUNT,
	TOP_BY_MAX,
	TOP_BY_NAME,
	TOP_SORTS
};

/* Causes of a CPU, or spans, sorted: returns how many; `shown` has room for TOP_ROWS_MAX. */
size_t top_rows_sorted(const struct top_rows *rows, bool spans, __s32 cpu, enum top_sort sort,
		       struct top_row **shown);

#endif /* HFT_TOP_ROWS_H */
