/* SPDX-License-Identifier: GPL-2.0 */
/* perf_event_open(2), as the other witness of counters, samples and watchpoints. */
#ifndef SELFTEST_PERF_H
#define SELFTEST_PERF_H

#include <linux/perf_event.h>
#include <linux/types.h>
#include <stddef.h>

/* Of the calling thread, on any CPU. A descriptor or -errno. */
int perf_open(const struct perf_event_attr *attr);

/* What it has counted so far. What fails ends the program with a line. */
__u64 perf_count(int fd);

/* Where the samples of a descriptor arrive, PERF_SAMPLE_IP alone. */
struct perf_samples {
	struct perf_event_mmap_page *page;
	int fd;
};

/* `attr` says what; the rest is filled in. 0 or -errno. */
int perf_sample(struct perf_samples *samples, struct perf_event_attr *attr);

/* How many there are, and how many of them lie from `from` up to `to`. */
size_t perf_samples_count(const struct perf_samples *samples, __u64 from, __u64 to,
			  size_t *within);

#endif /* SELFTEST_PERF_H */
