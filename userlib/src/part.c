// SPDX-License-Identifier: LGPL-2.1
/*
 * A part of a recording's rings, merged by itself. It shares with other parts what does
 * not change; a ring belongs to one of them.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hft_part {
	struct hft_reader *reader;
	struct hft_merge merge;
	uint32_t kind;
	bool wanted[HFT_TYPES_MAX];
};

int hft_part_open(struct hft_part **made, struct hft_reader *reader, __u32 kind,
		  const __u64 *types, size_t words)
{
	struct hft_part *part;
	uint32_t type;

	if (reader->live || (kind && kind != HFT_RING_CPU && kind != HFT_RING_USER))
		return -EINVAL;
	part = calloc(1, sizeof(*part));
	if (!part)
		return -ENOMEM;
	part->merge.heap = calloc(reader->rings_count + 1, sizeof(*part->merge.heap));
	if (!part->merge.heap) {
		free(part);
		return -ENOMEM;
	}
	part->reader = reader;
	part->kind = kind;
	for (type = 0; type < HFT_TYPES_MAX; type++)
		part->wanted[type] = !types || (type / 64 < words &&
						types[type / 64] >> (type % 64) & 1);
	*made = part;
	return 0;
}

void hft_part_close(struct hft_part *part)
{
	if (!part)
		return;
	free(part->merge.heap);
	free(part);
}

/*
 * Stands at the ring's next record that is wanted, or its first (of which the time is known),
 * or one with a loss before it. 0; -ENODATA: there is none.
 */
static inline int advance(struct hft_part *part, struct hft_ring *ring)
{
	const struct hft_slot *slot, *skipped;
	uint64_t count;
	int err;

	for (;;) {
		skipped = NULL;
		count = 0;
		while (hft_ring_step(ring)) {
			slot = hft_ring_slot(ring);
			if (part->wanted[slot->type] || ring->lost || !ring->info.first_tsc)
				break;
			skipped = slot;
			count++;
			ring->at += slot->slots;
		}
		if (skipped) {
			ring->info.records_read += count;
			ring->info.last_tsc = skipped->tsc;
		}
		if (ring->at < ring->limit)
			return 0;
		err = hft_file_load(part->reader, ring);
		if (err)
			return err;
	}
}

static void begin(struct hft_part *part)
{
	struct hft_reader *reader = part->reader;
	struct hft_ring *ring;
	uint32_t i;

	for (i = 0; i < reader->rings_count; i++) {
		ring = reader->rings[i];
		if (part->kind && ring->info.kind != part->kind)
			continue;
		ring->in_time_order = true;
		if (!advance(part, ring))
			hft_merge_push(&part->merge, i, hft_ring_slot(ring)->tsc);
	}
	part->merge.valid = true;
}

int hft_part_next(struct hft_part *part, struct hft_record *record)
{
	struct hft_merge *merge = &part->merge;
	struct hft_ring *ring;

	if (!merge->valid) {
		begin(part);
	} else if (merge->count) {
		ring = part->reader->rings[merge->heap[0].ring];
		if (!advance(part, ring))
			merge->heap[0].tsc = hft_ring_slot(ring)->tsc;
		else
			merge->heap[0] = merge->heap[--merge->count];
		hft_merge_sift(merge);
	}
	if (!merge->count)
		return -ENODATA;
	hft_ring_hand_out(part->reader->rings[merge->heap[0].ring], merge->heap[0].ring, record);
	return 0;
}
