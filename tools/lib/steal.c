// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/steal.h"

/* cpu,start_tsc,end_tsc,kind */
static int take_line(void *context, char *text)
{
	struct steal *steal = context;
	struct stolen stolen;

	if (sscanf(text, "%d,%" SCNu64 ",%" SCNu64, &stolen.cpu, (uint64_t *)&stolen.start,
		   (uint64_t *)&stolen.end) != 3 || stolen.start >= stolen.end)
		return 0;
	if (steal->count == steal->room) {
		size_t room = steal->room ? steal->room * 2 : 256;
		struct stolen *grown = realloc(steal->stolen, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		steal->stolen = grown;
		steal->room = room;
	}
	steal->stolen[steal->count++] = stolen;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct stolen *left = a, *right = b;

	if (left->cpu != right->cpu)
		return left->cpu < right->cpu ? -1 : 1;
	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return 0;
}

static void merge_overlaps(struct steal *steal)
{
	size_t i, kept = 0;

	for (i = 0; i < steal->count; i++) {
		struct stolen *last = kept ? &steal->stolen[kept - 1] : NULL;
		const struct stolen *stolen = &steal->stolen[i];

		if (!last || last->cpu != stolen->cpu || last->end < stolen->start)
			steal->stolen[kept++] = *stolen;
		else if (last->end < stolen->end)
			last->end = stolen->end;
	}
	steal->count = kept;
}

int steal_read(struct steal *steal, const char *recording)
{
	int err;

	memset(steal, 0, sizeof(*steal));
	err = facts_each_line(recording, "steal.csv", take_line, steal);
	if (err == -ENOENT)
		return 0;
	if (err) {
		steal_uninit(steal);
		return err;
	}
	if (steal->count)
		qsort(steal->stolen, steal->count, sizeof(*steal->stolen), by_time);
	merge_overlaps(steal);
	return 0;
}

void steal_uninit(struct steal *steal)
{
	free(steal->stolen);
	memset(steal, 0, sizeof(*steal));
}

__u64 steal_within(const struct steal *steal, __s32 cpu, __u64 start, __u64 end)
{
	size_t low = 0, high = steal->count;
	__u64 ticks = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct stolen *stolen = &steal->stolen[middle];

		if (stolen->cpu < cpu || (stolen->cpu == cpu && stolen->end <= start))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < steal->count && steal->stolen[low].cpu == cpu; low++) {
		const struct stolen *stolen = &steal->stolen[low];
		__u64 from = stolen->start > start ? stolen->start : start;
		__u64 to = stolen->end < end ? stolen->end : end;

		if (stolen->start >= end)
			break;
		ticks += to - from;
	}
	return ticks;
}
