// SPDX-License-Identifier: GPL-2.0
/* Processes of this machine, by /proc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"
#include "lib/process.h"

/* The value of a line of /proc/PID/status, -1 if there is none. */
static long status_value(pid_t pid, const char *key)
{
	char path[64], line[256];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		size_t length = strlen(key);

		if (!strncmp(line, key, length) && line[length] == ':') {
			value = strtol(line + length + 1, NULL, 10);
			break;
		}
	}
	fclose(file);
	return value;
}

pid_t process_of_thread(pid_t tid)
{
	long tgid = status_value(tid, "Tgid");

	return tgid > 0 ? tgid : 0;
}

bool process_exists(pid_t pid)
{
	return process_of_thread(pid) == pid;
}

#define START_FIELD	22	/* of /proc/PID/stat */

__u64 process_start(pid_t pid)
{
	char path[64], line[1024];
	const char *at = NULL;
	FILE *file;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* the second field is a name in parentheses, in which anything can stand */
	if (fgets(line, sizeof(line), file))
		at = strrchr(line, ')');
	for (field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	fclose(file);
	return at ? strtoull(at, NULL, 10) : 0;
}

const char *process_name(pid_t pid, char *buf, size_t size)
{
	char path[64], name[64];
	FILE *file;

	snprintf(buf, size, "?");
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return buf;
	if (fgets(name, sizeof(name), file)) {
		name[strcspn(name, "\n")] = 0;
		text_escape(buf, size, name, sizeof(name));
	}
	fclose(file);
	return buf;
}

bool process_descends(pid_t pid, pid_t ancestor)
{
	while (pid > 1 && pid != ancestor)
		pid = status_value(pid, "PPid");
	return pid == ancestor;
}
