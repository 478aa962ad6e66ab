// SPDX-License-Identifier: LGPL-2.1
/* Counters of the calling thread: their names, and how they are had from the kernel. */
#include "counter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define READ_MISS(cache)							\
	(PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_READ << 8 |	\
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
	const char *name;
	struct hft_counter_event event;
} events[] = {
	{ "cycles", { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES } },
	{ "instructions", { PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS } },
	{ "branch-misses", { PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES } },
	{ "l1d-misses", { PERF_TYPE_HW_CACHE, READ_MISS(L1D) } },
	{ "llc-misses", { PERF_TYPE_HW_CACHE, READ_MISS(LL) } },
	{ "dtlb-misses", { PERF_TYPE_HW_CACHE, READ_MISS(DTLB) } },
};

/* Digits and nothing before them, up to `end`. */
static bool take_number(const char *text, int base, char end, const char **rest, uint64_t *number)
{
	char *stop;

	if (!strchr("0123456789abcdefABCDEF", text[0]) || !text[0])
		return false;
	errno = 0;
	*number = strtoull(text, &stop, base);
	*rest = stop + 1;
	return !errno && stop != text && *stop == end;
}

int hft_counter_event(const char *text, struct hft_counter_event *event)
{
	const char *rest;
	uint64_t type;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		if (!strcmp(events[i].name, text)) {
			*event = events[i].event;
			return 0;
		}
	}
	if (text[0] == 'r') {
		event->type = PERF_TYPE_RAW;
		return take_number(text + 1, 16, '\0', &rest, &event->config) ? 0 : -EINVAL;
	}
	if (!take_number(text, 0, ':', &rest, &type) || type > UINT32_MAX ||
	    !take_number(rest, 0, '\0', &rest, &event->config))
		return -EINVAL;
	event->type = (uint32_t)type;
	return 0;
}

static int open_event(const struct hft_counter_event *event, uint64_t config1)
{
	struct perf_event_attr attr = {
		.type = event->type,
		.size = sizeof(attr),
		.config = event->config,
		.config1 = config1,
		.pinned = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

#if defined(__aarch64__)

#define COUNTER_64BIT	0x1
#define USER_ACCESS	0x2

/* Before PMUv3.5 only the cycle counter has 64 bits. */
static int open_readable(const struct hft_counter_event *event)
{
	int fd = open_event(event, COUNTER_64BIT | USER_ACCESS);

	return fd == -EOPNOTSUPP ? open_event(event, USER_ACCESS) : fd;
}

static bool is_readable(void)
{
	/* switched off, the kernel shows no index */
	return hft_counter_setting("/proc/sys/kernel/perf_user_access") != 0;
}

#else

static int open_readable(const struct hft_counter_event *event)
{
	return open_event(event, 0);
}

static bool is_readable(void)
{
	return true;
}

#endif

/* Whether this machine counts anything at all. */
static bool has_pmu(void)
{
	size_t i;
	int fd;

	for (i = 0; i < 2; i++) {
		fd = open_event(&events[i].event, 0);
		if (fd >= 0)
			close(fd);
		if (fd != -ENOENT && fd != -EOPNOTSUPP && fd != -ENODEV)
			return true;
	}
	return false;
}

/* Of many that say that there is no such thing, one for each case. */
static int refusal(int error)
{
	switch (error) {
	case -ENOENT:
	case -EOPNOTSUPP:
	case -ENODEV:
	case -ENXIO:
	case -EINVAL:
		return has_pmu() ? -ENOENT : -ENODEV;
	case -EPERM:
		return -EACCES;
	default:
		return error;
	}
}

int hft_counter_open(const struct hft_counter_event *event, struct perf_event_mmap_page **page)
{
	void *map;
	int fd, err;

	fd = open_readable(event);
	if (fd < 0)
		return refusal(fd);
	map = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);
	err = map == MAP_FAILED ? -errno : 0;
	/* the mapping holds the event, and is not there in a child */
	close(fd);
	if (err)
		return err == -EPERM ? -ENOLCK : err;
	*page = map;
	err = -EPERM;
	if (!(*page)->cap_user_rdpmc || !is_readable())
		goto err_unmap;
	err = -ENOSPC;
	if (!(*page)->index)
		goto err_unmap;
	return 0;

err_unmap:
	hft_counter_close(*page);
	return err;
}

void hft_counter_close(struct perf_event_mmap_page *page)
{
	munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}
