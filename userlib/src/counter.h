/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * One counter of the calling thread: the page that the kernel shows of it, and how
 * it is read in user mode. The kernel changes the page only while the thread does not run
 * in user mode, and adds to `lock` when it does; so a reading during which `lock`
 * stayed what it was is of one counter, at one place.
 */
#ifndef HFT_COUNTER_H
#define HFT_COUNTER_H

#include <hftrace/abi.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__aarch64__)
#include "counter_arm64.h"
#endif

#define HFT_COUNTER_TRIES 100	/* a page that never comes to rest is no reason to hang */

struct hft_reading {
	uint64_t count;
	uint64_t idle;		/* ns that the thread ran and the counter did not, so far */
};

#define HFT_READING_NONE (~(uint64_t)0)	/* in `idle`: the counter does not count now */

/* The register that a page's index names. False: there is none such. */
static inline __attribute__((always_inline)) bool
hft_counter_register(uint32_t index, uint64_t *value)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ __volatile__("rdpmc" : "=a" (low), "=d" (high) : "c" (index - 1) : "memory");
	*value = (uint64_t)high << 32 | low;
	return true;
#else
	if (index > HFT_CYCLE_COUNTER)
		return false;
	*value = hft_counter_arm64(index);
	return true;
#endif
}

/* What was begun before is counted before, whatever the CPU reorders. */
static inline void hft_counter_fence(void)
{
#if defined(__x86_64__)
	__asm__ __volatile__("lfence" : : : "memory");
#else
	__asm__ __volatile__("isb" : : : "memory");
#endif
}

/* `read_register` is hft_counter_register(), but for tests. */
static inline __attribute__((always_inline)) void
hft_counter_read(const volatile struct perf_event_mmap_page *page,
		 bool (*read_register)(uint32_t index, uint64_t *value),
		 struct hft_reading *reading)
{
	uint32_t lock, index, width;
	uint64_t value, offset, idle;
	unsigned int try;

	for (try = 0; try < HFT_COUNTER_TRIES; try++) {
		lock = page->lock;
		__asm__ __volatile__("" : : : "memory");
		index = page->index;
		width = page->pmc_width;
		offset = page->offset;
		idle = page->time_enabled - page->time_running;
		if (!index || !page->cap_user_rdpmc || width - 1 > 63 ||
		    !read_register(index, &value))
			break;
		__asm__ __volatile__("" : : : "memory");
		if (__builtin_expect((page->lock ^ lock) | (lock & 1), 0))
			continue;
		/* as wide as the register is, with its sign */
		reading->count = offset + (uint64_t)((int64_t)(value << (64 - width)) >>
						     (64 - width));
		reading->idle = idle;
		return;
	}
	reading->idle = HFT_READING_NONE;
}

/* What was counted between two readings, less what is the tracer's own. */
static inline uint64_t hft_counter_between(const struct hft_reading *from,
					   const struct hft_reading *to, uint64_t subtract)
{
	uint64_t count = to->count - from->count;

	if (from->idle != to->idle || to->idle == HFT_READING_NONE || (int64_t)count < 0)
		return HFT_SPAN_PMU_MISSING;
	return count > subtract ? count - subtract : 0;
}

/* counter_open.c */
struct hft_counter_event {
	uint32_t type;		/* as perf_event_open(2) has it */
	uint64_t config;
};

/* 0, or -EINVAL: `text` is none. */
int hft_counter_event(const char *text, struct hft_counter_event *event);

/*
 * Counts from now on for the calling thread. 0 and its page, for hft_counter_close(), or
 * -errno as hft_thread_pmu() has it.
 */
int hft_counter_open(const struct hft_counter_event *event,
		     struct perf_event_mmap_page **page);
void hft_counter_close(struct perf_event_mmap_page *page);

/* counter_text.c */
#define HFT_COUNTER_NO_SETTING	(-1000)

/* The number in a file of /proc or /sys; HFT_COUNTER_NO_SETTING: there is none. */
int hft_counter_setting(const char *path);

/* A line for people on an error that `event` met. */
void hft_counter_refusal(char *text, size_t size, int error, const char *event);

#endif /* HFT_COUNTER_H */
