/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * A bounded queue in shared memory between one producer and one consumer. It
 * wakes nobody: both sides poll. Nothing is dropped: a full queue says so.
 */
#ifndef DEMO_QUEUE_H
#define DEMO_QUEUE_H

#include <linux/types.h>
#include <stdatomic.h>
#include <string.h>

#define QUEUE_CELLS	4096	/* a power of two */
#define CACHE_LINE	64

struct queue_cell {
	__u8 bytes[CACHE_LINE];
} __attribute__((aligned(CACHE_LINE)));

/* Each side keeps what it last saw of the other, so that it seldom touches the other's line. */
struct queue {
	/* The producer's line. */
	_Alignas(CACHE_LINE) _Atomic __u64 written;
	__u64 read_seen;

	/* The consumer's line. */
	_Alignas(CACHE_LINE) _Atomic __u64 read;
	__u64 written_seen;

	struct queue_cell cell[QUEUE_CELLS];
};

/* 1, or 0 when it is full. `size` is at most a cell's. */
static inline int queue_push(struct queue *queue, const void *bytes, size_t size)
{
	__u64 at = atomic_load_explicit(&queue->written, memory_order_relaxed);

	if (at - queue->read_seen == QUEUE_CELLS) {
		queue->read_seen = atomic_load_explicit(&queue->read, memory_order_acquire);
		if (at - queue->read_seen == QUEUE_CELLS)
			return 0;
	}
	memcpy(queue->cell[at % QUEUE_CELLS].bytes, bytes, size);
	atomic_store_explicit(&queue->written, at + 1, memory_order_release);
	return 1;
}

/* The oldest cell, valid until queue_pop(); NULL when it is empty. */
static inline const void *queue_front(struct queue *queue)
{
	__u64 at = atomic_load_explicit(&queue->read, memory_order_relaxed);

	if (at == queue->written_seen) {
		queue->written_seen = atomic_load_explicit(&queue->written, memory_order_acquire);
		if (at == queue->written_seen)
			return NULL;
	}
	return queue->cell[at % QUEUE_CELLS].bytes;
}

static inline void queue_pop(struct queue *queue)
{
	__u64 at = atomic_load_explicit(&queue->read, memory_order_relaxed);

	atomic_store_explicit(&queue->read, at + 1, memory_order_release);
}

#endif
