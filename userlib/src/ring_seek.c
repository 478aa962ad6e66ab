// SPDX-License-Identifier: LGPL-2.1
/* Going to a moment in a ring that is being written, among what it still holds. */
#include "reader.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <stddef.h>

#define TRIES	8	/* times that the oldest page is lapped while it is looked at */

static uint64_t page_behind(uint64_t slot)
{
	return (slot + HFT_PAGE_SLOTS - 1) & ~(uint64_t)(HFT_PAGE_SLOTS - 1);
}

/* The first page that is whole; all of the ring's life, if it was never lapped. */
static uint64_t oldest_page(const struct hft_ring *ring)
{
	uint64_t head = hft_live_head(ring), oldest;

	if (head - ring->life_slot <= ring->info.capacity)
		return ring->life_slot;
	oldest = page_behind(head - ring->info.capacity);
	return oldest > ring->life_slot ? oldest : ring->life_slot;
}

enum page_age { OLD, YOUNG, LAPPED };

/* When the record at `slot` was written. What is not committed there is young. */
static enum page_age age_of(const struct hft_ring *ring, uint64_t slot, uint64_t tsc,
			    uint64_t *begin)
{
	struct hft_slot first = { 0 };

	hft_source_slots(ring->source, ring->ctl + HFT_PAGE_SIZE +
			 (slot & (ring->info.capacity - 1)) * HFT_SLOT_SIZE, &first, 1);
	hft_read_fence();
	if (hft_live_head(ring) - slot > ring->info.capacity)
		return LAPPED;
	if (first.seq != (uint32_t)slot || first.type == HFT_REC_NONE)
		return YOUNG;
	*begin = first.tsc;
	return first.tsc < tsc ? OLD : YOUNG;
}

/* The last page up to `limit` that begins before tsc, else the oldest one. */
static uint64_t find_page(const struct hft_ring *ring, uint64_t oldest, uint64_t limit,
			  uint64_t tsc)
{
	uint64_t low = oldest, high = limit, middle, begin;

	/* `low` begins before tsc, or is the oldest; `high` does not. */
	while (page_behind(low + 1) < high) {
		middle = page_behind(low + (high - low) / 2);
		if (middle >= high)
			middle = page_behind(low + 1);
		if (age_of(ring, middle, tsc, &begin) == YOUNG)
			high = middle;
		else
			low = middle;
	}
	return low;
}

/* Ticks from which on the ring holds everything; 0: from the start of its life. */
static uint64_t held_since(const struct hft_ring *ring, uint64_t found, uint64_t tsc)
{
	uint64_t begin = ~(uint64_t)0;

	if (found == ring->life_slot)
		return 0;
	return age_of(ring, found, tsc, &begin) == LAPPED ? ~(uint64_t)0 : begin;
}

/* Reading goes on at `slot`, and counts begin anew. */
static void go_to(struct hft_ring *ring, uint64_t slot)
{
	ring->info.records_read = 0;
	ring->info.slots_read = 0;
	ring->info.slots_lost = 0;
	ring->info.first_tsc = 0;
	ring->info.last_tsc = 0;
	ring->at = 0;
	ring->limit = 0;
	ring->handed_out = false;
	ring->lost = 0;
	ring->last_tsc = 0;
	ring->started = false;
	ring->partial_first = 0;
	ring->partial_slots = 0;
	ring->partial_lost = 0;
	ring->partial_records = 0;
	ring->next_slot = slot;
	ring->first_slot = slot;
	ring->first_records = hft_source_u64(ring->source, ring->ctl +
					     offsetof(struct hft_ring_ctl, records));
	ring->first_unsure = true;
}

int hft_reader_seek(struct hft_reader *reader, __u32 number, __u64 tsc, __u64 *since)
{
	uint64_t oldest, limit, found;
	struct hft_ring *ring;
	int try;

	if (number >= reader->rings_count || !reader->live)
		return -EINVAL;
	ring = reader->rings[number];
	reader->merge.valid = false;
	for (try = 0; try < TRIES; try++) {
		limit = hft_live_head(ring);
		hft_live_look_for_end(ring, reader->settled);
		if (limit > ring->end_slot)
			limit = ring->end_slot;
		oldest = oldest_page(ring);
		found = oldest < limit ? find_page(ring, oldest, limit, tsc) : oldest;
		*since = held_since(ring, found, tsc);
		if (*since != ~(uint64_t)0)
			break;
	}
	/* What stands there cannot be told. */
	if (*since == ~(uint64_t)0)
		*since = hft_ticks();
	go_to(ring, found < limit ? found : limit);
	return 0;
}

__u64 hft_reader_triggers(const struct hft_reader *reader, __s32 tgid)
{
	const struct hft_live_region *region;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < reader->regions_count; i++) {
		region = reader->regions[i];
		if (!tgid || region->tgid == tgid)
			sum += hft_source_u64(&region->source,
					      offsetof(struct hft_region, triggers));
	}
	return sum;
}
