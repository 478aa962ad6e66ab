/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The threads that have spans: on which CPU each is at a time, for how long it
 * is off, and why. Tells its watcher; knows nothing of spans.
 */
#ifndef HFT_THREADS_H
#define HFT_THREADS_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/records.h"

struct causes;
struct tasks;
struct threads;

#define THREAD_NONE	(~0U)

struct threads_watcher {
	void *context;
	/* A thread was on a CPU; `line` is that CPU's ring, THREAD_NONE without one. */
	int (*resident)(void *context, __u32 thread, __u32 line, __s32 cpu, __u64 from, __u64 to);
	/* It was not; `line` is the ring of the CPU that other tasks had, else THREAD_NONE. */
	int (*off)(void *context, __u32 thread, __u32 line, __u64 from, __u64 to, __u32 culprit);
};

/* No threads yet. 0 or -ENOMEM. */
int threads_open(struct threads **threads, const struct hft_reader *reader,
		 const struct threads_watcher *watcher);
void threads_close(struct threads *threads);

__s32 threads_tid(const struct threads *threads, __u32 thread);

/* The thread with this tid; THREAD_NONE. */
__u32 threads_find(const struct threads *threads, __s32 tid);

/* First pass: these records of the kernel rings, and those behind losses. 0 or -ENOMEM. */
extern const struct record_types threads_scouted;
int threads_scout(struct threads *threads, const struct hft_record *record);

/* Then: one that is to be followed. 0 or -ENOMEM. */
int threads_add(struct threads *threads, __s32 tid);

/*
 * Second pass: places the threads at the beginning, with what facts/tasks says
 * of those that never switched; then every record of the kernel rings; then
 * the end of time. 0, -ENOMEM or what the watcher returned.
 */
int threads_start(struct threads *threads, struct causes *causes, struct tasks *tasks);
int threads_feed(struct threads *threads, const struct hft_record *record);
int threads_finish(struct threads *threads);

/* Who is on a line's CPU now, and since when; THREAD_NONE: none of these threads. */
__u32 threads_on(const struct threads *threads, __u32 line, __u64 *since);

/* Those of which nothing tells where they were. */
__u32 threads_unplaced(const struct threads *threads);

#endif /* HFT_THREADS_H */
