// SPDX-License-Identifier: LGPL-2.1
#include "page.h"
#include "schema.h"

void hft_page_pad(struct hft_slot *page, uint64_t first, uint32_t from, uint32_t to,
		  uint64_t tsc, bool lost)
{
	struct hft_slot *slot = &page[from];

	slot->tsc = tsc;
	slot->type = HFT_REC_PAD;
	slot->slots = to - from;
	slot->ctx = 0;
	slot->seq = (uint32_t)(first + from);
	slot->arg[0] = lost ? to - from : 0;
	slot->arg[1] = 0;
}

static void set_time(struct hft_slot *slot, struct hft_page_check *check)
{
	if (slot->tsc > check->limit_tsc) {
		slot->tsc = check->last_tsc ? check->last_tsc : check->limit_tsc;
		slot->ctx |= HFT_CTX_CLAMPED;
	} else if (slot->tsc < check->last_tsc) {
		slot->tsc = check->last_tsc;
		slot->ctx |= HFT_CTX_CLAMPED;
	}
	check->last_tsc = slot->tsc;
}

/* An interval that is longer than the clock has run: its end was read before its start. */
static void set_duration(struct hft_slot *slot, const struct hft_shape *shape)
{
	if (shape->duration_bytes != sizeof(slot->arg[0]) || slot->arg[0] <= slot->tsc)
		return;
	slot->arg[0] = 0;
	slot->ctx |= HFT_CTX_CLAMPED;
}

/* A page that begins with pads: they get the time of the first record. */
static void set_leading_pads(struct hft_slot *page, const struct hft_page_check *check)
{
	uint32_t at = check->from;

	while (at < check->end && page[at].type == HFT_REC_PAD) {
		page[at].tsc = check->begin_tsc;
		at += page[at].slots;
	}
}

/*
 * Steps over records that are good as they are, up to one that has to be looked at, and
 * returns its slot: nearly all are, and this is what reading takes longest for.
 */
static uint32_t pass_good(const struct hft_slot *page, struct hft_page_check *check, uint32_t at)
{
	uint32_t seq = (uint32_t)check->first, to = check->to, records = 0, last = 0;
	uint64_t limit = check->limit_tsc, tsc = check->last_tsc, begin = 0;

	while (at < to) {
		const struct hft_slot *slot = &page[at];
		const struct hft_shape *shape;
		uint64_t word = hft_slot_word(slot), longest;

		if ((uint16_t)word >= HFT_TYPES_MAX)
			break;
		shape = &hft_shapes[(uint16_t)word];
		longest = shape->duration_bytes == sizeof(slot->arg[0]) ? slot->tsc : ~(uint64_t)0;
		if ((uint8_t)(word >> 16) != shape->slots || shape->slots != shape->slots_max ||
		    !shape->slots || (uint32_t)(word >> 32) != seq + at ||
		    at + shape->slots > to || slot->tsc < tsc || slot->tsc > limit ||
		    slot->arg[0] > longest)
			break;
		if (!records++)
			begin = slot->tsc;
		tsc = slot->tsc;
		last = at;
		at += shape->slots;
	}
	if (records) {
		if (!check->records)
			check->begin_tsc = begin;
		check->records += records;
		check->last_tsc = tsc;
		check->content_bytes = last * HFT_SLOT_SIZE + 16 +
				       hft_shapes[page[last].type].payload_bytes;
	}
	return at;
}

void hft_page_check(struct hft_slot *page, struct hft_page_check *check)
{
	const struct hft_shape *shape;
	uint32_t at = check->from, next, payload;
	struct hft_slot *slot;

	check->records = 0;
	check->lost = 0;
	check->lost_before = 0;
	check->content_bytes = 0;
	check->begin_tsc = 0;
	while ((at = pass_good(page, check, at)) < check->to) {
		slot = &page[at];
		if (slot->seq != (uint32_t)(check->first + at) || slot->type == HFT_REC_NONE)
			break;
		next = at + slot->slots;
		if (!slot->slots || next > HFT_PAGE_SLOTS ||
		    (slot->type != HFT_REC_PAD && slot->slots > HFT_RECORD_SLOTS_MAX)) {
			/* No length to go on by: nothing more of this page. */
			if (check->to < HFT_PAGE_SLOTS)
				break;
			hft_page_pad(page, check->first, at, check->to, check->last_tsc, true);
			check->lost += check->to - at;
			at = check->to;
			break;
		}
		if (next > check->to)
			break;
		shape = hft_shape(slot->type);
		payload = shape ? hft_shape_payload(shape, slot) : 0;
		if (slot->type == HFT_REC_PAD) {
			if (check->recorded && slot->arg[0] == slot->slots)
				check->lost_before += slot->slots;
			hft_page_pad(page, check->first, at, next, check->last_tsc, false);
		} else if (!payload) {
			hft_page_pad(page, check->first, at, next, check->last_tsc, true);
			check->lost += next - at;
		} else {
			set_time(slot, check);
			set_duration(slot, shape);
			if (!check->records++)
				check->begin_tsc = slot->tsc;
			check->content_bytes = at * HFT_SLOT_SIZE + 16 + payload;
		}
		at = next;
	}
	check->end = at;
	if (check->records)
		set_leading_pads(page, check);
}
