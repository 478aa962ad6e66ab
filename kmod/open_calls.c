// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of probed user functions that have not returned yet. The kernel hands
 * nothing from entry to return before 6.13, so they stand in a table, by
 * thread and by where its stack stood: recursion and returns that never come
 * (longjmp, exit) are told apart by that. Used in task context only, with
 * preemption off.
 *
 * Threads on several CPUs share it, and none waits for another: a place is
 * taken by one compare-and-swap of its `tid`, and who does not get it goes
 * without. A thread's own places are taken from it by others only when their
 * bucket is full.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "probe.h"

#define BUCKETS_BITS	7
#define WAYS		8	/* calls in one bucket; then the oldest goes */

#define FREE		0
#define TAKEN		(-1)	/* somebody reads or fills it, or frees it */

struct open_call {
	u64 key;
	s32 tid;		/* or FREE or TAKEN */
	struct hft_call call;
};

struct bucket {
	atomic_t lost;		/* calls that went without a return, or found no place */
	struct open_call call[WAYS];
};

struct hft_open_calls {
	struct bucket bucket[1 << BUCKETS_BITS];
};

struct hft_open_calls *hft_open_calls_new(void)
{
	return kvzalloc(sizeof(struct hft_open_calls), GFP_KERNEL);
}

void hft_open_calls_free(struct hft_open_calls *calls)
{
	kvfree(calls);
}

static struct bucket *bucket_of(struct hft_open_calls *calls, u64 key)
{
	return &calls->bucket[hash_64(key ^ (u64)current->pid << 48, BUCKETS_BITS)];
}

/* From here on nobody else touches it, until it is given a `tid` again. */
static bool take(struct open_call *place, s32 from)
{
	return cmpxchg(&place->tid, from, TAKEN) == from;
}

static void give(struct open_call *place, s32 to)
{
	/* what stands in it, or was read of it, before */
	smp_store_release(&place->tid, to);
}

/*
 * The running thread's own call, taken; NULL: there is none. The key may be
 * another's that has just pushed it out: then it cannot be taken.
 */
static struct open_call *take_own(struct bucket *bucket, u64 key)
{
	struct open_call *place;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		place = &bucket->call[i];
		if (READ_ONCE(place->tid) == current->pid && READ_ONCE(place->key) == key)
			return take(place, current->pid) ? place : NULL;
	}
	return NULL;
}

/* A free place, taken, or NULL. */
static struct open_call *take_free(struct bucket *bucket)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (READ_ONCE(bucket->call[i].tid) == FREE && take(&bucket->call[i], FREE))
			return &bucket->call[i];
	}
	return NULL;
}

/* That of the oldest, taken, or NULL: others are at it. */
static struct open_call *take_oldest(struct bucket *bucket)
{
	struct open_call *oldest = NULL, *place;
	s32 whose = FREE, tid;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		place = &bucket->call[i];
		tid = READ_ONCE(place->tid);
		if (tid == FREE || tid == TAKEN)
			continue;
		if (!oldest || READ_ONCE(place->call.start) < READ_ONCE(oldest->call.start)) {
			oldest = place;
			whose = tid;
		}
	}
	return oldest && take(oldest, whose) ? oldest : NULL;
}

/* NULL: this call is not to be recorded, but what stands in its place is over. */
void hft_open_calls_enter(struct hft_open_calls *calls, u64 key, const struct hft_call *call)
{
	struct bucket *bucket = bucket_of(calls, key);
	struct open_call *place = take_own(bucket, key);
	bool lost = place;

	if (!place && call) {
		place = take_free(bucket);
		lost = !place;
		if (!place)
			place = take_oldest(bucket);
	}
	if (lost)
		atomic_inc(&bucket->lost);
	if (!place)
		return;
	if (call) {
		WRITE_ONCE(place->key, key);
		place->call = *call;
	}
	give(place, call ? current->pid : FREE);
}

/* False: its entry was not seen. */
bool hft_open_calls_leave(struct hft_open_calls *calls, u64 key, struct hft_call *call)
{
	struct open_call *place = take_own(bucket_of(calls, key), key);

	if (!place)
		return false;
	*call = place->call;
	give(place, FREE);
	return true;
}

u64 hft_open_calls_lost(const struct hft_open_calls *calls)
{
	u64 lost = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls->bucket); i++)
		lost += atomic_read(&calls->bucket[i].lost);
	return lost;
}
