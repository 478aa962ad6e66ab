// SPDX-License-Identifier: GPL-2.0
/*
 * Time and raw data, as perf record takes them, into a ring that is
 * overwritten, so that wake-ups are rare.
 */
#include "cost.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_BYTES	(512UL << 10)	/* perf record's default */

static uint64_t tracepoint_id(const char *tracepoint)
{
	char path[256];
	unsigned long long id;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", tracepoint);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &id) != 1)
		die("%s: no such tracepoint", path);
	fclose(file);
	return id;
}

void perf_attach(const char *tracepoint)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.config = tracepoint_id(tracepoint),
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 2,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		die("perf event %s: %s", tracepoint, strerror(errno));
	/* write-protected: the kernel overwrites what was not read */
	if (mmap(NULL, RING_BYTES + sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0) ==
	    MAP_FAILED)
		die("perf ring: %s", strerror(errno));
}
