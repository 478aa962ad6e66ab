/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of counters in spans share: a thread with them, and its records. */
#ifndef SELFTEST_SPAN_PMU_H
#define SELFTEST_SPAN_PMU_H

#include <errno.h>
#include <hftrace-reader.h>
#include <hftrace.h>
#include <string.h>

#include "perf.h"
#include "pmu_set.h"

/* What to count. */
static const char *const count_instructions[] __attribute__((unused)) = { "instructions" };
static const char *const count_cycles[] = { "cycles" };

static struct hft_thread *thread;
static struct hft_reader *reader;

/* The thread's ring, and a reader of it. */
static inline void attach(void)
{
	__s32 tgid = getpid();
	const struct hft_live live = { .size = sizeof(live), .tgids = &tgid, .tgids_count = 1 };

	CHECK_EQ(hft_init(NULL), 0);
	thread = hft_thread_attach("spans");
	CHECK_EQ(hft_reader_open_live(&reader, &live), 0);
	hft_reader_settle(reader);
}

static inline int try_counters(const char *const *events, unsigned int count, const char *text)
{
	struct hft_thread_pmu_status status = { .size = sizeof(status) };
	int err = hft_thread_pmu(thread, events, count, &status);

	printf("# %s\n", status.text);
	CHECK_EQ(status.error, err);
	CHECK_EQ(status.events, err ? 0 : count);
	if (text && !strstr(status.text, text))
		printf("# it does not say: %s\n", text);
	CHECK(!text || strstr(status.text, text));
	return err;
}

static inline void allow(void)
{
#ifdef __aarch64__
	CHECK_EQ(write_file("/proc/sys/kernel/perf_user_access", "1"), 0);
#endif
}

/* As perf has it, of user mode. */
static inline int witness(__u64 config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr), .config = config,
		.exclude_kernel = 1, .exclude_hv = 1,
	};

	return perf_open(&attr);
}

static inline bool can(__u64 config)
{
	int fd = witness(config);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Counting the one event, which is allowed; or the case ends as not to be had. */
static inline void count_allowed(const char *const *events, __u64 config)
{
	attach();
	if (!can(config))
		case_skip("no PMU here counts %s", events[0]);
	CHECK_EQ(try_counters(events, 1, events[0]), 0);
}

static inline void count(const char *const *events, __u64 config)
{
	allow();
	count_allowed(events, config);
}

/* The next span, and what stands behind it. */
static inline struct hft_rec_span_pmu take(__u32 name, __u64 id)
{
	struct hft_rec_span_pmu pmu;
	struct hft_record record;
	struct hft_rec_span span;

	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	memcpy(&span, record.payload, sizeof(span));
	CHECK_EQ(span.name, name);
	CHECK_EQ(span.id, id);
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN_PMU);
	memcpy(&pmu, record.payload, sizeof(pmu));
	CHECK_EQ(pmu.name, name);
	CHECK_EQ(pmu.id, id);
	CHECK_EQ(pmu.depth, span.depth);
	CHECK(pmu.duration <= span.duration);
	return pmu;
}

static inline void nothing_left(void)
{
	struct hft_record record;

	CHECK_EQ(hft_reader_next(reader, &record), -ENODATA);
}

#endif /* SELFTEST_SPAN_PMU_H */
