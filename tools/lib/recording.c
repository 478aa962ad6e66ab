// SPDX-License-Identifier: GPL-2.0
/* The directory NAME.hft that a recording is. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/recording.h"

#define RESERVE "reserve"
#define RESERVE_BYTES (512 << 10)

static int open_directory(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Whether a name in the recording's own directory may be one of ours. */
static bool own_name(const char *name)
{
	return !strcmp(name, "metadata") || !strcmp(name, "facts") ||
	       (starts_with(name, "cpu") && strspn(name + 3, "0123456789") == strlen(name + 3)) ||
	       (starts_with(name, "user-") && strspn(name + 5, "0123456789-") == strlen(name + 5));
}

/* Copies into `foreign` a name that is not a recording's. 0: there is none; 1; or -errno. */
static int find_foreign(int directory, char foreign[64])
{
	int fd = open_directory(directory, ".");
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return -errno;
	while (!found && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    own_name(entry->d_name))
			continue;
		snprintf(foreign, 64, "%.63s", entry->d_name);
		found = 1;
	}
	closedir(dir);
	return found;
}

static int delete_files(int at, const char *name)
{
	int fd = open_directory(at, name);
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) && errno != EISDIR && !err)
			err = -errno;
	}
	closedir(dir);
	return err;
}

int recording_delete(const char *path)
{
	int directory = open_directory(AT_FDCWD, path);
	int err;

	if (directory < 0)
		return directory;
	err = delete_files(directory, "facts");
	if (!err && unlinkat(directory, "facts", AT_REMOVEDIR))
		err = -errno;
	if (!err)
		err = delete_files(directory, ".");
	close(directory);
	if (!err && rmdir(path))
		err = -errno;
	return err;
}

/* -EEXIST with a reason unless it is a recording and nothing else. */
static int check_replaceable(const char *path, char *why)
{
	char foreign[64];
	struct stat st;
	int directory;
	int err;

	directory = open_directory(AT_FDCWD, path);
	if (directory < 0 || fstatat(directory, "facts/recording", &st, AT_SYMLINK_NOFOLLOW)) {
		snprintf(why, RECORDING_WHY,
			 "%s exists and is not a recording: name another with -o", path);
		err = -EEXIST;
		goto out_close;
	}
	err = find_foreign(directory, foreign);
	if (err > 0) {
		snprintf(why, RECORDING_WHY,
			 "%s holds '%s', no part of a recording: name another with -o",
			 path, foreign);
		err = -EEXIST;
	} else if (err < 0) {
		snprintf(why, RECORDING_WHY, "cannot read %s: %s", path, strerror(-err));
	}
out_close:
	if (directory >= 0)
		close(directory);
	return err;
}

static int set_aside(struct recording *recording, char *why)
{
	int err = check_replaceable(recording->path, why);

	if (err)
		return err;
	if (asprintf(&recording->replaced, "%s.replaced-%d", recording->path, getpid()) < 0) {
		recording->replaced = NULL;
		snprintf(why, RECORDING_WHY, "out of memory");
		return -ENOMEM;
	}
	if (!rename(recording->path, recording->replaced))
		return 0;
	err = -errno;
	snprintf(why, RECORDING_WHY, "cannot replace %s: %s", recording->path, strerror(-err));
	free(recording->replaced);
	recording->replaced = NULL;
	return err;
}

static int make_reserve(struct recording *recording)
{
	int fd = openat(recording->facts, RESERVE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	err = posix_fallocate(fd, 0, RESERVE_BYTES);
	close(fd);
	/* A limit on the size of files is met later, if at all. */
	return err == EFBIG ? 0 : -err;
}

static int make_directories(struct recording *recording)
{
	int err;

	if (mkdir(recording->path, 0700))
		return -errno;
	recording->directory = open_directory(AT_FDCWD, recording->path);
	if (recording->directory < 0)
		return recording->directory;
	if (mkdirat(recording->directory, "facts", 0700))
		return -errno;
	recording->facts = open_directory(recording->directory, "facts");
	if (recording->facts < 0)
		return recording->facts;
	err = make_reserve(recording);
	if (err)
		return err;
	return getrandom(recording->uuid, sizeof(recording->uuid), 0) < 0 ? -errno : 0;
}

int recording_create(struct recording *recording, const char *path, bool replace,
		     char why[RECORDING_WHY])
{
	struct stat st;
	int err;

	memset(recording, 0, sizeof(*recording));
	recording->path = path;
	recording->directory = -1;
	recording->facts = -1;
	if (!lstat(path, &st)) {
		if (!replace) {
			snprintf(why, RECORDING_WHY,
				 "%s exists: say -f to replace it, or another name with -o", path);
			return -EEXIST;
		}
		err = set_aside(recording, why);
		if (err)
			return err;
	}
	err = make_directories(recording);
	if (err) {
		snprintf(why, RECORDING_WHY, "cannot make %s: %s", path, strerror(-err));
		if (err != -EEXIST)
			recording_abandon(recording);
		recording_close(recording);
		return err;
	}
	/* Version 4, variant 1: random. */
	recording->uuid[6] = (recording->uuid[6] & 0x0f) | 0x40;
	recording->uuid[8] = (recording->uuid[8] & 0x3f) | 0x80;
	return 0;
}

int recording_keep(struct recording *recording)
{
	int err = 0;

	if (recording->replaced)
		err = recording_delete(recording->replaced);
	free(recording->replaced);
	recording->replaced = NULL;
	return err;
}

void recording_abandon(struct recording *recording)
{
	if (recording->facts >= 0)
		recording_delete(recording->path);
	else
		rmdir(recording->path);
	if (recording->replaced)
		rename(recording->replaced, recording->path);
	free(recording->replaced);
	recording->replaced = NULL;
}

void recording_close(struct recording *recording)
{
	if (recording->facts >= 0)
		close(recording->facts);
	if (recording->directory >= 0)
		close(recording->directory);
	recording->facts = -1;
	recording->directory = -1;
}

void recording_free_reserve(struct recording *recording)
{
	unlinkat(recording->facts, RESERVE, 0);
}

static void new_name(char buf[96], const char *name)
{
	snprintf(buf, 96, "%s.new", name);
}

FILE *recording_new_file(struct recording *recording, const char *name)
{
	char temporary[96];
	FILE *file;
	int fd;

	new_name(temporary, name);
	fd = openat(recording->facts, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "w");
	if (!file)
		close(fd);
	return file;
}

int recording_put(struct recording *recording, FILE *file, const char *name, bool top)
{
	char temporary[96];
	int err = 0;

	new_name(temporary, name);
	errno = 0;
	if (fflush(file) || ferror(file))
		err = errno ? -errno : -EIO;
	if (fclose(file) && !err)
		err = -errno;
	if (!err && renameat(recording->facts, temporary,
			     top ? recording->directory : recording->facts, name))
		err = -errno;
	if (err)
		unlinkat(recording->facts, temporary, 0);
	return err;
}

void recording_drop(struct recording *recording, FILE *file, const char *name)
{
	char temporary[96];

	fclose(file);
	new_name(temporary, name);
	unlinkat(recording->facts, temporary, 0);
}
