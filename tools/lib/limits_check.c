// SPDX-License-Identifier: GPL-2.0
/* Holds limits against what was measured. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/limits.h"

static int add_result(struct limits_check *check, const struct limit *limit, int cpu, __u32 name,
		      struct limit_result **added)
{
	struct limit_result *grown;

	grown = realloc(check->result, (check->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	check->result = grown;
	*added = &grown[check->count++];
	**added = (struct limit_result){ .limit = limit, .cpu = cpu, .name = name };
	return 0;
}

/* CPUs that no section names. */
static void find_others(const struct limits *limits, const struct cpus *traced,
			struct cpus *others)
{
	size_t i;

	*others = *traced;
	for (i = 0; i < limits->sections; i++)
		cpus_without(others, others, &limits->section[i].cpus);
}

/* One for each CPU that a limit is for. */
static int add_cpus(struct limits_check *check, const struct limit *limit,
		    const struct cpus *others)
{
	const struct limit_section *section = &check->limits->section[limit->section];
	const struct cpus *cpus = section->others ? others : &section->cpus;
	struct limit_result *result;
	int cpu, err;

	for (cpu = cpus_next(cpus, 0); cpu >= 0; cpu = cpus_next(cpus, cpu + 1)) {
		bool traced = cpus_has(check->subject->traced, (unsigned int)cpu);

		if (traced && !cpus_has(check->subject->chosen, (unsigned int)cpu))
			continue;
		err = add_result(check, limit, cpu, 0, &result);
		if (err)
			return err;
		if (traced)
			continue;
		result->verdict = LIMIT_NOT_MEASURED;
		snprintf(result->why, sizeof(result->why), "this CPU was not traced");
	}
	return 0;
}

int limits_check_open(struct limits_check *check, const struct limits *limits,
		      const struct limits_subject *subject)
{
	struct cpus others;
	int err = 0;
	size_t i;

	memset(check, 0, sizeof(*check));
	check->limits = limits;
	check->subject = subject;
	find_others(limits, subject->traced, &others);
	for (i = 0; i < limits->count && !err; i++)
		if (limits->limit[i].kind)
			err = add_cpus(check, &limits->limit[i], &others);
	return err;
}

void limits_check_close(struct limits_check *check)
{
	free(check->result);
	memset(check, 0, sizeof(*check));
}

/* ----------------------------------------------------------------- periods */

static void judge(struct limit_result *result, const struct limit_amount *amount,
		  const struct period *period)
{
	const struct limit *limit = result->limit;
	double figure = limits_figure(limit, amount, period);

	if (limit->figure != LIMIT_COUNT && amount->count && !amount->timed)
		result->lengthless = true;
	if (!result->count || figure > result->figure) {
		result->figure = figure;
		result->count = amount->count;
		result->worst = amount->worst;
	}
	if (figure > limit->bound)
		result->verdict = LIMIT_EXCEEDED;
}

static const struct ledger_cpu *find_cpu(const struct limits_check *check, int cpu)
{
	size_t i;

	for (i = 0; i < ledger_cpus(check->subject->ledger); i++)
		if (ledger_cpu(check->subject->ledger, i)->cpu == cpu)
			return ledger_cpu(check->subject->ledger, i);
	return NULL;
}

static int judge_cpu(struct limits_check *check, struct limit_result *result,
		     const struct period *period)
{
	const struct limit *limit = result->limit;
	const struct ledger_cpu *cpu = find_cpu(check, result->cpu);
	struct limit_amount amount = { 0 };
	int err;

	if (!cpu)
		return 0;
	err = limits_amount(&amount, limit->kind, limit->name, check->subject->ledger, cpu);
	if (!err)
		judge(result, &amount, period);
	histogram_uninit(&amount.net);
	return err;
}

static int find_span_result(struct limits_check *check, const struct limit *limit, __u32 name,
			    struct limit_result **found)
{
	size_t i;

	for (i = 0; i < check->count; i++) {
		*found = &check->result[i];
		if ((*found)->limit == limit && (*found)->name == name)
			return 0;
	}
	return add_result(check, limit, -1, name, found);
}

static int judge_spans(struct limits_check *check, const struct limit *limit,
		       const struct period *period)
{
	const struct spans *spans = check->subject->spans;
	struct limit_result *result;
	__u32 i;
	int err;

	for (i = 0; i < spans->names; i++) {
		const struct span_name *name = &spans->name[i];
		struct limit_amount amount = {
			.count = name->duration.count, .timed = name->duration.count,
			.net = name->duration, .worst = name->longest,
		};

		if (!amount.count ||
		    (strcmp(limit->name, name->text) && fnmatch(limit->name, name->text, 0)))
			continue;
		err = find_span_result(check, limit, i, &result);
		if (err)
			return err;
		judge(result, &amount, period);
	}
	return 0;
}

int limits_check_period(struct limits_check *check, const struct period *period)
{
	size_t i;
	int err = 0;

	for (i = 0; i < check->count && !err; i++)
		if (check->result[i].cpu >= 0 && check->result[i].verdict != LIMIT_NOT_MEASURED)
			err = judge_cpu(check, &check->result[i], period);
	for (i = 0; i < check->limits->count && !err; i++)
		if (!check->limits->limit[i].kind)
			err = judge_spans(check, &check->limits->limit[i], period);
	return err;
}

/* ------------------------------------------------------------- not measured */

/* What exceeds its limit does so, whatever else may be missing. */
static void doubt(struct limits_check *check, struct limit_result *result,
		  const struct limits_measured *measured)
{
	if (result->verdict != LIMIT_HELD || result->cpu < 0)
		return;
	if (limits_unmeasured(measured, result->limit->kind, find_cpu(check, result->cpu),
			      check->subject->cost, result->why, sizeof(result->why))) {
		result->verdict = LIMIT_NOT_MEASURED;
	} else if (result->lengthless) {
		result->verdict = LIMIT_NOT_MEASURED;
		snprintf(result->why, sizeof(result->why),
			 "counted, but how long it took was not recorded");
	}
}

static bool has_result(const struct limits_check *check, const struct limit *limit)
{
	size_t i;

	for (i = 0; i < check->count; i++)
		if (check->result[i].limit == limit)
			return true;
	return false;
}

int limits_check_finish(struct limits_check *check)
{
	struct limits_measured measured;
	struct limit_result *result;
	size_t i;
	int err;

	limits_measured(&measured, check->subject->recording);
	for (i = 0; i < check->count; i++)
		doubt(check, &check->result[i], &measured);
	for (i = 0; i < check->limits->count; i++) {
		const struct limit *limit = &check->limits->limit[i];

		if (limit->kind || has_result(check, limit))
			continue;
		err = add_result(check, limit, -1, SPAN_NONE, &result);
		if (err)
			return err;
		result->verdict = LIMIT_NOT_MEASURED;
		snprintf(result->why, sizeof(result->why), "no span of this name was recorded");
	}
	return 0;
}

size_t limits_check_count(const struct limits_check *check, enum limit_verdict verdict)
{
	size_t i, count = 0;

	for (i = 0; i < check->count; i++)
		count += check->result[i].verdict == verdict;
	return count;
}
