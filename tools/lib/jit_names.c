// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/jit_names.h"

#define NAMES_MAX	(1U << 21)

/* "address bytes name", both in hex */
static int take_line(void *context, char *text)
{
	struct jit_names *names = context;
	unsigned long long start, bytes;
	struct jit_name *name;
	int at = 0;

	if (sscanf(text, "%llx %llx %n", &start, &bytes, &at) != 2 || !at || !text[at] ||
	    start + bytes <= start)
		return 0;
	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : 256;

		if (room > NAMES_MAX)
			return 0;
		name = realloc(names->at, room * sizeof(*name));
		if (!name)
			return -ENOMEM;
		names->at = name;
		names->room = room;
	}
	name = &names->at[names->count];
	name->start = start;
	name->end = start + bytes;
	name->order = names->count;
	name->name = strdup(text + at);
	if (!name->name)
		return -ENOMEM;
	names->count++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct jit_name *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

int jit_names_read(struct jit_names *names, const char *recording, __s32 tgid)
{
	__u64 reach = 0;
	char file[40];
	size_t i;
	int err;

	memset(names, 0, sizeof(*names));
	snprintf(file, sizeof(file), "perf-%d.map", tgid);
	err = facts_each_line(recording, file, take_line, names);
	if (err) {
		jit_names_uninit(names);
		return err == -ENOENT ? 0 : err;
	}
	if (names->count)
		qsort(names->at, names->count, sizeof(*names->at), compare);
	for (i = 0; i < names->count; i++) {
		if (names->at[i].end > reach)
			reach = names->at[i].end;
		names->at[i].reach = reach;
	}
	return 0;
}

void jit_names_uninit(struct jit_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->at[i].name);
	free(names->at);
	memset(names, 0, sizeof(*names));
}

const struct jit_name *jit_names_find(const struct jit_names *names, __u64 address)
{
	const struct jit_name *found = NULL;
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->at[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low && names->at[low - 1].reach > address; low--)
		if (address < names->at[low - 1].end &&
		    (!found || names->at[low - 1].order > found->order))
			found = &names->at[low - 1];
	return found;
}
