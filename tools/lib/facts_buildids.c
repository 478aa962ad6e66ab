// SPDX-License-Identifier: GPL-2.0
/* facts/buildids: which binaries were running. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buildid.h"
#include "lib/facts_write.h"

#define NOTES_MAX (64 << 10)

static void print_notes_of(FILE *file, const char *path, const char *name)
{
	char text[BUILDID_TEXT];
	char *notes;
	FILE *from;

	from = fopen(path, "re");
	if (!from)
		return;
	notes = malloc(NOTES_MAX);
	if (notes) {
		size_t got = fread(notes, 1, NOTES_MAX, from);

		if (!buildid_of_notes(notes, got, text))
			fprintf(file, "%s\t%s\n", name, text);
	}
	free(notes);
	fclose(from);
}

static void print_kernel(FILE *file)
{
	struct dirent *entry;
	DIR *dir;

	print_notes_of(file, "/sys/kernel/notes", "[kernel]");
	dir = opendir("/sys/module");
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char path[320], name[80];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/module/%s/notes/.note.gnu.build-id",
			 entry->d_name);
		snprintf(name, sizeof(name), "[%.70s]", entry->d_name);
		print_notes_of(file, path, name);
	}
	closedir(dir);
}

/* Paths that were printed, to print each once. */
struct paths {
	char **path;
	size_t count;
};

static int add_path(struct paths *paths, const char *path)
{
	char **more;
	size_t i;

	for (i = 0; i < paths->count; i++) {
		if (!strcmp(paths->path[i], path))
			return 0;
	}
	more = realloc(paths->path, (paths->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	paths->path = more;
	paths->path[paths->count] = strdup(path);
	if (!paths->path[paths->count])
		return -ENOMEM;
	paths->count++;
	return 1;
}

/* A line of /proc/PID/maps: the file of an executable mapping, or NULL. */
static char *executable_path(char *line)
{
	char mode[5];
	int at = 0;

	line[strcspn(line, "\n")] = 0;
	if (sscanf(line, "%*s %4s %*s %*s %*s %n", mode, &at) != 1 || !at)
		return NULL;
	return mode[2] == 'x' && line[at] == '/' ? line + at : NULL;
}

static int print_process(FILE *file, struct recording *recording, struct paths *paths, pid_t pid)
{
	char name[32], inside[4200], text[BUILDID_TEXT];
	char *line = NULL;
	size_t room = 0;
	int added = 0;
	FILE *maps;
	int fd;

	snprintf(name, sizeof(name), "maps-%d", pid);
	fd = openat(recording->facts, name, O_RDONLY | O_CLOEXEC);
	maps = fd < 0 ? NULL : fdopen(fd, "r");
	if (!maps)
		return errno == ENOENT ? 0 : -errno;
	while (added >= 0 && getline(&line, &room, maps) > 0) {
		const char *path = executable_path(line);

		if (!path)
			continue;
		added = add_path(paths, path);
		if (added <= 0)
			continue;
		/* As the process sees it, in a container too. */
		snprintf(inside, sizeof(inside), "/proc/%d/root%s", pid, path);
		if (!buildid_of_file(inside, text) || !buildid_of_file(path, text))
			fprintf(file, "%s\t%s\n", path, text);
	}
	free(line);
	fclose(maps);
	return added < 0 ? added : 0;
}

int facts_buildids(struct recording *recording, const pid_t *pids, size_t count)
{
	struct paths paths = { 0 };
	int err = 0;
	FILE *file;
	size_t i;

	file = recording_new_file(recording, "buildids");
	if (!file)
		return -errno;
	print_kernel(file);
	for (i = 0; i < count && !err; i++)
		err = print_process(file, recording, &paths, pids[i]);
	for (i = 0; i < paths.count; i++)
		free(paths.path[i]);
	free(paths.path);
	if (err) {
		recording_drop(recording, file, "buildids");
		return err;
	}
	return recording_put(recording, file, "buildids", false);
}
