// SPDX-License-Identifier: GPL-2.0
/* See perf.h. */
#include "perf.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	4096UL
#define PAGES	256	/* for samples, a power of two */

int perf_open(const struct perf_event_attr *attr)
{
	int fd = syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

__u64 perf_count(int fd)
{
	__u64 value;

	if (read(fd, &value, sizeof(value)) != sizeof(value))
		err(EXIT_FAILURE, "perf event");
	return value;
}

int perf_sample(struct perf_samples *samples, struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	attr->sample_type = PERF_SAMPLE_IP;
	samples->fd = perf_open(attr);
	if (samples->fd < 0)
		return samples->fd;
	samples->page = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     samples->fd, 0);
	return samples->page == MAP_FAILED ? -errno : 0;
}

size_t perf_samples_count(const struct perf_samples *samples, __u64 from, __u64 to,
			  size_t *within)
{
	const char *data = (const char *)samples->page + PAGE;
	__u64 head = __atomic_load_n(&samples->page->data_head, __ATOMIC_ACQUIRE), at, ip;
	struct perf_event_header header;
	size_t count = 0;

	*within = 0;
	/* records are multiples of 8 bytes, so neither header nor ip is split at the end */
	for (at = 0; at < head; at += header.size) {
		memcpy(&header, data + at % (PAGES * PAGE), sizeof(header));
		if (header.type == PERF_RECORD_LOST)
			errx(EXIT_FAILURE, "perf lost samples");
		if (header.type != PERF_RECORD_SAMPLE)
			continue;
		memcpy(&ip, data + (at + sizeof(header)) % (PAGES * PAGE), sizeof(ip));
		count++;
		*within += ip >= from && ip < to;
	}
	return count;
}
