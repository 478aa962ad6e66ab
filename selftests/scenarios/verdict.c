// SPDX-License-Identifier: GPL-2.0
/* scenarios-judge: the table of the scenario suite, and whether its bounds hold. */
#include <stdlib.h>
#include <string.h>

#include "instances.h"

const char *const judge_name = "scenarios-judge";

const char *const judge_usage =
	"usage: scenarios-judge [OPTION]... RECORDING MISCHIEF EXPLANATION\n"
	"\n"
	"For each act in the log MISCHIEF of scenarios-mischief, takes the span of RECORDING\n"
	"that it slowed down most. In EXPLANATION, which \"hftrace explain --json\" printed, the\n"
	"act must be the first cause of what the span took above those near it, by its culprit.\n"
	"Time that RECORDING/facts/steal.csv says the machine below took is set apart, and so are\n"
	"acts and spans in which it did not run the CPU.\n"
	"\n"
	"  -c CPU        the victim's; 1 unless given\n"
	"  -k CPU        the mischief's; 0 unless given\n"
	"  -n NAME       of the spans; work unless given\n"
	"  -o US         slow is so much above what is typical then; 10 unless given\n"
	"  -p PERCENT    of the instances that must have the right cause, and the right culprit;\n"
	"                95 unless given\n"
	"  -m COUNT      of each kind that must be right, besides; 20 unless given\n"
	"  -u PERCENT    of the excess time that may be unexplained; 5 unless given\n"
	"  -v            list the instances that are wrong\n"
	"\n"
	"Exit code: 0 it holds, 2 it does not, 1 something could not be read.\n"
	"\n"
	"example:\n"
	"  scenarios-judge -v scenarios.hft mischief.csv explain.json\n";

const struct judge_case judge_defaults = {
	.over_us = 10, .aside_us = 500, .percent = 95, .count = 20, .unexplained = 5,
};

const char *const judge_spans_name = "work";

#define KINDS_MAX	64
#define ALARMS_MAX	2	/* % of the quiet spans */

struct row {
	const char *kind;
	unsigned int acts, aside, not_felt, judged, causes, culprits;
	__u64 excess, unexplained;
};

static struct row *row_of(struct row *rows, const char *kind)
{
	int i;

	for (i = 0; i < KINDS_MAX - 2 && rows[i].kind && strcmp(rows[i].kind, kind); i++)
		;
	rows[i].kind = kind;
	return &rows[i];
}

static void count(struct row *row, const struct instance *instance)
{
	row->acts++;
	row->aside += instance->state == INSTANCE_ASIDE;
	row->not_felt += instance->state == INSTANCE_NOT_FELT;
	if (instance->state != INSTANCE_JUDGED)
		return;
	row->judged++;
	row->causes += instance->fits > 0;
	row->culprits += instance->fits > 1;
	row->excess += instance->excess;
	row->unexplained += instance->unexplained;
}

static double share(double part, double all)
{
	return all > 0 ? 100 * part / all : 0;
}

static void print_row(const struct judge_case *judged, const struct row *row)
{
	printf("%-12s %9u %9u %8u %6u %11.1f %% %11.1f %% %12.1f %10.1f %%\n", row->kind, row->acts,
	       row->aside, row->not_felt, row->judged, share(row->causes, row->judged),
	       share(row->culprits, row->judged),
	       row->judged ? judge_us(judged, row->excess) / row->judged : 0,
	       share(row->unexplained, row->excess));
}

static int hold(const char *what, int holds)
{
	if (!holds)
		printf("does not hold: %s\n", what);
	return holds;
}

static int judge_rows(const struct judge_case *judged, const struct row *rows)
{
	struct row all = { .kind = "all" };
	int i, enough = 1;

	printf("%-12s %9s %9s %8s %6s %13s %13s %12s %12s\n", "kind", "instances", "set aside",
	       "not felt", "judged", "right cause", "right culprit", "excess us", "unexplained");
	for (i = 0; rows[i].kind; i++) {
		const struct row *row = &rows[i];

		print_row(judged, row);
		enough &= row->culprits >= judged->count;
		all.acts += row->acts;
		all.aside += row->aside;
		all.not_felt += row->not_felt;
		all.judged += row->judged;
		all.causes += row->causes;
		all.culprits += row->culprits;
		all.excess += row->excess;
		all.unexplained += row->unexplained;
	}
	print_row(judged, &all);
	enough = hold("enough instances of each kind are right", enough && all.judged);
	enough &= hold("right cause", 100ULL * all.causes >= (__u64)judged->percent * all.judged);
	enough &= hold("right culprit",
		       100ULL * all.culprits >= (__u64)judged->percent * all.judged);
	return enough & hold("unexplained",
			     share(all.unexplained, all.excess) < judged->unexplained);
}

static int judge_quiet(const struct judge_case *judged)
{
	struct quiet quiet;

	instances_count_quiet(judged, &quiet);
	printf("\nspans in which nothing was done: %zu, slow %zu, blamed %zu (%.2f %%)\n",
	       quiet.spans, quiet.slow, quiet.alarms, share(quiet.alarms, quiet.spans));
	return hold("false alarms",
		    quiet.spans && share(quiet.alarms, quiet.spans) < ALARMS_MAX);
}

static int judge_sums(const struct judge_case *judged)
{
	size_t odd = instances_count_odd(judged);

	printf("explained spans: %zu, parts do not add up in %zu\n",
	       judged->explanation.spans_count, odd);
	return hold("the parts add up", !odd);
}

static void print_stolen(const struct judge_case *judged)
{
	const struct judge_recording *recording = &judged->recording;
	__u64 start = recording->spans[0].start;
	__u64 end = recording->spans[recording->spans_count - 1].end;
	__u64 stolen = judge_stolen(&judged->truth.preempted, start, end);
	size_t i, apart = 0;

	for (i = 0; i < recording->spans_count; i++)
		apart += instances_stolen(judged, &recording->spans[i]);
	printf("the emulator's CPU was not run %.1f ms of %.1f ms, in %zu spans: set apart\n",
	       judge_us(judged, stolen) / 1000, judge_us(judged, end - start) / 1000, apart);
}

static void print_wrong(const struct judge_case *judged, const struct instance *instances,
			size_t count)
{
	size_t i;

	printf("\n%-12s %10s %10s %12s  %s\n", "wrong", "span", "excess us", "us of it",
	       "explained by");
	for (i = 0; i < count; i++) {
		const struct instance *instance = &instances[i];

		if (instance->state != INSTANCE_JUDGED || instance->fits > 1)
			continue;
		printf("%-12s %10llu %10.1f %12.1f  %s %s\n", instance->act->kind,
		       (unsigned long long)instance->span->id,
		       judge_us(judged, instance->excess),
		       judge_us(judged, instance->answer.ticks),
		       instance->answer.cause ? instance->answer.cause : "(none)",
		       instance->answer.cause ? instance->answer.culprit : "");
	}
}

int judge_decide(const struct judge_case *judged)
{
	struct row rows[KINDS_MAX] = {};
	struct instance *instances;
	size_t i, found;
	int holds;

	instances = instances_find(judged, &found);
	if (!instances)
		return 0;
	for (i = 0; i < found; i++)
		count(row_of(rows, instances[i].act->kind), &instances[i]);
	holds = judge_rows(judged, rows);
	holds &= judge_quiet(judged);
	holds &= judge_sums(judged);
	print_stolen(judged);
	if (judged->list_wrong)
		print_wrong(judged, instances, found);
	free(instances);
	printf("\n%s\n", holds ? "passed" : "failed");
	return holds;
}
