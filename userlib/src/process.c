// SPDX-License-Identifier: LGPL-2.1
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_FIELD	22	/* of /proc/PID/stat */

uint64_t hft_process_start(pid_t pid)
{
	char path[32], text[1024];
	const char *at;
	ssize_t got;
	int fd, field;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	/* the second field is a name in parentheses, in which anything can stand */
	at = strrchr(text, ')');
	for (field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

bool hft_process_is_another(pid_t pid, uint64_t start)
{
	uint64_t now = start ? hft_process_start(pid) : 0;

	return now && now != start;
}
