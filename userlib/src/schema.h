/* SPDX-License-Identifier: LGPL-2.1 */
/* Shapes of record types, in a table that the reader's hot path indexes. */
#ifndef HFT_SCHEMA_H
#define HFT_SCHEMA_H

#include <hftrace-reader.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HFT_TYPES_MAX	(HFT_REC_SPAN_PMU + 1)

/* Of a record that carries a whole struct hft_rec_<rec>. */
#define HFT_SLOTS_OF(rec)							\
	(1 + (sizeof(struct hft_rec_##rec) + HFT_SLOT_SIZE - 17) / HFT_SLOT_SIZE)

struct hft_shape {
	uint8_t slots;		/* the fewest; 0: no such type, or a pad */
	uint8_t slots_max;
	uint8_t duration_bytes;	/* at the payload's start; 0: not an interval */
	uint16_t payload_bytes;	/* the most */
};

extern const struct hft_shape hft_shapes[HFT_TYPES_MAX];

/* NULL if the type is not known. */
static inline const struct hft_shape *hft_shape(uint16_t type)
{
	return type < HFT_TYPES_MAX && hft_shapes[type].slots ? &hft_shapes[type] : NULL;
}

/* Of a record whose length its content tells. 0 if the content tells another one. */
uint32_t hft_shape_measure(const struct hft_slot *slot);

/* Bytes of payload that a record has, 0 if it is not of this shape. */
static inline uint32_t hft_shape_payload(const struct hft_shape *shape, const struct hft_slot *slot)
{
	if (shape->slots != shape->slots_max)
		return hft_shape_measure(slot);
	return slot->slots == shape->slots ? shape->payload_bytes : 0;
}

static inline uint64_t hft_shape_duration(const struct hft_shape *shape, const void *payload)
{
	static const uint64_t masks[] = { [0] = 0, [4] = 0xffffffff, [8] = ~(uint64_t)0 };
	uint64_t duration;

	/* Little-endian, as all of the ABI; a payload has 16 bytes at least. */
	memcpy(&duration, payload, sizeof(duration));
	return duration & masks[shape->duration_bytes];
}

#endif /* HFT_SCHEMA_H */
