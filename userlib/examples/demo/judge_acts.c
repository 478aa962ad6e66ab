// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

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

	if (sscanf(line, "%15[^,],%llu,%llu,%d,%15[^,],%d,%llx,%llu", act->kind, &start, &end,
		   &act->tid, act->comm, &act->irq, &address, &bytes) != 8 || end < start)
		return -EBADMSG;
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

static int add_steal(struct judge_truth *truth, const char *line, int cpu)
{
	unsigned long long start, end;
	struct judge_steal *steal;
	int line_cpu;

	if (sscanf(line, "%d,%llu,%llu,", &line_cpu, &start, &end) != 3 || end < start)
		return -EBADMSG;
	if (line_cpu != cpu)
		return 0;
	steal = judge_grow(truth->steals, truth->steals_count, sizeof(*steal));
	if (!steal)
		return -ENOMEM;
	truth->steals = steal;
	steal[truth->steals_count++] = (struct judge_steal){ .start = start, .end = end };
	return 0;
}

/* Each line that is no comment goes to add_steal() if `cpu` is one, else to add_act(). */
static int read_lines(struct judge_truth *truth, const char *path, int cpu)
{
	FILE *file = fopen(path, "re");
	unsigned int number = 0;
	char line[256];
	int err = 0;

	if (!file) {
		err = -errno;
		fprintf(stderr, "demo-judge: %s: %s\n", path, strerror(-err));
		return err;
	}
	while (!err && fgets(line, sizeof(line), file)) {
		number++;
		if (*line == '#' || *line == '\n')
			continue;
		err = cpu < 0 ? add_act(truth, line) : add_steal(truth, line, cpu);
		if (err)
			fprintf(stderr, "demo-judge: %s: line %u: %s\n", path, number,
				strerror(-err));
	}
	fclose(file);
	return err;
}

int judge_read_acts(struct judge_truth *truth, const char *path)
{
	int err = read_lines(truth, path, -1);

	if (!err && truth->acts_count)
		qsort(truth->acts, truth->acts_count, sizeof(*truth->acts), act_by_start);
	return err;
}

int judge_read_steals(struct judge_truth *truth, const char *path, int cpu)
{
	int err = read_lines(truth, path, cpu);

	if (!err && truth->steals_count)
		qsort(truth->steals, truth->steals_count, sizeof(*truth->steals), by_start);
	return err;
}

void judge_free_truth(struct judge_truth *truth)
{
	free(truth->acts);
	free(truth->steals);
}

__u64 judge_stolen(const struct judge_truth *truth, __u64 start, __u64 end)
{
	size_t low = 0, high = truth->steals_count, middle;
	__u64 from, to, sum = 0;

	/* They do not overlap, so their ends are in order too. */
	while (low < high) {
		middle = (low + high) / 2;
		if (truth->steals[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < truth->steals_count && truth->steals[low].start < end; low++) {
		from = truth->steals[low].start > start ? truth->steals[low].start : start;
		to = truth->steals[low].end < end ? truth->steals[low].end : end;
		if (to > from)
			sum += to - from;
	}
	return sum;
}

static int is(const char *text, const char *other)
{
	return !strcmp(text, other);
}

/* What each kind of mischief does to the engine; see its mischief_*.c. */
int judge_cause_fits(const struct judge_act *act, const char *cause, const char *culprit)
{
	if (is(act->kind, "fault"))
		return is(cause, "page_fault");
	if (is(act->kind, "zap"))
		return is(cause, "page_fault") || is(cause, "tlb_shootdown");
	if (is(act->kind, "tlb"))
		return is(cause, "tlb_shootdown");
	if (is(act->kind, "task"))
		return is(cause, "off_cpu");
	if (is(act->kind, "timer"))
		return is(cause, "vector") && strstr(culprit, "timer");
	if (is(act->kind, "irq"))
		return is(cause, "irq");
	return 0;
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

int judge_culprit_fits(const struct judge_act *act, const char *cause, const char *culprit)
{
	if (!judge_cause_fits(act, cause, culprit))
		return 0;
	if (is(cause, "page_fault"))
		return address_fits(act, culprit);
	if (is(cause, "irq"))
		return has_number(culprit, act->irq);
	if (is(cause, "vector"))
		return 1;
	return strstr(culprit, act->comm) && has_number(culprit, act->tid);
}
