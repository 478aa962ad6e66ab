// SPDX-License-Identifier: GPL-2.0
/* See pause.h. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "pause.h"

#define CPUS	64

struct pause {
	uint64_t start, end;
	bool interrupt;
};

static struct pauses {
	struct pause *at;
	size_t count, room;
	bool sorted;
	uint64_t longest;
} cpus[CPUS];

static void add(unsigned int cpu, uint64_t start, uint64_t end, bool interrupt)
{
	struct pauses *p = &cpus[cpu];

	if (p->count == p->room) {
		p->room = p->room ? p->room * 2 : 1024;
		p->at = reallocarray(p->at, p->room, sizeof(*p->at));
		if (!p->at)
			err(EXIT_FAILURE, "pauses");
	}
	p->at[p->count++] = (struct pause){ start, end, interrupt };
	p->sorted = false;
	if (end - start > p->longest)
		p->longest = end - start;
}

void pause_interrupt(unsigned int cpu, uint64_t start, uint64_t end)
{
	add(cpu, start, end, true);
}

void pause_load(const char *path)
{
	unsigned long start, end;
	unsigned int cpu;
	char line[256];
	FILE *file;

	if (!path)
		return;
	file = fopen(path, "r");
	if (!file)
		err(EXIT_FAILURE, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		if (*line == '#')
			continue;
		if (sscanf(line, "%u,%lu,%lu", &cpu, &start, &end) != 3 || cpu >= CPUS ||
		    end < start)
			errx(EXIT_FAILURE, "%s: %s", path, line);
		add(cpu, start, end, false);
	}
	fclose(file);
}

static int by_start(const void *left, const void *right)
{
	const struct pause *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

/* The first pause that may reach beyond `from`. */
static size_t first(const struct pauses *p, uint64_t from)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->at[middle].start + p->longest <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t pause_within(unsigned int cpu, uint64_t from, uint64_t to)
{
	struct pauses *p = &cpus[cpu];
	uint64_t sum = 0, covered = from;
	size_t i;

	if (!p->sorted)
		qsort(p->at, p->count, sizeof(*p->at), by_start);
	p->sorted = true;
	for (i = first(p, from); i < p->count && p->at[i].start < to; i++) {
		struct pause pause = p->at[i];

		if (pause.interrupt && (pause.start < from || pause.end > to))
			continue;
		if (pause.end > to)
			pause.end = to;
		if (pause.start < covered)
			pause.start = covered;
		if (pause.end <= pause.start)
			continue;
		sum += pause.end - pause.start;
		covered = pause.end;
	}
	return sum;
}
