/* SPDX-License-Identifier: LGPL-2.1 */
/* Stepping through one ring. Here for the compiler to put it into the loops that read. */
#ifndef HFT_RING_H
#define HFT_RING_H

#include "reader.h"
#include "schema.h"

#include <errno.h>

static inline struct hft_slot *hft_ring_slot(struct hft_ring *ring)
{
	return &ring->buffer[ring->at];
}

static inline void hft_ring_count(struct hft_ring *ring, const struct hft_slot *slot)
{
	if (!ring->info.records_read++ || !ring->info.first_tsc)
		ring->info.first_tsc = slot->tsc;
	ring->info.last_tsc = slot->tsc;
}

/* Steps over what was handed out, and pads. False: nothing is left of what was loaded. */
static inline bool hft_ring_step(struct hft_ring *ring)
{
	struct hft_slot *slot;

	if (ring->handed_out)
		ring->at += hft_ring_slot(ring)->slots;
	ring->handed_out = false;
	while (ring->at < ring->limit) {
		slot = hft_ring_slot(ring);
		if (slot->type != HFT_REC_PAD)
			return true;
		ring->lost += slot->arg[0];
		ring->at += slot->slots;
	}
	return false;
}

static inline void hft_ring_show(const struct hft_ring *ring, uint32_t number,
				 struct hft_record *record)
{
	const struct hft_slot *slot = &ring->buffer[ring->at];
	const struct hft_shape *shape = &hft_shapes[slot->type];
	uint64_t duration = hft_shape_duration(shape, slot->arg);

	record->tsc = slot->tsc;
	record->start = duration < slot->tsc ? slot->tsc - duration : 0;
	record->type = slot->type;
	record->ctx = slot->ctx;
	record->slots = slot->slots;
	record->ring = number;
	record->slot = ring->buffer_first + ring->at;
	record->lost_slots = ring->lost;
	record->payload = slot->arg;
	record->payload_bytes = hft_shape_payload(shape, slot);
}

static inline void hft_ring_hand_out(struct hft_ring *ring, uint32_t number,
				     struct hft_record *record)
{
	hft_ring_show(ring, number, record);
	hft_ring_count(ring, &ring->buffer[ring->at]);
	ring->lost = 0;
	ring->handed_out = true;
}

#endif /* HFT_RING_H */
