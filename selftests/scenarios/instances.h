/* SPDX-License-Identifier: GPL-2.0 */
/* Acts one by one: which spans each slowed down, and what those were explained by. */
#ifndef SCENARIOS_INSTANCES_H
#define SCENARIOS_INSTANCES_H

#include <judge.h>

/* An act, judged by the span that it slowed down most. */
struct instance {
	const struct judge_act *act;
	const struct judge_span *span;	/* NULL: see `state` */
	enum instance_state {
		INSTANCE_JUDGED,
		INSTANCE_ASIDE,		/* the machine below did not run a CPU then */
		INSTANCE_NOT_FELT,	/* no span was slower for it */
	} state;
	struct judge_answer answer;
	__u64 excess;		/* ticks above what is typical, less what was stolen */
	__u64 unexplained;	/* of them in user mode, where nothing was done to the code */
	int fits;		/* as of judge_fits() */
};

/* Spans in which nothing was done, and the machine below ran the CPU. */
struct quiet {
	size_t spans, slow;
	size_t alarms;		/* slow ones that were blamed on something */
};

/* An instance for each act of the recording's time, malloc'ed; NULL without memory. */
struct instance *instances_find(const struct judge_case *judged, size_t *count);

void instances_count_quiet(const struct judge_case *judged, struct quiet *quiet);

/* Whether the machine below took so much of a span that its time says nothing. */
int instances_stolen(const struct judge_case *judged, const struct judge_span *span);

/* Explained spans whose parts do not add up to their length, in ticks. */
size_t instances_count_odd(const struct judge_case *judged);

#endif
