/* SPDX-License-Identifier: LGPL-2.1 */
/* What the parts of demo-judge share. All times are clock ticks. */
#ifndef DEMO_JUDGE_H
#define DEMO_JUDGE_H

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>

/* ---- judge_acts.c: the truth */

/* A line of the mischief's log. */
struct judge_act {
	char kind[16];
	char comm[16];
	__u64 start, end;
	__u64 address, bytes;
	int tid, irq;
	int set_aside;		/* its times are not exact: the mischief's CPU was not run */
};

/* A line of steal.csv: the machine below did not run that CPU. */
struct judge_steal {
	__u64 start, end;
};

/* Those of one CPU, by start. */
struct judge_steals {
	struct judge_steal *steal;
	size_t count;
};

struct judge_truth {
	struct judge_act *acts;		/* by start */
	size_t acts_count;
	__u64 longest_act;
	struct judge_steals steals;	/* of the engine's CPU */
	struct judge_steals mischief;	/* of the mischief's, but when it slept */
};

/* Both: 0 or -errno, with a line on stderr. `sleeps`: lines of kind "wait" as well. */
int judge_read_acts(struct judge_truth *truth, const char *path);
int judge_read_steals(struct judge_steals *steals, const char *path, int cpu, int sleeps);
void judge_free_truth(struct judge_truth *truth);

/* Sets acts aside in which the mischief's CPU was not run for more than `ticks`. */
void judge_set_aside(struct judge_truth *truth, __u64 ticks);

/* Ticks of [start, end] in which the CPU was not run. */
__u64 judge_stolen(const struct judge_steals *steals, __u64 start, __u64 end);

/* What the named cause and culprit must be for this act. */
int judge_cause_fits(const struct judge_act *act, const char *cause, const char *culprit);
int judge_culprit_fits(const struct judge_act *act, const char *cause, const char *culprit);

/* ---- judge_json.c: the explanation */

struct judge_part {
	char cause[128];
	char culprit[128];
	__u64 ticks;
};

struct judge_explained {
	__u64 id, start, end;
	size_t first_part, parts_count;	/* in judge_explanation.parts */
};

struct judge_explanation {
	struct judge_explained *spans;	/* by start */
	size_t spans_count;
	struct judge_part *parts;
	size_t parts_count;
};

/* 0 or -errno, with a line on stderr. */
int judge_read_explanation(struct judge_explanation *explanation, const char *path);
void judge_free_explanation(struct judge_explanation *explanation);

/* ---- judge_spans.c: the recording */

struct judge_span {
	__u64 id, start, end;
};

struct judge_recording {
	struct judge_span *spans;	/* by start */
	size_t spans_count;
	double hz;			/* ticks per second */
};

/* 0 or -errno, with a line on stderr. */
int judge_read_recording(struct judge_recording *recording, const char *path, const char *name);
void judge_free_recording(struct judge_recording *recording);

/* ---- judge_verdict.c */

struct judge_case {
	struct judge_truth truth;
	struct judge_recording recording;
	struct judge_explanation explanation;
	double over_us;		/* a span is slow when it took so much more than the median */
	unsigned int percent;	/* of slow spans that must be explained rightly */
	int list_wrong;
};

/* Prints tables; 1 when the explanation holds, 0 when not. */
int judge_decide(const struct judge_case *judged);

/* `array` holds `count` elements of `size`: room for one more, or NULL. */
void *judge_grow(void *array, size_t count, size_t size);

#endif
