/* SPDX-License-Identifier: LGPL-2.1 */
/* Shapes of record types, in a table that the reader's hot path indexes. */
#ifndef HFT_SCHEMA_H
#define HFT_SCHEMA_H

#include <hftrace-reader.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HFT_TYPES_MAX	(HFT_REC_SPAN_PMU + 1)

struct hft_shape {
	uint8_t slots;		/* 0: no such type, or a pad */
	uint8_t duration_bytes;	/* at the payload's start; 0: not an interval */
	uint16_t payload_bytes;
};

extern const struct hft_shape hft_shapes[HFT_TYPES_MAX];

/* NULL if the type is not known. */
static inline const struct hft_shape *hft_shape(uint16_t type)
{
	return type < HFT_TYPES_MAX && hft_shapes[type].slots ? &hft_shapes[type] : NULL;
}

static inline uint64_t hft_shape_duration(const struct hft_shape *shape, const void *payload)
{
	uint64_t duration = 0;

	if (shape->duration_bytes == 4)
		memcpy(&duration, payload, 4);
	else if (shape->duration_bytes == 8)
		memcpy(&duration, payload, 8);
	return duration;
}

#endif /* HFT_SCHEMA_H */
