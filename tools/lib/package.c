// SPDX-License-Identifier: GPL-2.0
/* By dpkg's own lists of files, which need no program to be run. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/package.h"

#define LISTS		"/var/lib/dpkg/info"
#define LIST_MAX	(8 << 20)

/* The list, with a newline before it. To be freed. */
static char *read_list(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t used = 1;
	ssize_t got = 1;
	off_t bytes;
	char *text;

	bytes = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	text = bytes > 0 && bytes < LIST_MAX ? malloc(bytes + 2) : NULL;
	while (text && got > 0 && used <= (size_t)bytes) {
		got = pread(fd, text + used, bytes + 1 - used, used - 1);
		used += got > 0 ? got : 0;
	}
	if (text) {
		text[0] = '\n';
		text[used] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/* "name.list", "name:amd64.list" */
static bool is_list(const char *file, char name[PACKAGE_NAME])
{
	const char *end = strrchr(file, '.');

	if (!end || strcmp(end, ".list") || end - file >= PACKAGE_NAME)
		return false;
	snprintf(name, PACKAGE_NAME, "%.*s", (int)(end - file), file);
	name[strcspn(name, ":")] = '\0';
	return true;
}

bool package_of(const char *path, char name[PACKAGE_NAME], char debug[PACKAGE_NAME])
{
	char *line = NULL, *merged = NULL;
	struct dirent *entry;
	bool found = false;
	DIR *directory;

	directory = opendir(LISTS);
	if (!directory)
		return false;
	/* what is in /usr/lib may be listed in /lib, which is a link there */
	if (asprintf(&line, "\n%s\n", path) < 0)
		line = NULL;
	if (!strncmp(path, "/usr/", 5) && asprintf(&merged, "\n%s\n", path + 4) < 0)
		merged = NULL;
	while (line && !found && (entry = readdir(directory))) {
		char *text;

		if (!is_list(entry->d_name, name))
			continue;
		text = read_list(dirfd(directory), entry->d_name);
		found = text && (strstr(text, line) || (merged && strstr(text, merged)));
		free(text);
	}
	closedir(directory);
	free(line);
	free(merged);
	if (found)
		snprintf(debug, PACKAGE_NAME, "%.*s%s", PACKAGE_NAME - 8, name,
			 strcmp(name, "libc6") ? "-dbgsym" : "-dbg");
	return found;
}
