// SPDX-License-Identifier: GPL-2.0
/* See tracefs.h. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tracefs.h"

#define ROOT		"/sys/kernel/tracing/"
#define RAW_PAGE	4096
#define TICKS		"x86-tsc"

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), ROOT "%s", name);
	return path;
}

static void put(const char *name, const char *text, int flags)
{
	const char *path = path_of(name);
	int fd = open(path, O_WRONLY | flags);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(EXIT_FAILURE, "%s: %s", path, text);
	close(fd);
}

void tracefs_write(const char *name, const char *text)
{
	put(name, text, O_TRUNC);
}

void tracefs_add(const char *name, const char *text)
{
	put(name, text, O_APPEND);
}

void tracefs_on(bool on)
{
	tracefs_write("tracing_on", on ? "1" : "0");
}

void tracefs_disable_all(void)
{
	tracefs_write("events/enable", "0");
}

bool tracefs_counts_ticks(void)
{
	const char *path = path_of("trace_clock");
	FILE *file = fopen(path, "r");
	char line[256];
	bool known;

	if (!file || !fgets(line, sizeof(line), file))
		err(EXIT_FAILURE, "%s", path);
	known = strstr(line, TICKS);
	fclose(file);
	return known;
}

bool tracefs_has(const char *event)
{
	char name[128];

	snprintf(name, sizeof(name), "events/%s/enable", event);
	return !access(path_of(name), F_OK);
}

void tracefs_prepare(unsigned int kib)
{
	char size[16];

	tracefs_on(false);
	tracefs_disable_all();
	snprintf(size, sizeof(size), "%u", kib);
	tracefs_write("buffer_size_kb", size);
	/* a change of clock empties the buffers */
	tracefs_write("trace_clock", tracefs_counts_ticks() ? TICKS : "mono");
	tracefs_write("trace", "");
}

bool tracefs_enable(const char *event)
{
	char name[128];

	if (!tracefs_has(event))
		return false;
	snprintf(name, sizeof(name), "events/%s/enable", event);
	tracefs_write(name, "1");
	return true;
}

unsigned long tracefs_lost(unsigned int cpu)
{
	unsigned long lost = 0, count;
	char name[64], line[128];
	FILE *file;

	snprintf(name, sizeof(name), "per_cpu/cpu%u/stats", cpu);
	file = fopen(path_of(name), "r");
	if (!file)
		err(EXIT_FAILURE, "%s", name);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "overrun: %lu", &count) == 1 ||
		    sscanf(line, "commit overrun: %lu", &count) == 1 ||
		    sscanf(line, "dropped events: %lu", &count) == 1)
			lost += count;
	}
	fclose(file);
	return lost;
}

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_NONBLOCK), out;
	char page[RAW_PAGE];
	ssize_t n;

	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (in < 0 || out < 0)
		err(EXIT_FAILURE, "%s to %s", from, to);
	while ((n = read(in, page, sizeof(page))) > 0) {
		if (write(out, page, n) != n)
			err(EXIT_FAILURE, "%s", to);
	}
	if (n < 0 && errno != EAGAIN)
		err(EXIT_FAILURE, "%s", from);
	close(in);
	close(out);
}

void tracefs_save_pages(unsigned int cpu, const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "per_cpu/cpu%u/trace_pipe_raw", cpu);
	copy(path_of(name), path);
}

void tracefs_save_format(const char *event, const char *path)
{
	char name[128];

	snprintf(name, sizeof(name), "events/%s/format", event);
	copy(path_of(name), path);
}
