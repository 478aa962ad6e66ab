// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_place.h"

static struct placed {
	char name[FILES_NAME];
	unsigned char *bytes;
	size_t size;
	bool wanted;
} placed[FILES_MAX];

static unsigned int count;
static char place[64];
static pid_t maker;

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void leave(void)
{
	if (getpid() == maker && chdir("/") == 0)
		nftw(place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void files_place_init(void)
{
	snprintf(place, sizeof(place), "/dev/shm/hftrace-files-XXXXXX");
	if (!mkdtemp(place) || chdir(place) || mkdir("symbols", 0700))
		err(1, "%s", place);
	maker = getpid();
	atexit(leave);
}

static struct placed *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(placed[i].name, name))
			return &placed[i];
	return NULL;
}

/* The directories that a path needs, and which a file may stand in the way of: false. */
static bool make_way(const char *name)
{
	char path[FILES_NAME];
	char *slash;

	strcpy(path, name);
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return true;
}

static void put(const struct files_one *one)
{
	struct placed *there = find(one->name);
	int fd;

	if (there && there->size == one->size && !memcmp(there->bytes, one->bytes, one->size)) {
		there->wanted = true;
		return;
	}
	fd = open(one->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 && make_way(one->name))
		fd = open(one->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return;		/* a directory has the name, or a file that of a directory */
	if (write(fd, one->bytes, one->size) != (ssize_t)one->size)
		err(1, "%s", one->name);
	close(fd);
	if (!there) {
		there = &placed[count++];
		strcpy(there->name, one->name);
		there->bytes = realloc(there->bytes, FILES_BYTES + 1);
		if (!there->bytes)
			err(1, "a file");
	}
	memcpy(there->bytes, one->bytes, one->size);
	there->size = one->size;
	there->wanted = true;
}

static void drop_unwanted(const struct files_case *files)
{
	unsigned int i = 0, j;

	for (j = 0; j < count; j++)
		placed[j].wanted = false;
	for (j = 0; j < files->count; j++) {
		struct placed *there = find(files->file[j].name);

		if (there)
			there->wanted = true;
	}
	while (i < count) {
		struct placed gone = placed[i];
		char *slash;

		if (gone.wanted) {
			i++;
			continue;
		}
		unlink(gone.name);
		while ((slash = strrchr(gone.name, '/'))) {
			*slash = '\0';
			if (rmdir(gone.name))
				break;	/* others are in it */
		}
		placed[i] = placed[--count];
		placed[count] = gone;		/* its buffer is kept */
	}
}

void files_place(const struct files_case *files)
{
	unsigned int i;

	drop_unwanted(files);
	for (i = 0; i < files->count; i++)
		put(&files->file[i]);
}
