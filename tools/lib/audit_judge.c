// SPDX-License-Identifier: GPL-2.0
/* What the windows say: was anything added? */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/audit.h"
#include "lib/paired.h"

#define PLAUSIBLE 0.05		/* a chance that nobody would wonder at */
#define RULE_OF_THREE 3.0	/* none in n tries: with 95 % no more than 3 in n */

/* False: it never happened. */
static bool measure(const struct audit *audit, struct audit_result *result)
{
	__s64 difference[AUDIT_PAIRS_MAX];
	double mean, square = 0, sum = 0;
	unsigned int i, with;
	__u64 most = 0;

	result->low[0] = ~0ULL;
	result->low[1] = ~0ULL;
	for (i = 0; i < audit->pairs; i++) {
		__u64 value[2];

		for (with = 0; with < 2; with++) {
			value[with] = reading_value(&audit->pair[i].grown[with], &audit->counts,
						    result->row, result->column);
			if (value[with] < result->low[with])
				result->low[with] = value[with];
			if (value[with] > result->high[with])
				result->high[with] = value[with];
			most |= value[with];
		}
		difference[i] = (__s64)(value[1] - value[0]);
		sum += (double)difference[i];
	}
	mean = sum / audit->pairs;
	for (i = 0; i < audit->pairs; i++)
		square += ((double)difference[i] - mean) * ((double)difference[i] - mean);
	/* two standard errors beyond the mean, per cycle */
	result->hidden = (mean + 2 * sqrt(square / (audit->pairs - 1) / audit->pairs)) *
			 audit->pairs / (double)audit->cycles;
	result->hidden = fmax(result->hidden, RULE_OF_THREE / (double)audit->cycles);
	result->added = sum / (double)audit->cycles;
	result->chance = paired_chance(difference, audit->pairs);
	return most;
}

static enum audit_verdict judge(const struct audit *audit, const struct audit_result *result,
				size_t tests)
{
	const struct count_row *row = &audit->counts.row[result->row];

	/* Known by name: no statistics needed. */
	if (row->kind == COUNT_TRACED && !strcmp(row->name, traced_names[TRACED_OURS]) &&
	    result->high[1])
		return AUDIT_ADDED;
	if (result->added > 0 && result->chance <= AUDIT_ERROR / (double)tests)
		return AUDIT_ADDED;
	if (result->high[1] > result->high[0]) {
		/* With all pairs in, the bound says more than the fullest window does. */
		if (audit->pairs == AUDIT_PAIRS_MAX && result->chance > PLAUSIBLE &&
		    result->hidden <= audit->options->limit)
			return AUDIT_CHANCE;
		return AUDIT_UNCLEAR;
	}
	return result->hidden > audit->options->limit ? AUDIT_NOISY : AUDIT_WITHIN;
}

int audit_judge(struct audit *audit)
{
	size_t rows = audit->counts.rows, columns = audit->counts.columns, i, row, column;
	int unclear = 0;

	free(audit->result);
	audit->results = 0;
	audit->result = calloc(rows * columns, sizeof(*audit->result));
	if (!audit->result)
		return -ENOMEM;
	for (column = 0; column < columns; column++) {
		for (row = 0; row < rows; row++) {
			struct audit_result *result = &audit->result[audit->results];

			memset(result, 0, sizeof(*result));
			result->row = row;
			result->column = column;
			if (measure(audit, result))
				audit->results++;
		}
	}
	for (i = 0; i < audit->results; i++) {
		audit->result[i].verdict = judge(audit, &audit->result[i], audit->results);
		unclear |= audit->result[i].verdict == AUDIT_UNCLEAR ||
			   audit->result[i].verdict == AUDIT_NOISY;
	}
	return unclear;
}

enum audit_verdict audit_verdict_of(const struct audit *audit, size_t column)
{
	static const int weight[AUDIT_VERDICTS] = {
		[AUDIT_NONE] = 0, [AUDIT_WITHIN] = 1, [AUDIT_CHANCE] = 2, [AUDIT_NOISY] = 3,
		[AUDIT_UNCLEAR] = 4, [AUDIT_ADDED] = 5,
	};
	enum audit_verdict worst = AUDIT_NONE;
	size_t i;

	for (i = 0; i < audit->results; i++) {
		if (audit->result[i].column == column &&
		    weight[audit->result[i].verdict] > weight[worst])
			worst = audit->result[i].verdict;
	}
	return worst;
}
