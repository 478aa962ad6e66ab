/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hftrace top: rings read while they are written, their ledger shown interval by
 * interval. A run of the recorder that stores nothing: its arming, lease and
 * facts are the recorder's.
 */
#ifndef HFT_TOP_H
#define HFT_TOP_H

#include <limits.h>

#include "lib/ledger.h"
#include "lib/recorder_run.h"
#include "lib/top_rows.h"

struct top_options {
	struct recorder_options recorder;
	__u64 interval_ns;
	bool batch;		/* tables on stdout, no terminal */
	bool json;
	__u64 times;		/* intervals, 0: until it is stopped */
};

/* A traced CPU in the last interval. */
struct top_cpu {
	__s32 cpu;
	bool visits_known;	/* kernel visits were ever seen */
	__u64 visits;
	__u64 visits_ticks;
	__u64 switches;
	double own_ppm;		/* what hftrace's hooks took; negative: not known */
	bool untimed;		/* of some hooks that is not known */
	bool cut;		/* the governor has disarmed some */
	struct top_row **of_culprit;	/* the ledger's numbers -> rows, NULL: not yet looked for */
	size_t culprits;
};

struct top_ring {
	bool is_cpu;
	struct top_row **of_name;	/* by name there; NULL: not yet looked for */
};

struct top {
	const struct top_options *options;
	struct recorder recorder;
	char place[PATH_MAX];	/* of recordings that last as long as this program */
	char path[PATH_MAX + 16];	/* the one whose facts name who and what */
	struct hft_reader *reader;	/* NULL: there is nothing to read yet */
	struct ledger *ledger;	/* NULL: the kernel is not watched */
	size_t ledger_rings;	/* that it knows */
	struct top_ring *ring;
	size_t rings;
	size_t rings_first;	/* when the reader was opened */
	__u64 evicted;		/* rows->evicted when rows were looked for */
	struct top_rows rows;
	struct top_cpu *cpu;
	size_t cpus;
	double hz;
	__u64 reset_at;		/* ticks when counting began */
	__u64 since;		/* ticks when the interval began */
	__u64 shown_at;		/* the last interval that is over: its end */
	double seconds;		/* its length */
	__u64 lost;		/* slots, since counting began */
	__u64 lost_before;	/* of readers before this one; negative: before counting began */
	char lost_ring[64];	/* where most were */
	struct cost cost;	/* at the last interval's end */
	double own_share;	/* of a CPU, that this program took in the interval */
	__u64 own_ns;
};

/* top_read.c: the live rings. Each 0 or -errno. */
int top_read_open(struct top *top);
void top_read_close(struct top *top);
int top_read_refresh(struct top *top);	/* processes and threads that came */
int top_read_on(struct top *top, bool *more);	/* some of what there is */
int top_read_reset(struct top *top);	/* counts anew */
/* There are too many rings or names for more: the interval is to end, which renews them. */
bool top_read_full(const struct top *top);
int top_read_renew(struct top *top);
void top_read_forget(struct top *top);	/* rows that were looked for: some have gone */

/* top_interval.c: begins the first interval; ends one, and begins the next. 0 or -errno. */
int top_interval_begin(struct top *top);
int top_interval(struct top *top);

/* top_outlier.c: what the last outlier of a row was made of, told by explain and dump. */
struct top_outlier_text;

/* 0 or -errno. */
int top_outlier_open(struct top *top, const struct top_row *row, struct top_outlier_text **told);
/* Goes on; 1: there is more text; 0: nothing new; -errno. */
int top_outlier_more(struct top_outlier_text *told);
const char *top_outlier_lines(const struct top_outlier_text *told);
void top_outlier_close(struct top_outlier_text *told);

/* top_print.c: the last interval on stdout. */
void top_print(struct top *top);
void top_print_json(struct top *top);

/* top_view.c, top_keys.c: the last interval on a screen, and its keys. */
struct top_view;

int top_view_open(struct top_view **view, struct top *top);	/* as screen_open() */
void top_view_close(struct top_view *view);
bool top_view_frozen(const struct top_view *view);
int top_view_draw(struct top_view *view);
/*
 * Takes the keys that were pressed, and draws what they changed. False: one was to quit, or
 * the terminal has gone. *err: 0 or -errno.
 */
bool top_view_keys(struct top_view *view, int *err);

/* top.c: all of it. enum hft_exit. */
int top_run(const struct top_options *options, struct recorder_plan *plan);

/* top_interval.c: in ns; and a second, in the last interval. */
double top_ns(const struct top *top, __u64 ticks);
double top_a_second(const struct top *top, double value);
__s64 top_realtime(const struct top *top, __u64 ticks);	/* ns since the epoch */

/* A line on a CPU; one on what was lost and what this program took. Each returns `text`. */
#define TOP_CPU_TEXT 256
const char *top_cpu_text(const struct top *top, const struct top_cpu *cpu,
			 char text[TOP_CPU_TEXT]);
const char *top_losses_text(const struct top *top, char text[TOP_CPU_TEXT]);

#endif /* HFT_TOP_H */
