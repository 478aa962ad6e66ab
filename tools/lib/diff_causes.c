// SPDX-License-Identifier: GPL-2.0
/* What took time of the CPUs in both recordings, by cause and culprit. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diff.h"

/* "stress/300 on CPU 1" is "stress on CPU 1": a run gives its tasks other numbers. */
static char *without_tids(const char *text)
{
	char *out = strdup(text), *to = out;

	for (; out && *text; text++) {
		size_t digits = *text == '/' ? strspn(text + 1, "0123456789") : 0;
		char behind = text[1 + digits];

		if (digits && !isalnum((unsigned char)behind) && behind != ':')
			text += digits;
		else
			*to++ = *text;
	}
	if (out)
		*to = '\0';
	return out;
}

/* NULL: memory is short. */
static struct diff_cause *find(struct diff *diff, enum cause cause, const char *text)
{
	struct diff_cause *grown;
	char *name = without_tids(text);
	size_t i;

	if (!name)
		return NULL;
	for (i = 0; i < diff->causes; i++) {
		if (diff->cause[i].cause == cause && !strcmp(diff->cause[i].text, name)) {
			free(name);
			return &diff->cause[i];
		}
	}
	grown = realloc(diff->cause, (diff->causes + 1) * sizeof(*grown));
	if (!grown) {
		free(name);
		return NULL;
	}
	diff->cause = grown;
	grown += diff->causes++;
	*grown = (struct diff_cause){ .cause = cause, .text = name };
	return grown;
}

static int add_cpu(struct diff *diff, int at, const struct ledger_cpu *cpu)
{
	const struct diff_side *side = &diff->side[at];
	double time = side->seconds * (double)ledger_cpus(side->ledger);
	struct causes *causes = ledger_causes(side->ledger);
	size_t i;

	for (i = 0; i < cpu->entries; i++) {
		const struct ledger_entry *entry = cpu->entry[i];
		const struct culprit *culprit = causes_get(causes, entry->culprit);
		const char *text = causes_text(causes, entry->culprit);
		struct diff_cause *cause;

		/* The idle task has what is left. */
		if (culprit->cause == CAUSE_TASK && !strcmp(text, "idle"))
			continue;
		cause = find(diff, culprit->cause, text);
		if (!cause)
			return -ENOMEM;
		cause->count[at] += entry->net.count + entry->cut;
		if (time > 0)
			cause->ns[at] += (double)entry->net.total * side->unit / time;
	}
	return 0;
}

static int by_growth(const void *a, const void *b)
{
	const struct diff_cause *left = a, *right = b;
	double more = (right->ns[1] - right->ns[0]) - (left->ns[1] - left->ns[0]);

	if (more < 0 || more > 0)
		return more > 0 ? 1 : -1;
	return left->cause != right->cause ? (int)left->cause - (int)right->cause :
	       strcmp(left->text, right->text);
}

int diff_causes(struct diff *diff)
{
	size_t i;
	int at, err;

	for (at = 0; at < DIFF_SIDES; at++) {
		for (i = 0; i < ledger_cpus(diff->side[at].ledger); i++) {
			err = add_cpu(diff, at, ledger_cpu(diff->side[at].ledger, i));
			if (err)
				return err;
		}
	}
	if (diff->causes)
		qsort(diff->cause, diff->causes, sizeof(*diff->cause), by_growth);
	return 0;
}

void diff_causes_free(struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->causes; i++)
		free(diff->cause[i].text);
	free(diff->cause);
}
