/* SPDX-License-Identifier: GPL-2.0 */
/* Records as people and scripts read them, field by field as the schema says. */
#ifndef HFT_RECORDS_H
#define HFT_RECORDS_H

#include <stdbool.h>
#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/event_names.h"

struct sender;
struct symbols;

/* What is known beside a record, and how it is wanted. */
struct record_print {
	const struct hft_reader *reader;
	const struct event_names *events;	/* what counters are called; NULL: not known */
	const struct sender *sender;		/* of an interrupt */
	struct symbols *symbols;		/* NULL: neither the sender nor code is named */
	bool raw;				/* times and durations in ticks */
};

/* A line: time, CPU or thread, type, fields. */
void record_print(FILE *file, const struct record_print *how, const struct hft_record *record);

/* The same as a JSON object and a newline. */
void record_print_json(FILE *file, const struct record_print *how,
		       const struct hft_record *record);

/* "cpu1", "engine/1234". Returns buf. */
const char *ring_text(const struct hft_ring_info *info, char *buf, size_t size);

#define RECORD_TYPES_WORDS 16	/* types up to 1023 */

struct record_types {
	__u64 word[RECORD_TYPES_WORDS];
};

/* One alone. */
#define RECORD_TYPES_OF(type) { .word[(type) / 64] = 1ULL << (type) % 64 }

static inline bool record_types_has(const struct record_types *types, __u16 type)
{
	return type < RECORD_TYPES_WORDS * 64 && (types->word[type / 64] >> (type % 64) & 1);
}

/*
 * "sched_switch,irq,span": names of record types, or of hooks and their groups.
 * 0; or -EINVAL with the word that is neither in `word`.
 */
int record_types_parse(const char *text, struct record_types *types, char *word, size_t size);

#endif /* HFT_RECORDS_H */
