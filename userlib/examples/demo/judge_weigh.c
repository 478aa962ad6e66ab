// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define TOGETHER	64	/* undisturbed spans, of which the median is typical */

double judge_us(const struct judge_case *judged, __u64 ticks)
{
	return ticks / judged->recording.hz * 1e6;
}

__u64 judge_length(const struct judge_span *span)
{
	return span->end - span->start;
}

size_t judge_first_act(const struct judge_truth *truth, __u64 start)
{
	size_t low = 0, high = truth->acts_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (truth->acts[middle].start + truth->longest_act < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int judge_overlap(const struct judge_act *act, const struct judge_span *span)
{
	return act->start < span->end && act->end > span->start;
}

int judge_is_disturbed(const struct judge_truth *truth, const struct judge_span *span)
{
	size_t i;

	for (i = judge_first_act(truth, span->start);
	     i < truth->acts_count && truth->acts[i].start < span->end; i++)
		if (judge_overlap(&truth->acts[i], span))
			return 1;
	return 0;
}

static int by_length(const void *a, const void *b)
{
	__u64 left = *(const __u64 *)a, right = *(const __u64 *)b;

	return (left > right) - (left < right);
}

static int add_typical(struct judge_case *judged, __u64 start, __u64 *lengths, size_t count)
{
	struct judge_typical *typical;

	typical = judge_grow(judged->typical, judged->typical_count, sizeof(*typical));
	if (!typical)
		return -ENOMEM;
	judged->typical = typical;
	qsort(lengths, count, sizeof(*lengths), by_length);
	typical[judged->typical_count++] = (struct judge_typical){
		.start = start, .length = lengths[count / 2],
	};
	return 0;
}

int judge_find_typical(struct judge_case *judged)
{
	const struct judge_recording *recording = &judged->recording;
	__u64 lengths[TOGETHER], start = 0;
	size_t i, count = 0;
	int err = 0;

	for (i = 0; i < recording->spans_count && !err; i++) {
		const struct judge_span *span = &recording->spans[i];

		if (judge_is_disturbed(&judged->truth, span))
			continue;
		if (!count)
			start = span->start;
		lengths[count++] = judge_length(span);
		if (count == TOGETHER) {
			err = add_typical(judged, start, lengths, count);
			count = 0;
		}
	}
	/* what is left over is too few, unless there is nothing else */
	if (!err && count && !judged->typical_count)
		err = add_typical(judged, start, lengths, count);
	if (!err && !judged->typical_count)
		err = -ENODATA;
	if (err)
		fprintf(stderr, "%s: undisturbed spans: %s\n", judge_name, strerror(-err));
	return err;
}

__u64 judge_typical(const struct judge_case *judged, const struct judge_span *span)
{
	size_t low = 0, high = judged->typical_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (judged->typical[middle].start <= span->start)
			low = middle + 1;
		else
			high = middle;
	}
	return judged->typical[low ? low - 1 : 0].length;
}

const struct judge_explained *judge_find_explained(const struct judge_case *judged,
						   const struct judge_span *span)
{
	const struct judge_explanation *explanation = &judged->explanation;
	size_t low = 0, high = explanation->spans_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (explanation->spans[middle].start < span->start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < explanation->spans_count; low++) {
		const struct judge_explained *explained = &explanation->spans[low];

		if (explained->start != span->start)
			break;
		if (explained->end == span->end && explained->id == span->id)
			return explained;
	}
	return NULL;
}

static int is_own(const char *cause)
{
	return !strcmp(cause, "user") || !strcmp(cause, "own_code") ||
	       !strcmp(cause, "unexplained");
}

/* The largest part is the culprit. */
struct judge_answer judge_sum(const struct judge_case *judged, const struct judge_span *span,
			      const char *cause)
{
	const struct judge_explained *explained = judge_find_explained(judged, span);
	struct judge_answer answer = { .cause = cause, .culprit = "" };
	__u64 typical = judge_typical(judged, span);
	const struct judge_part *part;
	size_t i;

	for (i = 0; explained && i < explained->parts_count; i++) {
		part = &judged->explanation.parts[explained->first_part + i];
		if (strcmp(is_own(part->cause) ? JUDGE_OWN : part->cause, cause))
			continue;
		answer.ticks += part->ticks;
		if (part->culprit[0] && part->ticks >= answer.culprit_ticks) {
			answer.culprit_ticks = part->ticks;
			answer.culprit = part->culprit;
		}
	}
	if (!strcmp(cause, JUDGE_OWN))
		answer.ticks -= answer.ticks < typical ? answer.ticks : typical;
	return answer;
}

struct judge_answer judge_answer(const struct judge_case *judged, const struct judge_span *span,
				 const char *without)
{
	const struct judge_explained *explained = judge_find_explained(judged, span);
	struct judge_answer best = {}, answer;
	const char *cause;
	size_t i;

	for (i = 0; explained && i < explained->parts_count; i++) {
		cause = judged->explanation.parts[explained->first_part + i].cause;
		if (without && !strcmp(cause, without))
			continue;
		answer = judge_sum(judged, span, is_own(cause) ? JUDGE_OWN : cause);
		if (!best.cause || answer.ticks > best.ticks)
			best = answer;
	}
	return best;
}
