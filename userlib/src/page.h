/* SPDX-License-Identifier: LGPL-2.1 */
/* Making good what a page of slots holds. Nothing in a slot is believed. */
#ifndef HFT_PAGE_H
#define HFT_PAGE_H

#include <hftrace-reader.h>
#include <stdbool.h>
#include <stdint.h>

struct hft_page_check {
	/* In. */
	uint64_t first;		/* ring index of page[0] */
	uint32_t from;		/* a record begins here */
	uint32_t to;		/* slots that there are; a record that goes beyond is not whole */
	uint64_t last_tsc;	/* of the record before; out: of the last one */
	uint64_t limit_tsc;	/* a time after this one is not true */
	bool recorded;		/* a recorder has made the page good: its pads tell losses */
	/* Out. */
	uint32_t end;		/* `to`, or the slot of the record that is not whole */
	uint32_t records;	/* pads not counted */
	uint32_t lost;		/* slots that have become pads */
	uint32_t lost_before;	/* slots that the recorder made pads */
	uint32_t content_bytes;	/* up to the last payload byte of the last record */
	uint64_t begin_tsc;	/* of the first record */
};

/*
 * A pad over page[from..to), whose arg[0] tells how many of its slots held
 * something that is lost.
 */
void hft_page_pad(struct hft_slot *page, uint64_t first, uint32_t from, uint32_t to,
		  uint64_t tsc, bool lost);

/*
 * Walks page[from..to), turns into pads what is not a record of a known type
 * with its own length, and sets times right that go back. Pads take the time
 * of the record before them, or of the page's first.
 */
void hft_page_check(struct hft_slot *page, struct hft_page_check *check);

/* The word of a slot that commits it. */
static inline uint64_t hft_slot_word(const struct hft_slot *slot)
{
	return HFT_SLOT_WORD(slot->type, slot->slots, slot->ctx, slot->seq);
}

#endif /* HFT_PAGE_H */
