// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "instances.h"

#define STEAL		"steal"

/*
 * A span is set apart when it lost more than a twentieth of a typical one's time, and more than a
 * quarter of what it took above that: what steal leaves behind in the emulator is then small.
 */
#define TYPICAL_SHARE	20
#define EXCESS_SHARE	4

/* What is above the typical, but for what the explanation says was stolen and the witness saw. */
static __u64 excess_of(const struct judge_case *judged, const struct judge_span *span)
{
	__u64 length = judge_length(span), typical = judge_typical(judged, span);
	__u64 told = judge_sum(judged, span, STEAL).ticks;
	__u64 seen = judge_stolen(&judged->truth.steals, span->start, span->end);
	__u64 stolen = told < seen ? told : seen;

	return length > typical + stolen ? length - typical - stolen : 0;
}

int instances_stolen(const struct judge_case *judged, const struct judge_span *span)
{
	__u64 stolen = judge_stolen(&judged->truth.preempted, span->start, span->end);

	return stolen > judge_typical(judged, span) / TYPICAL_SHARE &&
	       stolen > excess_of(judged, span) / EXCESS_SHARE;
}

static int is_slow(const struct judge_case *judged, __u64 excess)
{
	return excess > judged->over_us / 1e6 * judged->recording.hz;
}

/* Another act is what the span is explained by, rightly. */
static int fits_another(const struct judge_case *judged, const struct judge_act *act,
			const struct judge_span *span, const struct judge_answer *answer)
{
	const struct judge_truth *truth = &judged->truth;
	size_t i;

	for (i = judge_first_act(truth, span->start);
	     i < truth->acts_count && truth->acts[i].start < span->end; i++)
		if (&truth->acts[i] != act && judge_overlap(&truth->acts[i], span) &&
		    judge_fits(&truth->acts[i], answer->cause, answer->culprit))
			return 1;
	return 0;
}

static void weigh(const struct judge_case *judged, struct instance *instance,
		  const struct judge_span *span, int *stolen)
{
	struct judge_answer answer, own;
	__u64 excess = excess_of(judged, span);
	int fits;

	if (instances_stolen(judged, span)) {
		*stolen = 1;
		return;
	}
	if (!is_slow(judged, excess) || excess <= instance->excess)
		return;
	answer = judge_answer(judged, span, STEAL);
	fits = answer.cause ? judge_fits(instance->act, answer.cause, answer.culprit) : 0;
	if (!fits && answer.cause && fits_another(judged, instance->act, span, &answer))
		return;
	own = judge_sum(judged, span, JUDGE_OWN);
	instance->state = INSTANCE_JUDGED;
	instance->span = span;
	instance->answer = answer;
	instance->excess = excess;
	instance->fits = fits;
	instance->unexplained = judge_fits(instance->act, own.cause, own.culprit) ? 0 : own.ticks;
}

static void judge_act(const struct judge_case *judged, struct instance *instance)
{
	const struct judge_recording *recording = &judged->recording;
	const struct judge_act *act = instance->act;
	int stolen = 0;
	size_t i;

	instance->state = act->set_aside ? INSTANCE_ASIDE : INSTANCE_NOT_FELT;
	if (act->set_aside)
		return;
	for (i = judge_first_span(recording, act->start);
	     i < recording->spans_count && recording->spans[i].start < act->end; i++)
		weigh(judged, instance, &recording->spans[i], &stolen);
	/* then it may be that one which the act hit */
	if (stolen && !instance->fits)
		instance->state = INSTANCE_ASIDE;
}

struct instance *instances_find(const struct judge_case *judged, size_t *count)
{
	const struct judge_recording *recording = &judged->recording;
	const struct judge_truth *truth = &judged->truth;
	struct instance *instances = calloc(truth->acts_count + 1, sizeof(*instances));
	size_t i;

	*count = 0;
	for (i = 0; i < truth->acts_count && instances; i++) {
		if (truth->acts[i].start <= recording->spans[0].start ||
		    truth->acts[i].end >= recording->spans[recording->spans_count - 1].end)
			continue;
		instances[*count].act = &truth->acts[i];
		judge_act(judged, &instances[(*count)++]);
	}
	return instances;
}

void instances_count_quiet(const struct judge_case *judged, struct quiet *quiet)
{
	const struct judge_recording *recording = &judged->recording;
	const struct judge_truth *truth = &judged->truth;
	struct judge_answer answer;
	size_t i;

	memset(quiet, 0, sizeof(*quiet));
	for (i = 0; i < recording->spans_count && truth->acts_count; i++) {
		const struct judge_span *span = &recording->spans[i];

		/* before the first act, the mischief sets itself up */
		if (span->start < truth->acts[0].start ||
		    span->end > truth->acts[truth->acts_count - 1].end ||
		    judge_is_disturbed(truth, span) || instances_stolen(judged, span))
			continue;
		quiet->spans++;
		if (!is_slow(judged, excess_of(judged, span)))
			continue;
		quiet->slow++;
		answer = judge_answer(judged, span, STEAL);
		quiet->alarms += !answer.cause || strcmp(answer.cause, JUDGE_OWN);
	}
}

size_t instances_count_odd(const struct judge_case *judged)
{
	const struct judge_explanation *explanation = &judged->explanation;
	size_t i, j, odd = 0;
	__u64 sum;

	for (i = 0; i < explanation->spans_count; i++) {
		const struct judge_explained *explained = &explanation->spans[i];

		sum = 0;
		for (j = 0; j < explained->parts_count; j++)
			sum += explanation->parts[explained->first_part + j].ticks;
		odd += sum != explained->end - explained->start;
	}
	return odd;
}
