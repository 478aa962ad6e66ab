// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/maps.h"

#define MAPPINGS_MAX	(1U << 20)

/* "start-end perms offset major:minor inode   path" */
bool mapping_parse(struct mapping *mapping, char *line)
{
	unsigned long long start, end, offset;
	int path = 0;

	memset(mapping, 0, sizeof(*mapping));
	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, mapping->permissions,
		   &offset, &mapping->file.major, &mapping->file.minor, &mapping->file.inode,
		   &path) < 7 || !path || start >= end)
		return false;
	mapping->start = start;
	mapping->end = end;
	mapping->offset = offset;
	mapping->path = line + path;
	return true;
}

static int take_line(void *context, char *text)
{
	struct maps *maps = context;
	struct mapping mapping;

	if (!mapping_parse(&mapping, text))
		return 0;
	if (maps->count == maps->room) {
		size_t room = maps->room ? maps->room * 2 : 64;
		struct mapping *grown;

		if (room > MAPPINGS_MAX)
			return 0;
		grown = realloc(maps->mapping, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		maps->mapping = grown;
		maps->room = room;
	}
	mapping.path = strdup(mapping.path);
	if (!mapping.path)
		return -ENOMEM;
	maps->mapping[maps->count++] = mapping;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct mapping *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

int maps_read(struct maps *maps, const char *recording, __s32 tgid)
{
	char name[32];

	snprintf(name, sizeof(name), "maps-%d", tgid);
	return maps_read_fact(maps, recording, name);
}

int maps_read_fact(struct maps *maps, const char *recording, const char *name)
{
	__u64 reach = 0;
	size_t i;
	int err;

	memset(maps, 0, sizeof(*maps));
	err = facts_each_line(recording, name, take_line, maps);
	if (err) {
		maps_uninit(maps);
		return err;
	}
	if (maps->count)
		qsort(maps->mapping, maps->count, sizeof(*maps->mapping), by_start);
	for (i = 0; i < maps->count; i++) {
		if (maps->mapping[i].end > reach)
			reach = maps->mapping[i].end;
		maps->mapping[i].reach = reach;
	}
	return 0;
}

void maps_uninit(struct maps *maps)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		free(maps->mapping[i].path);
	free(maps->mapping);
	memset(maps, 0, sizeof(*maps));
}

const struct mapping *maps_find(const struct maps *maps, __u64 address)
{
	size_t low = 0, high = maps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (maps->mapping[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* Areas overlap if the kernel changed them while they were read. */
	for (; low && maps->mapping[low - 1].reach > address; low--)
		if (address < maps->mapping[low - 1].end)
			return &maps->mapping[low - 1];
	return NULL;
}
