/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Rings in order of time: a heap of those that have a record to hand out, by that record's
 * time. Here for the compiler to put it into the loops that read.
 */
#ifndef HFT_MERGE_H
#define HFT_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#define HFT_NO_RING	(~(uint32_t)0)

struct hft_heap_entry {
	uint64_t tsc;
	uint32_t ring;
};

struct hft_merge {
	struct hft_heap_entry *heap;
	uint32_t count;
	uint32_t current;	/* ring at the heap's top that was handed out, or HFT_NO_RING */
	bool valid;
};

/* Which one it is cannot be foreseen, so it is worked out without a jump. */
static inline bool hft_merge_before(const struct hft_heap_entry *a, const struct hft_heap_entry *b)
{
	return (a->tsc < b->tsc) | ((a->tsc == b->tsc) & (a->ring < b->ring));
}

static inline void hft_merge_sift(struct hft_merge *merge)
{
	struct hft_heap_entry *heap = merge->heap, moving = heap[0];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < merge->count) {
		if (child + 1 < merge->count)
			child += hft_merge_before(&heap[child + 1], &heap[child]);
		if (!hft_merge_before(&heap[child], &moving))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moving;
}

static inline void hft_merge_push(struct hft_merge *merge, uint32_t ring, uint64_t tsc)
{
	struct hft_heap_entry entry = { tsc, ring };
	uint32_t at = merge->count++, parent;

	while (at && hft_merge_before(&entry, &merge->heap[parent = (at - 1) / 2])) {
		merge->heap[at] = merge->heap[parent];
		at = parent;
	}
	merge->heap[at] = entry;
}

#endif /* HFT_MERGE_H */
