// SPDX-License-Identifier: GPL-2.0
/* facts/maps-<tgid>: the memory areas of a process, and the code that it had mapped before. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "lib/facts_write.h"
#include "lib/maps.h"

#define BEFORE_MAX	4096	/* areas that are kept: a process may map code again and again */

static bool overlaps(const struct maps *maps, const struct mapping *area)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		if (maps->mapping[i].start < area->end && area->start < maps->mapping[i].end)
			return true;
	return false;
}

/* A library that was unloaded: its addresses are in records still. */
static void print_before(FILE *file, const struct maps *now, const struct maps *before)
{
	size_t i, kept = 0;

	for (i = 0; i < before->count && kept < BEFORE_MAX; i++) {
		const struct mapping *area = &before->mapping[i];

		if (area->permissions[2] != 'x' || area->path[0] != '/' || overlaps(now, area))
			continue;
		fprintf(file, "%llx-%llx %s %08llx %02x:%02x %llu %s\n", area->start, area->end,
			area->permissions, area->offset, area->file.major, area->file.minor,
			area->file.inode, area->path);
		kept++;
	}
}

int facts_maps(struct recording *recording, pid_t pid)
{
	struct maps now = { 0 }, before = { 0 };
	char path[64], name[32];
	FILE *file;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	snprintf(name, sizeof(name), "maps-%d", pid);
	file = recording_new_file(recording, name);
	if (!file)
		return -errno;
	err = facts_copy(file, path);
	if (err) {
		/* What stands there already is better than nothing. */
		recording_drop(recording, file, name);
		return err == -ENOENT ? -ESRCH : err;
	}
	err = maps_read(&before, recording->path, pid);
	if (!err) {
		char written[40];

		fflush(file);
		snprintf(written, sizeof(written), "%s.new", name);
		err = maps_read_fact(&now, recording->path, written);
		if (!err)
			print_before(file, &now, &before);
	}
	maps_uninit(&before);
	maps_uninit(&now);
	if (err && err != -ENOENT) {
		recording_drop(recording, file, name);
		return err;
	}
	return recording_put(recording, file, name, false);
}
