// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define SHARE	10	/* of a long act's time, so much is little */

void *judge_grow(void *array, size_t count, size_t size)
{
	/* At powers of two. */
	if (count & (count - 1))
		return array;
	return realloc(array, (count ? 2 * count : 1) * size);
}

static int by_start(const void *a, const void *b)
{
	const struct judge_steal *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static int act_by_start(const void *a, const void *b)
{
	const struct judge_act *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static int parse_act(const char *line, struct judge_act *act)
{
	unsigned long long start, end, address, bytes;

	if (sscanf(line, "%15[^,],%llu,%llu,%d,%31[^,],%d,%llx,%llu", act->kind, &start, &end,
		   &act->tid, act->comm, &act->irq, &address, &bytes) != 8 || end < start)
		return -EBADMSG;
	act->set_aside = 0;
	act->start = start;
	act->end = end;
	act->address = address;
	act->bytes = bytes;
	return 0;
}

static int add_act(struct judge_truth *truth, const char *line)
{
	struct judge_act *act;

	act = judge_grow(truth->acts, truth->acts_count, sizeof(*act));
	if (!act)
		return -ENOMEM;
	truth->acts = act;
	act += truth->acts_count;
	if (parse_act(line, act))
		return -EBADMSG;
	truth->acts_count++;
	if (act->end - act->start > truth->longest_act)
		truth->longest_act = act->end - act->start;
	return 0;
}

static int add_steal(struct judge_steals *steals, const char *line, int cpu, int sleeps)
{
	unsigned long long start, end;
	struct judge_steal *steal;
	char kind[16];
	int line_cpu;

	if (sscanf(line, "%d,%llu,%llu,%15s", &line_cpu, &start, &end, kind) != 4 || end < start)
		return -EBADMSG;
	if (line_cpu != cpu || (!sleeps && !strcmp(kind, "wait")))
		return 0;
	steal = judge_grow(steals->steal, steals->count, sizeof(*steal));
	if (!steal)
		return -ENOMEM;
	steals->steal = steal;
	steal[steals->count++] = (struct judge_steal){ .start = start, .end = end };
	return 0;
}

/* The next line that is no comment: 1, or 0 at the end. */
static int next_line(FILE *file, char *line, size_t size, unsigned int *number)
{
	while (fgets(line, size, file)) {
		++*number;
		if (*line != '#' && *line != '\n')
			return 1;
	}
	return 0;
}

static FILE *open_lines(const char *path, int *err)
{
	FILE *file = fopen(path, "re");

	*err = 0;
	if (!file) {
		*err = -errno;
		fprintf(stderr, "%s: %s: %s\n", judge_name, path, strerror(-*err));
	}
	return file;
}

static void close_lines(FILE *file, const char *path, unsigned int number, int err)
{
	if (err)
		fprintf(stderr, "%s: %s: line %u: %s\n", judge_name, path, number,
			strerror(-err));
	fclose(file);
}

int judge_read_acts(struct judge_truth *truth, const char *path)
{
	unsigned int number = 0;
	char line[256];
	FILE *file;
	int err;

	file = open_lines(path, &err);
	if (!file)
		return err;
	while (!err && next_line(file, line, sizeof(line), &number))
		err = add_act(truth, line);
	close_lines(file, path, number, err);
	if (!err && truth->acts_count)
		qsort(truth->acts, truth->acts_count, sizeof(*truth->acts), act_by_start);
	return err;
}

int judge_read_steals(struct judge_steals *steals, const char *path, int cpu, int sleeps)
{
	unsigned int number = 0;
	char line[256];
	FILE *file;
	int err;

	file = open_lines(path, &err);
	if (!file)
		return err;
	while (!err && next_line(file, line, sizeof(line), &number))
		err = add_steal(steals, line, cpu, sleeps);
	close_lines(file, path, number, err);
	if (!err && steals->count)
		qsort(steals->steal, steals->count, sizeof(*steals->steal), by_start);
	return err;
}

void judge_free_truth(struct judge_truth *truth)
{
	free(truth->acts);
	free(truth->steals.steal);
	free(truth->preempted.steal);
	free(truth->mischief.steal);
}

__u64 judge_stolen(const struct judge_steals *steals, __u64 start, __u64 end)
{
	size_t low = 0, high = steals->count, middle;
	__u64 from, to, sum = 0;

	/* They do not overlap, so their ends are in order too. */
	while (low < high) {
		middle = (low + high) / 2;
		if (steals->steal[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < steals->count && steals->steal[low].start < end; low++) {
		from = steals->steal[low].start > start ? steals->steal[low].start : start;
		to = steals->steal[low].end < end ? steals->steal[low].end : end;
		if (to > from)
			sum += to - from;
	}
	return sum;
}

void judge_set_aside(struct judge_truth *truth, const struct judge_recording *recording,
		     __u64 ticks)
{
	struct judge_act *act;
	__u64 stolen;
	size_t i;

	for (i = 0; i < truth->acts_count; i++) {
		act = &truth->acts[i];
		stolen = judge_stolen(&truth->mischief, act->start, act->end);
		act->set_aside = !judge_within_one(recording, act) &&
				 stolen > ticks + (act->end - act->start - stolen) / SHARE;
	}
}

/* The number as a word of its own. */
static int has_number(const char *text, int number)
{
	char digits[16];
	const char *at = text;
	size_t length = snprintf(digits, sizeof(digits), "%d", number);

	for (; (at = strstr(at, digits)); at++) {
		if ((at == text || at[-1] < '0' || at[-1] > '9') &&
		    (at[length] < '0' || at[length] > '9'))
			return 1;
	}
	return 0;
}

static int address_fits(const struct judge_act *act, const char *culprit)
{
	const char *hex = culprit;
	unsigned long long address;

	/* The code's may stand before the data's. */
	for (; (hex = strstr(hex, "0x")); hex += 2) {
		address = strtoull(hex, NULL, 16);
		if (address >= act->address && address - act->address < act->bytes)
			return 1;
	}
	return 0;
}

static int who_fits(const struct judge_act *act, const struct judge_rule *rule,
		    const char *culprit)
{
	switch (rule->who) {
	case JUDGE_NOBODY:
		return 1;
	case JUDGE_TASK:
		return strstr(culprit, act->comm) && has_number(culprit, act->tid);
	case JUDGE_PAGES:
		return address_fits(act, culprit);
	case JUDGE_IRQ:
		return has_number(culprit, act->irq);
	}
	return 0;
}

int judge_fits(const struct judge_act *act, const char *cause, const char *culprit)
{
	const struct judge_rule *const *table, *rule;
	int best = 0, fits;

	for (table = judge_tables; *table; table++) {
		for (rule = *table; rule->kind; rule++) {
			if (strcmp(rule->kind, act->kind) || strcmp(rule->cause, cause) ||
			    (rule->text && !strstr(culprit, rule->text)))
				continue;
			fits = 1 + who_fits(act, rule, culprit);
			best = fits > best ? fits : best;
		}
	}
	return best;
}
