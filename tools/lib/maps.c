// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/maps.h"

#define MAPPINGS_MAX	(1U << 20)

/* As in /proc/PID/maps: "start-end perms offset major:minor inode   path". */
static int take_line(void *context, char *text)
{
	struct maps *maps = context;
	struct mapping mapping = { 0 };
	int path = 0;

	if (sscanf(text, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*x:%*x %*u %n",
		   (uint64_t *)&mapping.start, (uint64_t *)&mapping.end, mapping.permissions,
		   (uint64_t *)&mapping.offset, &path) < 4 || !path)
		return 0;
	if (mapping.start >= mapping.end)
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
	mapping.path = strdup(text + path);
	if (!mapping.path)
		return -ENOMEM;
	maps->mapping[maps->count++] = mapping;
	return 0;
}

int maps_read(struct maps *maps, const char *recording, __s32 tgid)
{
	char name[32];
	int err;

	memset(maps, 0, sizeof(*maps));
	snprintf(name, sizeof(name), "maps-%d", tgid);
	err = facts_each_line(recording, name, take_line, maps);
	if (err)
		maps_uninit(maps);
	return err;
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
	size_t i;

	/* In the file's order: what was mapped first, should areas of two times overlap. */
	for (i = 0; i < maps->count; i++)
		if (address >= maps->mapping[i].start && address < maps->mapping[i].end)
			return &maps->mapping[i];
	return NULL;
}
