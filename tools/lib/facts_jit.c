// SPDX-License-Identifier: GPL-2.0
/* facts/perf-<tgid>.map: what a program that compiles at run time calls its code. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/facts_write.h"

#define JIT_MAX		(64 << 20)	/* bytes of a map; a longer one is left out */

/* The process's number as it knows itself, in the innermost namespace. */
static int own_number(pid_t pid)
{
	char path[40], line[256];
	int number = pid;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return pid;
	while (fgets(line, sizeof(line), file)) {
		const char *last = strncmp(line, "NSpid:", 6) ? NULL : strrchr(line, '\t');

		if (last)
			number = atoi(last + 1);
	}
	fclose(file);
	return number;
}

/*
 * The file is where anybody may make one: it has to be the process's own. -errno, -ENOENT
 * too if there is none, or nothing to be believed.
 */
static int open_map(pid_t pid, struct stat *status)
{
	char path[80];
	struct stat process;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (stat(path, &process))
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/%d/root/tmp/perf-%d.map", pid, own_number(pid));
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -ENOENT;
	if (!fstat(fd, status) && S_ISREG(status->st_mode) && status->st_uid == process.st_uid &&
	    status->st_size && status->st_size <= JIT_MAX)
		return fd;
	close(fd);
	return -ENOENT;
}

static int copy(int from, FILE *to)
{
	static char buf[65536];
	ssize_t got;

	while ((got = read(from, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, got, to);
	return got < 0 ? -errno : 0;
}

int facts_jit(struct recording *recording, pid_t pid)
{
	struct stat status, before;
	char name[40];
	FILE *file;
	int fd, err;

	fd = open_map(pid, &status);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	snprintf(name, sizeof(name), "perf-%d.map", pid);
	err = 0;
	/* it is only added to */
	if (!fstatat(recording->facts, name, &before, AT_SYMLINK_NOFOLLOW) &&
	    before.st_size == status.st_size)
		goto out;
	file = recording_new_file(recording, name);
	if (!file) {
		err = -errno;
		goto out;
	}
	err = copy(fd, file);
	if (err)
		recording_drop(recording, file, name);
	else
		err = recording_put(recording, file, name, false);
out:
	close(fd);
	return err;
}
