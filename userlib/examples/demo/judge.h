/* SPDX-License-Identifier: LGPL-2.1 */
/* What the parts of a judge share. All times are clock ticks. */
#ifndef DEMO_JUDGE_H
#define DEMO_JUDGE_H

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>

/* ---- judge_acts.c: the truth */

/* A line of the mischief's log. */
struct judge_act {
	char kind[16];
	char comm[32];
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
	struct judge_steals preempted;	/* the same, but when it slept */
	struct judge_steals mischief;	/* of the mischief's, but when it slept */
};

/* Both: 0 or -errno, with a line on stderr. `sleeps`: lines of kind "wait" as well. */
int judge_read_acts(struct judge_truth *truth, const char *path);
int judge_read_steals(struct judge_steals *steals, const char *path, int cpu, int sleeps);
void judge_free_truth(struct judge_truth *truth);

/* Ticks of [start, end] in which the CPU was not run. */
__u64 judge_stolen(const struct judge_steals *steals, __u64 start, __u64 end);

/* What an act of a kind is explained by, rightly: a line for each cause that it has. */
struct judge_rule {
	const char *kind, *cause;
	const char *text;	/* that the culprit has in it; NULL: any */
	enum {
		JUDGE_NOBODY,	/* no culprit to be named beside */
		JUDGE_TASK,	/* the act's task */
		JUDGE_PAGES,	/* one of its pages */
		JUDGE_IRQ,	/* its interrupt */
	} who;
};

/* The program's: tables that end with kind NULL, NULL behind the last. */
extern const struct judge_rule *const judge_tables[];
extern const struct judge_rule judge_demo_rules[];

/* 0: by other things than this act; 1: its cause; 2: its culprit, too. */
int judge_fits(const struct judge_act *act, const char *cause, const char *culprit);

/* ---- judge_json.c: the explanation */

/* With the functions that a fault's instruction is inlined in, and their lines. */
#define JUDGE_CULPRIT	1024

struct judge_part {
	char cause[32];
	char culprit[JUDGE_CULPRIT];
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

/* The first span that ends behind `start`: those of one thread do not overlap. */
size_t judge_first_span(const struct judge_recording *recording, __u64 start);

/* The act is all in one span: there is no doubt which it hit. */
int judge_within_one(const struct judge_recording *recording, const struct judge_act *act);

/*
 * Sets other acts aside in which the mischief's CPU was not run for more than `ticks` and a tenth
 * of the rest.
 */
void judge_set_aside(struct judge_truth *truth, const struct judge_recording *recording,
		     __u64 ticks);

/* ---- judge_weigh.c: spans among others */

struct judge_case {
	struct judge_truth truth;
	struct judge_recording recording;
	struct judge_explanation explanation;
	double over_us;		/* a span is slow when it took so much more than is typical */
	double aside_us;	/* so long may the mischief not have been run in an act */
	unsigned int percent;	/* that must be explained rightly */
	unsigned int count;	/* of each kind that must be right, besides */
	unsigned int unexplained;	/* % of the excess time that may be */
	int list_wrong;

	/* By judge_find_typical(). */
	struct judge_typical *typical;
	size_t typical_count;
};

/* What undisturbed spans took about then; the emulator is not always equally fast. */
struct judge_typical {
	__u64 start;		/* of the first of them */
	__u64 length;
};

/* What the explanation puts first, above what a span costs anyway. */
struct judge_answer {
	const char *cause, *culprit;	/* NULL: not explained */
	__u64 ticks;
	__u64 culprit_ticks;	/* of the ticks, the named culprit's */
};

/* In user mode, be it called the span's own, its code's or unexplained. */
#define JUDGE_OWN	"own"

/* 0 or -errno. */
int judge_find_typical(struct judge_case *judged);

__u64 judge_typical(const struct judge_case *judged, const struct judge_span *span);
__u64 judge_length(const struct judge_span *span);
double judge_us(const struct judge_case *judged, __u64 ticks);

/* The first act that can reach `start`; those that overlap a span come behind it. */
size_t judge_first_act(const struct judge_truth *truth, __u64 start);
int judge_overlap(const struct judge_act *act, const struct judge_span *span);
int judge_is_disturbed(const struct judge_truth *truth, const struct judge_span *span);

/* NULL: the explanation is not of that span. */
const struct judge_explained *judge_find_explained(const struct judge_case *judged,
						   const struct judge_span *span);

/* All parts of one cause, less what is typical of JUDGE_OWN. */
struct judge_answer judge_sum(const struct judge_case *judged, const struct judge_span *span,
			      const char *cause);

/* The largest; `without` is no answer, NULL: all are. */
struct judge_answer judge_answer(const struct judge_case *judged, const struct judge_span *span,
				 const char *without);

/* ---- judge.c; what each program says for itself */

extern const char *const judge_name, *const judge_usage;
extern const struct judge_case judge_defaults;
extern const char *const judge_spans_name;	/* unless given */

/* Prints tables; 1 when the explanation holds, 0 when not. */
int judge_decide(const struct judge_case *judged);

/* `array` holds `count` elements of `size`: room for one more, or NULL. */
void *judge_grow(void *array, size_t count, size_t size);

#endif
