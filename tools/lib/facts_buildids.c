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

/*
 * The file that is mapped, whatever stands at its path by now; without the right to
 * that, the file at its path as the process sees it, if it is that one. -1: neither.
 */
static int open_mapped(const struct image *image, const struct mapping *mapping)
{
	char path[4200];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", image->tgid, mapping->start,
		 mapping->end);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%s", image->tgid, image->path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &status) || status.st_ino != mapping->file.inode)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whether two links of /proc differ; one that cannot be read does not. */
static bool links_differ(const char *one, const char *other)
{
	char left[4200], right[4200];
	ssize_t a = readlink(one, left, sizeof(left)), b = readlink(other, right, sizeof(right));

	return a > 0 && b > 0 && (a != b || memcmp(left, right, a));
}

static bool is_elsewhere(pid_t pid)
{
	char root[40], namespace[40];

	snprintf(root, sizeof(root), "/proc/%d/root", pid);
	snprintf(namespace, sizeof(namespace), "/proc/%d/ns/mnt", pid);
	return links_differ(root, "/proc/self/root") ||
	       links_differ(namespace, "/proc/self/ns/mnt");
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
