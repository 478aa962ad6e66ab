// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of probed user functions that have not returned yet. The kernel hands
 * nothing from entry to return before 6.13, so they stand in a table, by
 * thread and by where its stack stood: recursion and returns that never come
 * (longjmp, exit) are told apart by that. Used in task context only.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "probe.h"

#define BUCKETS_BITS	7
#define WAYS		8	/* calls in one bucket; then the oldest goes */

struct open_call {
	u64 key;
	s32 tid;		/* 0: free */
	struct hft_call call;
};

struct bucket {
	raw_spinlock_t lock;	/* of threads on several CPUs; held for a look */
	u32 lost;		/* calls that went without a return */
	struct open_call call[WAYS];
};

struct hft_open_calls {
	struct bucket bucket[1 << BUCKETS_BITS];
};

struct hft_open_calls *hft_open_calls_new(void)
{
	struct hft_open_calls *calls = kvzalloc(sizeof(*calls), GFP_KERNEL);
	unsigned int i;

	for (i = 0; calls && i < ARRAY_SIZE(calls->bucket); i++)
		raw_spin_lock_init(&calls->bucket[i].lock);
	return calls;
}

void hft_open_calls_free(struct hft_open_calls *calls)
{
	kvfree(calls);
}

static struct bucket *bucket_of(struct hft_open_calls *calls, u64 key)
{
	return &calls->bucket[hash_64(key ^ (u64)current->pid << 48, BUCKETS_BITS)];
}

static struct open_call *find(struct bucket *bucket, u64 key)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (bucket->call[i].tid == current->pid && bucket->call[i].key == key)
			return &bucket->call[i];
	}
	return NULL;
}

/* A free place, or that of the oldest. */
static struct open_call *find_place(struct bucket *bucket)
{
	struct open_call *place = &bucket->call[0];
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (!bucket->call[i].tid)
			return &bucket->call[i];
		if (bucket->call[i].call.start < place->call.start)
			place = &bucket->call[i];
	}
	return place;
}

/* NULL: this call is not to be recorded, but what stands in its place is over. */
void hft_open_calls_enter(struct hft_open_calls *calls, u64 key, const struct hft_call *call)
{
	struct bucket *bucket = bucket_of(calls, key);
	struct open_call *place;

	raw_spin_lock(&bucket->lock);
	place = find(bucket, key);
	if (!place && call)
		place = find_place(bucket);
	if (place) {
		bucket->lost += !!place->tid;
		place->tid = call ? current->pid : 0;
		place->key = key;
		if (call)
			place->call = *call;
	}
	raw_spin_unlock(&bucket->lock);
}

/* False: its entry was not seen. */
bool hft_open_calls_leave(struct hft_open_calls *calls, u64 key, struct hft_call *call)
{
	struct bucket *bucket = bucket_of(calls, key);
	struct open_call *place;

	raw_spin_lock(&bucket->lock);
	place = find(bucket, key);
	if (place) {
		*call = place->call;
		place->tid = 0;
	}
	raw_spin_unlock(&bucket->lock);
	return place;
}

u64 hft_open_calls_lost(const struct hft_open_calls *calls)
{
	u64 lost = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls->bucket); i++)
		lost += READ_ONCE(calls->bucket[i].lost);
	return lost;
}
