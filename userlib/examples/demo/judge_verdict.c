// SPDX-License-Identifier: LGPL-2.1
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define SLOWEST		10
#define WRONG_SHOWN	20
#define KINDS_MAX	16

/* What the explanation puts first, above what a span costs anyway. */
struct answer {
	const char *cause, *culprit;
	__u64 ticks;
	__u64 culprit_ticks;	/* of the ticks, the named culprit's */
};

/* One slow span, weighed. */
struct finding {
	const struct judge_span *span;
	const struct judge_act *act;	/* NULL: none was at work */
	struct answer answer;		/* cause NULL: not explained */
	__u64 stolen;
	int cause_right, culprit_right, stolen_right;
};

struct tally {
	const char *kind;
	unsigned int acts, aside, spans, causes, culprits, stolen;
};

static double us(const struct judge_case *judged, __u64 ticks)
{
	return ticks / judged->recording.hz * 1e6;
}

static __u64 length_of(const struct judge_span *span)
{
	return span->end - span->start;
}

static int by_length(const void *a, const void *b)
{
	__u64 left = *(const __u64 *)a, right = *(const __u64 *)b;

	return (left > right) - (left < right);
}

static int slowest_first(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	return (length_of(left->span) < length_of(right->span)) -
	       (length_of(left->span) > length_of(right->span));
}

/* The first act that can reach `start`. */
static size_t first_act(const struct judge_truth *truth, __u64 start)
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

static int overlap(const struct judge_act *act, const struct judge_span *span)
{
	return act->start < span->end && act->end > span->start;
}

static int is_disturbed(const struct judge_truth *truth, const struct judge_span *span)
{
	size_t i;

	for (i = first_act(truth, span->start);
	     i < truth->acts_count && truth->acts[i].start < span->end; i++)
		if (overlap(&truth->acts[i], span))
			return 1;
	return 0;
}

/* Of the spans that nothing disturbed; 0 without memory or spans. */
static __u64 median_length(const struct judge_case *judged)
{
	const struct judge_recording *recording = &judged->recording;
	__u64 *lengths = malloc(recording->spans_count * sizeof(*lengths)), median = 0;
	size_t i, count = 0;

	if (!lengths)
		return 0;
	for (i = 0; i < recording->spans_count; i++)
		if (!is_disturbed(&judged->truth, &recording->spans[i]))
			lengths[count++] = length_of(&recording->spans[i]);
	qsort(lengths, count, sizeof(*lengths), by_length);
	if (count)
		median = lengths[count / 2];
	free(lengths);
	return median;
}

static const struct judge_explained *find_explained(const struct judge_explanation *explanation,
						    const struct judge_span *span)
{
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

/* A cause's parts together, the largest of them as its culprit. */
static struct answer sum_cause(const struct judge_part *parts, size_t count, const char *cause)
{
	struct answer answer = { .cause = cause, .culprit = "" };
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(parts[i].cause, cause))
			continue;
		answer.ticks += parts[i].ticks;
		if (parts[i].ticks >= answer.culprit_ticks) {
			answer.culprit_ticks = parts[i].ticks;
			answer.culprit = parts[i].culprit;
		}
	}
	return answer;
}

static struct answer answer_of(const struct judge_case *judged, const struct judge_span *span,
			       __u64 median)
{
	const struct judge_explained *explained = find_explained(&judged->explanation, span);
	const struct judge_part *parts;
	struct answer best = {}, answer;
	size_t i;

	if (!explained)
		return best;
	parts = judged->explanation.parts + explained->first_part;
	for (i = 0; i < explained->parts_count; i++) {
		answer = sum_cause(parts, explained->parts_count, parts[i].cause);
		if (!strcmp(answer.cause, "user"))
			answer.ticks -= answer.ticks < median ? answer.ticks : median;
		if (!best.cause || answer.ticks > best.ticks)
			best = answer;
	}
	return best;
}

/* Of several acts in one span, the one that was named; else the longest. */
static void choose_act(const struct judge_truth *truth, struct finding *finding)
{
	const struct answer *answer = &finding->answer;
	const struct judge_act *act;
	int fits, best = -1;
	size_t i;

	for (i = first_act(truth, finding->span->start);
	     i < truth->acts_count && truth->acts[i].start < finding->span->end; i++) {
		act = &truth->acts[i];
		if (!overlap(act, finding->span))
			continue;
		fits = 0;
		if (answer->cause)
			fits = judge_cause_fits(act, answer->cause, answer->culprit) +
			       judge_culprit_fits(act, answer->cause, answer->culprit);
		if (fits < best || (fits == best && act->end - act->start <=
				    finding->act->end - finding->act->start))
			continue;
		best = fits;
		finding->act = act;
		finding->cause_right = fits > 0;
		finding->culprit_right = fits > 1;
	}
}

static struct finding weigh(const struct judge_case *judged, const struct judge_span *span,
			    __u64 median)
{
	struct finding finding = { .span = span };

	finding.answer = answer_of(judged, span, median);
	choose_act(&judged->truth, &finding);
	finding.stolen = judge_stolen(&judged->truth.steals, span->start, span->end);
	/* The witness must have seen as much, but for what its clock may be wrong. */
	finding.stolen_right = finding.answer.cause && !strcmp(finding.answer.cause, "steal") &&
			       10 * finding.stolen >= 9 * finding.answer.ticks;
	return finding;
}

static struct finding *find_slow(const struct judge_case *judged, __u64 median, size_t *count)
{
	__u64 limit = median + judged->over_us / 1e6 * judged->recording.hz;
	const struct judge_recording *recording = &judged->recording;
	struct finding *findings = NULL, *more;
	size_t i;

	*count = 0;
	for (i = 0; i < recording->spans_count; i++) {
		if (length_of(&recording->spans[i]) <= limit)
			continue;
		more = judge_grow(findings, *count, sizeof(*findings));
		if (!more) {
			free(findings);
			return NULL;
		}
		findings = more;
		findings[(*count)++] = weigh(judged, &recording->spans[i], median);
	}
	return findings;
}

static struct tally *tally_of(struct tally *tallies, const char *kind)
{
	int i;

	for (i = 0; i < KINDS_MAX - 1 && tallies[i].kind && strcmp(tallies[i].kind, kind); i++)
		;
	tallies[i].kind = kind;
	return &tallies[i];
}

/* Acts while spans were recorded; what came before or after could not be seen. */
static void count_acts(const struct judge_case *judged, struct tally *tallies)
{
	const struct judge_recording *recording = &judged->recording;
	const struct judge_act *act;
	size_t i;

	for (i = 0; i < judged->truth.acts_count; i++) {
		act = &judged->truth.acts[i];
		if (act->end <= recording->spans[0].start ||
		    act->start >= recording->spans[recording->spans_count - 1].end)
			continue;
		tally_of(tallies, act->kind)->acts++;
		tally_of(tallies, act->kind)->aside += act->set_aside;
	}
}

static int is_right(const struct finding *finding)
{
	return finding->culprit_right || finding->stolen_right;
}

static void count_finding(struct tally *tally, const struct finding *finding)
{
	tally->spans++;
	tally->causes += finding->cause_right || finding->stolen_right;
	tally->culprits += is_right(finding);
	tally->stolen += finding->stolen_right && !finding->culprit_right;
}

static void print_tally(const struct tally *tally)
{
	printf("%-10s %6u %9u %11u %12u %14u %8u", tally->kind, tally->acts, tally->aside,
	       tally->spans, tally->causes, tally->culprits, tally->stolen);
	if (tally->spans)
		printf(" %7.1f %%\n", 100.0 * tally->culprits / tally->spans);
	else
		printf(" %9s\n", "-");
}

static int judge_kinds(const struct judge_case *judged, const struct finding *findings,
		       size_t count)
{
	struct tally tallies[KINDS_MAX] = {}, all = { .kind = "all" };
	size_t i;
	int kind;

	count_acts(judged, tallies);
	for (i = 0; i < count; i++)
		if (findings[i].act && !findings[i].act->set_aside)
			count_finding(tally_of(tallies, findings[i].act->kind), &findings[i]);
	printf("%-10s %6s %9s %11s %12s %14s %8s %9s\n", "mischief", "acts", "set aside",
	       "slow spans", "right cause", "right culprit", "stolen", "right");
	for (kind = 0; kind < KINDS_MAX && tallies[kind].kind; kind++) {
		print_tally(&tallies[kind]);
		all.acts += tallies[kind].acts;
		all.aside += tallies[kind].aside;
		all.spans += tallies[kind].spans;
		all.causes += tallies[kind].causes;
		all.culprits += tallies[kind].culprits;
		all.stolen += tallies[kind].stolen;
	}
	print_tally(&all);
	/* Without disturbed spans nothing would be shown. */
	return all.spans && 100ULL * all.culprits >= (__u64)judged->percent * all.spans;
}

static void print_finding(const struct judge_case *judged, const struct finding *finding)
{
	const struct answer *answer = &finding->answer;

	printf("%10.1f %10llu  %-14s %-34s %9.1f  %-9s %9.1f  %s\n",
	       us(judged, length_of(finding->span)), (unsigned long long)finding->span->id,
	       answer->cause ? answer->cause : "(none)", answer->cause ? answer->culprit : "",
	       us(judged, answer->ticks), finding->act ? finding->act->kind : "-",
	       us(judged, finding->stolen), is_right(finding) ? "right" : "wrong");
}

static void print_findings_head(void)
{
	printf("%10s %10s  %-14s %-34s %9s  %-9s %9s  %s\n", "us", "tick", "explained by",
	       "culprit", "us of it", "mischief", "us stolen", "");
}

static int judge_slowest(const struct judge_case *judged, struct finding *findings, size_t count)
{
	size_t i;
	int right = 1;

	qsort(findings, count, sizeof(*findings), slowest_first);
	printf("\nThe %zu slowest spans:\n", count < SLOWEST ? count : (size_t)SLOWEST);
	print_findings_head();
	for (i = 0; i < count && i < SLOWEST; i++) {
		print_finding(judged, &findings[i]);
		right &= is_right(&findings[i]);
	}
	return right;
}

static void print_wrong(const struct judge_case *judged, const struct finding *findings,
			size_t count)
{
	size_t i, left = judged->list_wrong ? count : WRONG_SHOWN;

	printf("\nDisturbed spans that were explained wrongly%s:\n",
	       judged->list_wrong ? "" : ", the slowest (-v: all)");
	print_findings_head();
	for (i = 0; i < count && left; i++) {
		if (!findings[i].act || findings[i].act->set_aside || is_right(&findings[i]))
			continue;
		print_finding(judged, &findings[i]);
		left--;
	}
}

int judge_decide(const struct judge_case *judged)
{
	__u64 median = median_length(judged);
	struct finding *findings;
	int kinds, slowest;
	size_t count;

	findings = find_slow(judged, median, &count);
	if (!findings) {
		printf("No span was %.0f us slower than the median.\n", judged->over_us);
		return 0;
	}
	printf("%zu spans, undisturbed median %.1f us, %zu of them slower than %.1f us\n\n",
	       judged->recording.spans_count, us(judged, median), count,
	       us(judged, median) + judged->over_us);
	kinds = judge_kinds(judged, findings, count);
	slowest = judge_slowest(judged, findings, count);
	if (!kinds || !slowest || judged->list_wrong)
		print_wrong(judged, findings, count);
	printf("\n%s: %s %u %% of the disturbed spans rightly explained, %s the slowest\n",
	       kinds && slowest ? "passed" : "failed", kinds ? "at least" : "less than",
	       judged->percent, slowest ? "and all of" : "not all of");
	free(findings);
	return kinds && slowest;
}
