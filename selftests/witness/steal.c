// SPDX-License-Identifier: GPL-2.0
/* See steal.h. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "steal.h"

#define CPUS	64

static struct pauses {
	struct { uint64_t start, end; } *at;
	size_t count;
} cpus[CPUS];

static void add(unsigned int cpu, uint64_t start, uint64_t end)
{
	struct pauses *p = &cpus[cpu];

	p->at = reallocarray(p->at, p->count + 1, sizeof(*p->at));
	if (!p->at)
		err(EXIT_FAILURE, "pauses");
	p->at[p->count].start = start;
	p->at[p->count].end = end;
	p->count++;
}

void steal_load(const char *path)
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
		if (sscanf(line, "%u,%lu,%lu", &cpu, &start, &end) != 3 || cpu >= CPUS)
			errx(EXIT_FAILURE, "%s: %s", path, line);
		add(cpu, start, end);
	}
	fclose(file);
}

uint64_t steal_within(unsigned int cpu, uint64_t from, uint64_t to)
{
	const struct pauses *p = &cpus[cpu];
	size_t low = 0, high = p->count;
	uint64_t sum = 0;

	/* the first pause that ends after `from`: they are in order and apart */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->at[middle].end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < p->count && p->at[low].start < to; low++) {
		uint64_t start = p->at[low].start > from ? p->at[low].start : from;
		uint64_t end = p->at[low].end < to ? p->at[low].end : to;

		sum += end - start;
	}
	return sum;
}
