// SPDX-License-Identifier: GPL-2.0
/* facts/buildids: which binaries were running, see image.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buildid.h"
#include "lib/facts_write.h"
#include "lib/image.h"

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

static int open_same(const char *path, const struct mapping *mapping)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd >= 0 && (fstat(fd, &status) || status.st_ino != mapping->file.inode)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The file that is mapped, whatever stands at its path by now; without the right to
 * that, the file at its path as the process sees it, or as it is seen here, if it is
 * that one. -1: none.
 */
static int open_mapped(const struct image *image, const struct mapping *mapping)
{
	char path[4200];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", image->tgid, mapping->start,
		 mapping->end);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%s", image->tgid, image->path);
	fd = open_same(path, mapping);
	return fd >= 0 ? fd : open_same(image->path, mapping);
}

/* In a mount namespace of its own paths mean other files. */
static bool is_elsewhere(pid_t pid)
{
	char path[40], its[64], own[64];
	ssize_t got, length;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	got = readlink(path, its, sizeof(its));
	length = readlink("/proc/self/ns/mnt", own, sizeof(own));
	return got > 0 && length > 0 && (got != length || memcmp(its, own, got));
}

/* Its areas as they are now: they are what open_mapped() is to find. */
static int print_process(FILE *file, struct images *noted, pid_t pid)
{
	struct image image = { .tgid = pid };
	struct mapping mapping;
	char path[32];
	char *line = NULL;
	size_t room = 0;
	FILE *maps;
	int err = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return 0;	/* it has gone, or belongs to another: nothing is known of it */
	image.elsewhere = is_elsewhere(pid);
	while (!err && getline(&line, &room, maps) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (!mapping_parse(&mapping, line) || mapping.permissions[2] != 'x' ||
		    mapping.path[0] != '/' || images_find(noted, pid, &mapping))
			continue;
		image.path = mapping.path;
		image.file = mapping.file;
		fd = open_mapped(&image, &mapping);
		image_of_file(fd, &image);
		if (fd >= 0)
			close(fd);
		image_print(file, &image);
		err = images_add(noted, &image);
	}
	free(line);
	fclose(maps);
	return err;
}

int facts_buildids(struct recording *recording, const pid_t *pids, size_t count)
{
	struct images noted;
	bool first;
	int err, closed;
	FILE *file;
	size_t i;

	err = images_read(&noted, recording->path);
	if (err)
		return err;
	first = faccessat(recording->facts, "buildids", F_OK, 0);
	file = facts_append(recording, "buildids");
	if (!file) {
		err = -errno;
		goto out;
	}
	if (first)
		print_kernel(file);
	for (i = 0; i < count && !err; i++)
		err = print_process(file, &noted, pids[i]);
	closed = facts_append_end(file);
	err = err ? err : closed;
out:
	images_uninit(&noted);
	return err;
}
