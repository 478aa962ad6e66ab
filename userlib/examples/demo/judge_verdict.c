// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

const char *const judge_name = "demo-judge";

const char *const judge_usage =
	"usage: demo-judge [OPTION]... RECORDING MISCHIEF EXPLANATION\n"
	"\n"
	"Takes the spans of RECORDING that were slow and in which, by the log MISCHIEF of\n"
	"demo-mischief, something was at work. In EXPLANATION, which \"hftrace explain --json\"\n"
	"printed, each must have its cause and culprit as the largest part, or \"steal\" if\n"
	"RECORDING/facts/steal.csv shows that the machine below did not run the CPU for so\n"
	"long. One that is told as own time, beside another that tells the same act, is slow\n"
	"after it and not judged. The 10 slowest spans must be all right. Set aside are acts in\n"
	"which the mischief's CPU was not run either: nobody knows which spans they hit.\n"
	"\n"
	"  -c CPU        the engine's; 1 unless given\n"
	"  -k CPU        the mischief's; 0 unless given\n"
	"  -n NAME       of the spans; tick_to_order unless given\n"
	"  -o US         slow is so much above what is typical then; 10 unless given\n"
	"  -p PERCENT    of the slow, disturbed spans that must be right; 90 unless given\n"
	"  -m COUNT      of spans of each kind that must be right; 0 unless given\n"
	"  -v            list those that are wrong, even if few\n"
	"\n"
	"Exit code: 0 it holds, 2 it does not, 1 something could not be read.\n"
	"\n"
	"example:\n"
	"  hftrace explain -n 5000 --json demo.hft > explain.json\n"
	"  demo-judge demo.hft mischief.csv explain.json\n";
const struct judge_rule *const judge_tables[] = { judge_demo_rules, NULL };
const struct judge_case judge_defaults = { .over_us = 10, .aside_us = 50, .percent = 90 };
const char *const judge_spans_name = "tick_to_order";

#define SLOWEST		10
#define WRONG_SHOWN	20
#define KINDS_MAX	16

/* One slow span, weighed. */
struct finding {
	const struct judge_span *span;
	const struct judge_act *act;	/* NULL: none was at work */
	struct judge_answer answer;		/* cause NULL: not explained */
	__u64 stolen;
	int cause_right, culprit_right, stolen_right;
	/*
	 * Nothing interrupted it, it says, and the act is told in another span: what comes after
	 * it, with cold caches. Neither right nor wrong.
	 */
	int own;
};

struct tally {
	const char *kind;
	unsigned int acts, aside, own, spans, causes, culprits, stolen;
};

static int slowest_first(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	return (judge_length(left->span) < judge_length(right->span)) -
	       (judge_length(left->span) > judge_length(right->span));
}

/* Of several acts in one span, the one that was named; else the longest. */
static void choose_act(const struct judge_truth *truth, struct finding *finding)
{
	const struct judge_answer *answer = &finding->answer;
	const struct judge_act *act;
	int fits, best = -1;
	size_t i;

	for (i = judge_first_act(truth, finding->span->start);
	     i < truth->acts_count && truth->acts[i].start < finding->span->end; i++) {
		act = &truth->acts[i];
		if (!judge_overlap(act, finding->span))
			continue;
		fits = answer->cause ? judge_fits(act, answer->cause, answer->culprit) : 0;
		if (fits < best || (fits == best && act->end - act->start <=
				    finding->act->end - finding->act->start))
			continue;
		best = fits;
		finding->act = act;
		finding->cause_right = fits > 0;
		finding->culprit_right = fits > 1;
	}
}

static struct finding weigh(const struct judge_case *judged, const struct judge_span *span)
{
	struct finding finding = { .span = span };

	finding.answer = judge_answer(judged, span, NULL);
	choose_act(&judged->truth, &finding);
	finding.stolen = judge_stolen(&judged->truth.steals, span->start, span->end);
	/* The witness must have seen as much, but for what its clock may be wrong. */
	finding.stolen_right = finding.answer.cause && !strcmp(finding.answer.cause, "steal") &&
			       10 * finding.stolen >= 9 * finding.answer.ticks;
	return finding;
}

static struct finding *find_slow(const struct judge_case *judged, size_t *count)
{
	__u64 over = judged->over_us / 1e6 * judged->recording.hz;
	const struct judge_recording *recording = &judged->recording;
	struct finding *findings = NULL, *more;
	size_t i;

	*count = 0;
	for (i = 0; i < recording->spans_count; i++) {
		if (judge_length(&recording->spans[i]) <=
		    judge_typical(judged, &recording->spans[i]) + over)
			continue;
		more = judge_grow(findings, *count, sizeof(*findings));
		if (!more) {
			free(findings);
			return NULL;
		}
		findings = more;
		findings[(*count)++] = weigh(judged, &recording->spans[i]);
	}
	return findings;
}

static int is_found(const struct judge_truth *truth, const char *found,
		    const struct judge_span *span)
{
	size_t i;

	for (i = judge_first_act(truth, span->start);
	     i < truth->acts_count && truth->acts[i].start < span->end; i++)
		if (found[i] && judge_overlap(&truth->acts[i], span))
			return 1;
	return 0;
}

/* 0 or -ENOMEM. */
static int find_own(const struct judge_case *judged, struct finding *findings, size_t count)
{
	const struct judge_truth *truth = &judged->truth;
	char *found = calloc(truth->acts_count + 1, 1);
	size_t i;

	if (!found)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		if (findings[i].culprit_right)
			found[findings[i].act - truth->acts] = 1;
	for (i = 0; i < count; i++) {
		struct finding *finding = &findings[i];

		finding->own = finding->act && finding->answer.cause &&
			       !strcmp(finding->answer.cause, JUDGE_OWN) &&
			       is_found(truth, found, finding->span);
	}
	free(found);
	return 0;
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
	if (finding->own) {
		tally->own++;
		return;
	}
	tally->spans++;
	tally->causes += finding->cause_right || finding->stolen_right;
	tally->culprits += is_right(finding);
	tally->stolen += finding->stolen_right && !finding->culprit_right;
}

static void print_tally(const struct tally *tally)
{
	printf("%-10s %6u %9u %10u %11u %12u %14u %8u", tally->kind, tally->acts, tally->aside,
	       tally->own, tally->spans, tally->causes, tally->culprits, tally->stolen);
	if (tally->spans)
		printf(" %7.1f %%\n", 100.0 * tally->culprits / tally->spans);
	else
		printf(" %9s\n", "-");
}

static int judge_kinds(const struct judge_case *judged, const struct finding *findings,
		       size_t count)
{
	struct tally tallies[KINDS_MAX] = {}, all = { .kind = "all" };
	int kind, enough = 1;
	size_t i;

	count_acts(judged, tallies);
	for (i = 0; i < count; i++)
		if (findings[i].act && !findings[i].act->set_aside)
			count_finding(tally_of(tallies, findings[i].act->kind), &findings[i]);
	printf("%-10s %6s %9s %10s %11s %12s %14s %8s %9s\n", "mischief", "acts", "set aside",
	       "slow after", "slow spans", "right cause", "right culprit", "stolen", "right");
	for (kind = 0; kind < KINDS_MAX && tallies[kind].kind; kind++) {
		print_tally(&tallies[kind]);
		enough &= tallies[kind].culprits >= judged->count;
		all.acts += tallies[kind].acts;
		all.aside += tallies[kind].aside;
		all.own += tallies[kind].own;
		all.spans += tallies[kind].spans;
		all.causes += tallies[kind].causes;
		all.culprits += tallies[kind].culprits;
		all.stolen += tallies[kind].stolen;
	}
	print_tally(&all);
	/* Without disturbed spans nothing would be shown. */
	return enough && all.spans && 100ULL * all.culprits >= (__u64)judged->percent * all.spans;
}

static void print_finding(const struct judge_case *judged, const struct finding *finding)
{
	const struct judge_answer *answer = &finding->answer;

	printf("%10.1f %10llu  %-14s %-34s %9.1f  %-9s %9.1f  %s\n",
	       judge_us(judged, judge_length(finding->span)), (unsigned long long)finding->span->id,
	       answer->cause ? answer->cause : "(none)", answer->cause ? answer->culprit : "",
	       judge_us(judged, answer->ticks), finding->act ? finding->act->kind : "-",
	       judge_us(judged, finding->stolen), is_right(finding) ? "right" :
	       finding->own ? "after" : "wrong");
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
		if (!findings[i].act || findings[i].act->set_aside || findings[i].own ||
		    is_right(&findings[i]))
			continue;
		print_finding(judged, &findings[i]);
		left--;
	}
}

int judge_decide(const struct judge_case *judged)
{
	struct finding *findings;
	int kinds, slowest;
	size_t count;

	findings = find_slow(judged, &count);
	if (!findings) {
		printf("No span was %.0f us slower than others.\n", judged->over_us);
		return 0;
	}
	if (find_own(judged, findings, count)) {
		free(findings);
		return 0;
	}
	printf("%zu spans, %zu of them more than %.0f us slower than undisturbed ones then\n\n",
	       judged->recording.spans_count, count, judged->over_us);
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
