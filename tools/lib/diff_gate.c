// SPDX-License-Identifier: GPL-2.0
/* Bounds of how much slower a percentile may have become. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/args.h"
#include "lib/bound.h"
#include "lib/diff.h"

const char *const gate_verdicts[GATE_VERDICTS] = {
	[GATE_HELD] = "held", [GATE_UNSURE] = "unsure", [GATE_EXCEEDED] = "exceeded",
};

/* "5%", "200ns". */
static int parse_bound(struct gate *gate, const char *text)
{
	char *end;
	double value = bound_number(text, &end);
	__u64 ns;

	if (end != text && !strcmp(end, "%")) {
		gate->share = true;
		gate->bound = value / 100;
		return 0;
	}
	if (parse_duration(text, 0, &ns))
		return -EINVAL;
	gate->bound = (double)ns;
	return 0;
}

int gate_parse(struct gate *gate, const char *text, char why[GATE_WHY])
{
	const char *less = strrchr(text, '<'), *percent = text, *p;
	int err;

	memset(gate, 0, sizeof(*gate));
	gate->text = text;
	if (!less)
		goto err_form;
	/* A span's name may have colons itself. */
	for (p = text; p < less; p++)
		if (*p == ':')
			percent = p + 1;
	err = bound_percentile(percent, less, &gate->percent);
	if (err == -EINVAL)
		goto err_form;
	if (err) {
		snprintf(why, GATE_WHY, "'%s': a percentile is above p0 and below p100", text);
		return -EINVAL;
	}
	if (parse_bound(gate, less + 1)) {
		snprintf(why, GATE_WHY, "'%s': a bound is a share like 5%% or a time like 200ns",
			 text);
		return -EINVAL;
	}
	if (percent == text)
		return 0;
	gate->span = strndup(text, (size_t)(percent - 1 - text));
	if (gate->span)
		return 0;
	snprintf(why, GATE_WHY, "%s", strerror(ENOMEM));
	return -EINVAL;
err_form:
	snprintf(why, GATE_WHY, "'%s' is no gate like p99.9<5%% or order:p50<200ns", text);
	return -EINVAL;
}

/*
 * A clock's rate is measured anew by each recorder: rates that are closer than
 * this are taken for one, whose error is as large as they differ.
 */
#define SAME_CLOCK 0.001

/* What the clock leaves open: a tick, and its rate. */
static void widen(struct quantile *quantile, double unit, double rate_error)
{
	quantile->low -= unit + rate_error * quantile->at;
	quantile->high += unit + rate_error * quantile->at;
}

void diff_compare(const struct diff *diff, const struct diff_span *span, double percent,
		  double confidence, double factor, struct diff_percentile *out)
{
	double rate_error = fabs(diff->side[1].unit / diff->side[0].unit - 1);
	int i;

	for (i = 0; i < DIFF_SIDES; i++) {
		quantile_of(&span->of[i]->ticks, diff->side[i].unit, percent, confidence,
			    &out->of[i]);
		widen(&out->of[i], diff->side[i].unit, rate_error < SAME_CLOCK ? rate_error : 0);
	}
	out->difference = quantile_difference(&out->of[0], &out->of[1], factor);
}

bool gate_applies(const struct gate *gate, const struct diff_span *span)
{
	return !gate->span || !strcmp(gate->span, span->of[0]->name);
}

size_t gates_pairs(const struct diff *diff)
{
	size_t i, j, pairs = 0;

	for (i = 0; i < diff->gates; i++)
		for (j = 0; j < diff->spans_count; j++)
			pairs += gate_applies(&diff->gate[i], &diff->spans[j]);
	return pairs;
}

enum gate_verdict gate_judge(const struct diff *diff, const struct gate *gate,
			     const struct diff_span *span, struct quantile *by)
{
	struct diff_percentile found;
	double ns = gate->share ? 0 : gate->bound;

	diff_compare(diff, span, gate->percent, quantile_confidence(gates_pairs(diff)),
		     gate->share ? 1 + gate->bound : 1, &found);
	by->at = found.difference.at - ns;
	by->low = found.difference.low - ns;
	by->high = found.difference.high - ns;
	if (by->at <= 0)
		return GATE_HELD;
	return by->low > 0 ? GATE_EXCEEDED : GATE_UNSURE;
}
