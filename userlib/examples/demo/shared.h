/* SPDX-License-Identifier: LGPL-2.1 */
/* The memory that engine, feed and mischief share: one file in /dev/shm, made by the engine. */
#ifndef DEMO_SHARED_H
#define DEMO_SHARED_H

#include <hftrace.h>
#include <linux/types.h>
#include <stdatomic.h>

#include "queue.h"
#include "sibling.h"

#define SHARED_MAGIC		0x4f4d4544U	/* "DEMO" */
#define SHARED_NAME		"/hftrace-demo"	/* of shm_open() unless given */

enum shared_state {
	SHARED_STARTING,
	SHARED_READY,		/* the engine polls its queue */
	SHARED_DONE,		/* it has answered the last message */
	SHARED_FAILED,
};

/* A message in a cell of the queue; length 0 is the end. */
struct shared_message {
	__u16 length;
	__u8 bytes[CACHE_LINE - 2];
};

struct shared {
	__u32 magic;
	__s32 pid;
	__s32 engine_priority;	/* SCHED_FIFO; 0 is SCHED_OTHER */

	_Atomic __u32 state;	/* enum shared_state */
	_Atomic __u32 stop;	/* set by whoever wants the engine to end early */

	/* Written by the engine with each tick. */
	_Alignas(CACHE_LINE) _Atomic __u64 ticks;
	_Atomic __u64 busy;	/* clock ticks spent on them */

	/*
	 * Pages of which the engine touches one word each with each tick, and
	 * how often something was done to them.
	 */
	_Alignas(CACHE_LINE) _Atomic __u64 scratch;
	_Atomic __u64 deeds;

	/* The engine has run through a whole tick since that many deeds, until then. */
	_Alignas(CACHE_LINE) _Atomic __u64 deeds_met;
	__u64 deeds_met_at;	/* clock ticks */
	_Atomic __u32 signals;	/* that it has taken */
	__u64 signalled_at;

	_Alignas(CACHE_LINE) struct sibling_mailbox mailbox;

	struct queue feed;	/* struct shared_message */
	struct queue orders;	/* struct strategy_order */
};

/* Both: 0 or -errno. shared_create() fails with -EEXIST while another engine lives. */
int shared_create(struct shared **shared, const char *name);
/* Waits up to `seconds` for an engine that is ready; -ETIMEDOUT then. */
int shared_open(struct shared **shared, const char *name, unsigned int seconds);

/* The engine ends with `state`; its memory stays until the others unmap it. */
void shared_remove(struct shared *shared, const char *name, enum shared_state state);
void shared_close(struct shared *shared);

/* 1 while the engine's process is there. */
int shared_engine_lives(const struct shared *shared);

/* Engine: writes without reading, a page that is not there costs one fault, not two. */
static inline void shared_touch_scratch(struct shared *shared, __u64 tick)
{
	__u64 page = atomic_load_explicit(&shared->scratch, memory_order_relaxed);
	int i;

	for (i = 0; i < SIBLING_SCRATCH_PAGES; i++)
		*(volatile __u64 *)(page + i * SIBLING_PAGE) = tick;
}

/* Engine: after the first tick since `deeds` went up. */
static inline void shared_meet_deeds(struct shared *shared, __u64 deeds)
{
	shared->deeds_met_at = hft_ticks();
	atomic_store_explicit(&shared->deeds_met, deeds, memory_order_release);
}

#endif
