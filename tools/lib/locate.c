// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/locate.h"

#define DIRECTORIES	16

static const char *directory[DIRECTORIES];
static size_t directories;

int locate_add_directory(const char *name)
{
	struct stat status;
	size_t i;

	/* named twice, it is looked into once */
	for (i = 0; i < directories; i++)
		if (!strcmp(directory[i], name))
			return 0;
	if (directories == DIRECTORIES)
		return -E2BIG;
	if (stat(name, &status))
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	directory[directories++] = name;
	return 0;
}

/*
 * A regular file: a recording's path may name anything, a pipe, a device, which its
 * being opened already means something to. -errno.
 */
static int open_regular(const char *path)
{
	int there = open(path, O_PATH | O_CLOEXEC), fd = -ENOENT;
	char again[sizeof("/proc/self/fd/") + 10];
	struct stat status;

	if (there < 0)
		return -errno;
	if (!fstat(there, &status) && S_ISREG(status.st_mode) && status.st_size) {
		snprintf(again, sizeof(again), "/proc/self/fd/%d", there);
		fd = open(again, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	close(there);
	return fd;
}

/* What is looked for, and what was met so far. */
struct search {
	const struct image *image;
	char path[LOCATE_PATH - 64];	/* the process's, without " (deleted)" */
	const struct mapping *mapping;
	struct located *located;
	bool other;		/* a file was there, but another one */
	bool unreadable;
};

/*
 * Whether it is that file. Without a build id it is the one of that size and time; with
 * nothing recorded of it, the one of that inode. Those that the user named are `trusted`.
 */
static bool is_wanted(const struct search *search, int fd, bool trusted)
{
	const struct image *wanted = search->image;
	struct image here;
	struct stat status;

	image_of_file(fd, &here);
	if (image_has_id(wanted))
		return !strcmp(wanted->id, here.id);
	if (wanted && wanted->id[0] == '-')
		return here.bytes == wanted->bytes &&
		       (trusted || here.changed_ns == wanted->changed_ns);
	return trusted || (!fstat(fd, &status) && status.st_ino == search->mapping->file.inode);
}

static bool try_path(struct search *search, bool trusted)
{
	struct located *located = search->located;
	int fd = open_regular(located->path);

	if (fd < 0) {
		search->unreadable |= fd == -EACCES || fd == -EPERM;
		return false;
	}
	if (!is_wanted(search, fd, trusted)) {
		search->other = true;
		close(fd);
		return false;
	}
	located->fd = fd;
	return true;
}

/* Too long a path names nothing. */
static void join(char path[LOCATE_PATH], const char *before, const char *behind)
{
	if (snprintf(path, LOCATE_PATH, "%s%s", before, behind) >= LOCATE_PATH)
		path[0] = '\0';
}

static bool try_directories(struct search *search)
{
	const char *slash = strrchr(search->path, '/');
	size_t i;

	for (i = 0; i < directories && slash; i++) {
		join(search->located->path, directory[i], search->path);
		if (try_path(search, true))
			return true;
		join(search->located->path, directory[i], slash);
		if (try_path(search, true))
			return true;
	}
	return false;
}

static bool try_process(struct search *search, __s32 tgid)
{
	const struct mapping *mapping = search->mapping;
	bool other = search->other;

	snprintf(search->located->path, LOCATE_PATH, "/proc/%d/map_files/%llx-%llx", tgid,
		 mapping->start, mapping->end);
	if (try_path(search, false))
		return true;
	snprintf(search->located->path, LOCATE_PATH, "/proc/%d/root%s", tgid, search->path);
	if (try_path(search, false))
		return true;
	/* the number may be another process's by now */
	search->other = other;
	return false;
}

/* debuginfod's, which its tools fill. False: there is none. */
static bool cache_directory(char *path, size_t size)
{
	const char *own = getenv("DEBUGINFOD_CACHE_PATH"), *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		snprintf(path, size, "%s", own);
	else if (cache && *cache)
		snprintf(path, size, "%s/debuginfod_client", cache);
	else if (home && *home)
		snprintf(path, size, "%s/.cache/debuginfod_client", home);
	else
		return false;
	return true;
}

/* Hex digits only: it becomes part of a path. */
static bool is_id(const char *id)
{
	return strlen(id) > 2 && strspn(id, "0123456789abcdef") == strlen(id);
}

/* DIR/.build-id/ab/cdef..., and the same of those of the system. -1: not there. */
static int open_by_id(const char *id, const char *suffix, char path[LOCATE_PATH])
{
	size_t i;
	int fd;

	for (i = 0; i < 2 * directories + 1; i++) {
		const char *root = i < 2 * directories ? directory[i / 2] : "";
		const char *below = i < 2 * directories && !(i & 1) ? "" : "/usr/lib/debug";

		snprintf(path, LOCATE_PATH, "%s%s/.build-id/%.2s/%s%s", root, below, id, id + 2,
			 suffix);
		fd = open_regular(path);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

static int open_in_cache(const char *id, const char *what, char path[LOCATE_PATH])
{
	char cache[LOCATE_PATH - 200];
	int fd;

	if (!cache_directory(cache, sizeof(cache)))
		return -1;
	snprintf(path, LOCATE_PATH, "%s/%s/%s", cache, id, what);
	fd = open_regular(path);
	return fd < 0 ? -1 : fd;
}

int locate_debug(const char *id, char path[LOCATE_PATH])
{
	int fd;

	if (!is_id(id))
		return -1;
	fd = open_by_id(id, ".debug", path);
	return fd >= 0 ? fd : open_in_cache(id, "debuginfo", path);
}

static bool try_id(struct search *search, const char *id)
{
	struct located *located = search->located;

	if (!is_id(id))
		return false;
	located->fd = open_by_id(id, "", located->path);
	if (located->fd < 0)
		located->fd = open_in_cache(id, "executable", located->path);
	if (located->fd >= 0 && !is_wanted(search, located->fd, false)) {
		close(located->fd);
		located->fd = -1;
	}
	if (located->fd >= 0)
		return true;
	located->fd = locate_debug(id, located->path);
	located->debug_only = located->fd >= 0;
	return located->debug_only;
}

#define DELETED	" (deleted)"

static void take_path(struct search *search)
{
	size_t length = strlen(search->mapping->path);

	snprintf(search->path, sizeof(search->path), "%s", search->mapping->path);
	if (length < sizeof(search->path) && length > strlen(DELETED) &&
	    !strcmp(search->path + length - strlen(DELETED), DELETED))
		search->path[length - strlen(DELETED)] = '\0';
}

bool locate_binary(struct located *located, const struct image *image,
		   const struct mapping *mapping, __s32 tgid, bool lives)
{
	struct search search = { .image = image, .mapping = mapping, .located = located };

	memset(located, 0, sizeof(*located));
	located->fd = -1;
	take_path(&search);
	if (try_directories(&search))
		return true;
	if (lives && try_process(&search, tgid))
		return true;
	snprintf(located->path, LOCATE_PATH, "%s", search.path);
	if (try_path(&search, false))
		return true;
	if (image_has_id(image) && try_id(&search, image->id))
		return true;
	if (search.other)
		located->reason = "another build is on this machine";
	else if (search.unreadable)
		located->reason = "not readable";
	else
		located->reason = "not on this machine";
	return false;
}
