// SPDX-License-Identifier: GPL-2.0
/* The threads of programs that may run on one CPU only. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/pinned.h"

/* Kernel threads have no executable; what they do shows in the CPU's switches. */
static bool has_executable(pid_t pid)
{
	char path[64], target[2];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, target, sizeof(target)) >= 0;
}

static int add(struct counts *counts, pid_t pid, pid_t tid)
{
	struct pinned_thread *thread;
	struct cpus affinity;
	size_t column;

	if (cpus_of_thread(tid, &affinity) || cpus_count(&affinity) != 1)
		return 0;
	for (column = 0; column < counts->columns; column++) {
		if (cpus_has(&affinity, counts->cpu[column]))
			break;
	}
	if (column == counts->columns || counts->threads == PINNED_MAX)
		return 0;
	thread = reallocarray(counts->thread, counts->threads + 1, sizeof(*thread));
	if (!thread)
		return -ENOMEM;
	counts->thread = thread;
	thread[counts->threads++] = (struct pinned_thread){ pid, tid, column, 0 };
	return 0;
}

static int add_threads_of(struct counts *counts, pid_t pid)
{
	struct dirent *entry;
	char path[64];
	int err = 0;
	DIR *dir;

	if (!has_executable(pid))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return 0;	/* it has ended meanwhile */
	while (!err && (entry = readdir(dir))) {
		pid_t tid = atoi(entry->d_name);

		if (tid > 0)
			err = add(counts, pid, tid);
	}
	closedir(dir);
	return err;
}

int pinned_find(struct counts *counts)
{
	struct dirent *entry;
	DIR *dir;
	int err = 0;

	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0)
			err = add_threads_of(counts, pid);
	}
	closedir(dir);
	return err;
}

void pinned_look(struct pinned_thread *thread)
{
	unsigned long long count, sum = 0;
	char line[256];
	int found = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/task/%d/status", thread->pid, thread->tid);
	file = fopen(line, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "voluntary_ctxt_switches: %llu", &count) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %llu", &count) == 1) {
			sum += count;
			found++;
		}
	}
	fclose(file);
	if (found == 2)
		thread->switches = sum;
}
