/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the pmu hook share: events, and sets of them on the CPU that is traced. */
#ifndef SELFTEST_PMU_SET_H
#define SELFTEST_PMU_SET_H

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>

#include "hook_test.h"

static const struct hft_pmu_event cpu_clock_event = {
	.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
};

static const struct hft_pmu_event cycles = {
	.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES,
};

static const struct hft_pmu_event instructions = {
	.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS,
};

/* The isolated CPU, if there are two. */
static inline unsigned int traced_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? QUIET_CPU : OTHER_CPU;
}

static inline int open_file(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

/* The file that holds the set. */
static inline int open_set(const struct hft_pmu_event *events, unsigned int count,
			   struct hft_pmu *pmu)
{
	int fd = open_file();

	CHECK_EQ(device_pmu(fd, HFT_PMU_OPEN, 0, events, count, 1ULL << traced_cpu(), pmu), 0);
	CHECK(pmu->set);
	return fd;
}

/* The PMU counts this at all; nothing stays open. */
static inline bool can_count(const struct hft_pmu_event *event)
{
	struct hft_pmu pmu;
	int fd = open_file();
	int err = device_pmu(fd, HFT_PMU_OPEN, 0, event, 1, 1ULL << traced_cpu(), &pmu);

	CHECK(!err || err == -ENOENT || err == -EOPNOTSUPP);
	close(fd);
	return !err;
}

/* An emulated machine runs instructions by the clock, and counts them, only with --icount. */
static inline bool time_is_exact(void)
{
	return getenv("ICOUNT");
}

static inline void check_near(const char *what, __u64 value, __u64 known)
{
	double error = (double)value / (double)known - 1;

	printf("# %s: %llu, %.3f %% from %llu\n", what, value, error * 100, known);
	CHECK(error < 0.01 && error > -0.01);
}

#endif /* SELFTEST_PMU_SET_H */
