// SPDX-License-Identifier: LGPL-2.1
/* The rings' records, merged in time order. */
#include "reader.h"
#include "schema.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_RING		(~(uint32_t)0)
#define BOUND_NS	10000000	/* live: how late a record may be committed */

struct hft_ring *hft_reader_add_ring(struct hft_reader *reader, size_t buffer_pages)
{
	size_t count = reader->rings_count + 1;
	struct hft_heap_entry *heap;
	struct hft_ring **rings, *ring;

	heap = realloc(reader->heap, count * sizeof(*heap));
	if (!heap)
		return NULL;
	reader->heap = heap;
	rings = realloc(reader->rings, count * sizeof(*rings));
	if (!rings)
		return NULL;
	reader->rings = rings;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return NULL;
	ring->buffer = calloc(buffer_pages, HFT_PAGE_SIZE);
	if (!ring->buffer) {
		free(ring);
		return NULL;
	}
	ring->fd = -1;
	rings[reader->rings_count++] = ring;
	reader->heap_valid = false;
	return ring;
}

void hft_reader_note(struct hft_reader *reader, const char *format, ...)
{
	va_list args;

	if (reader->damage)
		return;
	va_start(args, format);
	if (vasprintf(&reader->damage, format, args) < 0)
		reader->damage = NULL;
	va_end(args);
}

void hft_reader_close(struct hft_reader *reader)
{
	uint32_t i, name;

	if (!reader)
		return;
	for (i = 0; i < reader->rings_count; i++) {
		if (reader->rings[i]->fd >= 0)
			close(reader->rings[i]->fd);
		free(reader->rings[i]->buffer);
		free(reader->rings[i]);
	}
	for (i = 0; i < reader->names_count; i++) {
		for (name = 0; name < HFT_NAMES; name++)
			free(reader->names[i]->text[name]);
		hft_formats_free(&reader->names[i]->formats);
		free(reader->names[i]);
	}
	hft_live_close(reader);
	hft_boards_close(&reader->boards);
	free(reader->names);
	free(reader->rings);
	free(reader->heap);
	free(reader->clock.points);
	free(reader->damage);
	free(reader);
}

/* ------------------------------------------------------------ one ring */

static struct hft_slot *slot_of(struct hft_ring *ring)
{
	return &ring->buffer[ring->at];
}

/*
 * Stands at the ring's next record: 0, or -ENODATA. In a live ring a lap without one is
 * enough: a hostile writer could go on like that for ever.
 */
static int advance(struct hft_reader *reader, struct hft_ring *ring)
{
	uint64_t most = ring->info.capacity / HFT_PAGE_SLOTS + 2;
	struct hft_slot *slot;
	int err;

	if (ring->handed_out)
		ring->at += slot_of(ring)->slots;
	ring->handed_out = false;
	for (;;) {
		while (ring->at < ring->limit) {
			slot = slot_of(ring);
			if (slot->type != HFT_REC_PAD)
				return 0;
			ring->lost += slot->arg[0];
			ring->at += slot->slots;
		}
		if (reader->live && !most--)
			return -ENODATA;
		err = reader->live ? hft_live_load(reader, ring) : hft_file_load(reader, ring);
		if (err)
			return err;
	}
}

static void hand_out(struct hft_ring *ring, uint32_t number, struct hft_record *record)
{
	const struct hft_slot *slot = slot_of(ring);
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
	ring->lost = 0;
	ring->handed_out = true;
	if (!ring->info.records_read++ || !ring->info.first_tsc)
		ring->info.first_tsc = slot->tsc;
	ring->info.last_tsc = slot->tsc;
}

int hft_reader_next_in(struct hft_reader *reader, __u32 number, struct hft_record *record)
{
	struct hft_ring *ring;
	int err;

	if (number >= reader->rings_count)
		return -EINVAL;
	reader->heap_valid = false;
	ring = reader->rings[number];
	err = advance(reader, ring);
	if (!err)
		hand_out(ring, number, record);
	return err;
}

/* ------------------------------------------------------------- the merge */

/* Which one it is cannot be foreseen, so it is worked out without a jump. */
static inline bool before(const struct hft_heap_entry *a, const struct hft_heap_entry *b)
{
	return (a->tsc < b->tsc) | ((a->tsc == b->tsc) & (a->ring < b->ring));
}

static void sift_down(struct hft_reader *reader, uint32_t at)
{
	struct hft_heap_entry *heap = reader->heap, moving = heap[at];
	uint32_t child;

	while ((child = 2 * at + 1) < reader->heap_count) {
		if (child + 1 < reader->heap_count)
			child += before(&heap[child + 1], &heap[child]);
		if (!before(&heap[child], &moving))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moving;
}

static void push(struct hft_reader *reader, uint32_t number)
{
	struct hft_heap_entry entry = { slot_of(reader->rings[number])->tsc, number };
	struct hft_heap_entry *heap = reader->heap;
	uint32_t at = reader->heap_count++, parent;

	while (at && before(&entry, &heap[parent = (at - 1) / 2])) {
		heap[at] = heap[parent];
		at = parent;
	}
	heap[at] = entry;
}

static void rebuild(struct hft_reader *reader)
{
	uint32_t i;

	reader->heap_count = 0;
	reader->current = NO_RING;
	for (i = 0; i < reader->rings_count; i++)
		if (!advance(reader, reader->rings[i]))
			push(reader, i);
	reader->heap_valid = true;
}

static bool is_in_heap(const struct hft_reader *reader, uint32_t ring)
{
	uint32_t i;

	for (i = 0; i < reader->heap_count; i++)
		if (reader->heap[i].ring == ring)
			return true;
	return false;
}

/*
 * Looks at the rings that had nothing. What they get from now on is younger
 * than the bound, so everything older may go out.
 */
static void poll_rings(struct hft_reader *reader)
{
	uint64_t now = hft_ticks(), bound;
	uint32_t i;

	bound = (uint64_t)(hft_clock_hz(&reader->clock) * BOUND_NS / 1e9);
	for (i = 0; i < reader->rings_count; i++)
		if (!is_in_heap(reader, i) && !advance(reader, reader->rings[i]))
			push(reader, i);
	reader->horizon = reader->settled ? ~(uint64_t)0 : now - bound;
}

/* Whether the heap's top may go out: no ring can come up with an older record. */
static bool top_is_ripe(const struct hft_reader *reader)
{
	return reader->heap_count &&
	       (!reader->live || reader->heap_count == reader->rings_count ||
		reader->heap[0].tsc <= reader->horizon);
}

int hft_reader_next(struct hft_reader *reader, struct hft_record *record)
{
	struct hft_heap_entry *top = reader->heap;

	if (!reader->heap_valid) {
		rebuild(reader);
	} else if (reader->current != NO_RING) {
		if (!advance(reader, reader->rings[reader->current]))
			top->tsc = slot_of(reader->rings[reader->current])->tsc;
		else
			*top = top[--reader->heap_count];
		if (reader->heap_count)
			sift_down(reader, 0);
	}
	reader->current = NO_RING;
	if (!top_is_ripe(reader)) {
		if (!reader->live)
			return -ENODATA;
		poll_rings(reader);
		if (!top_is_ripe(reader))
			return -ENODATA;
	}
	top = reader->heap;
	reader->current = top->ring;
	hand_out(reader->rings[top->ring], top->ring, record);
	return 0;
}

/*
 * Who merges wants a record that may go out; he who reads ring by ring, any. What was
 * handed out stays whole: it is stepped over by the next call that reads.
 */
bool hft_reader_is_ready(struct hft_reader *reader)
{
	struct hft_ring *ring;
	uint32_t i;

	if (reader->heap_valid && reader->current != NO_RING)
		return true;
	if (reader->heap_valid && !top_is_ripe(reader))
		poll_rings(reader);
	if (reader->heap_valid)
		return top_is_ripe(reader);
	for (i = 0; i < reader->rings_count; i++) {
		ring = reader->rings[i];
		if (ring->at + (ring->handed_out ? slot_of(ring)->slots : 0) < ring->limit ||
		    hft_live_is_ready(reader, ring))
			return true;
	}
	return false;
}

void hft_reader_settle(struct hft_reader *reader)
{
	reader->settled = true;
}

/* ------------------------------------------------------------------- asks */

__u32 hft_reader_rings(const struct hft_reader *reader)
{
	return reader->rings_count;
}

int hft_reader_ring(const struct hft_reader *reader, __u32 number, struct hft_ring_info *info)
{
	const struct hft_ring *ring;

	if (number >= reader->rings_count)
		return -EINVAL;
	ring = reader->rings[number];
	if (reader->live)
		hft_live_info(ring, reader->settled, info);
	else
		hft_file_info(ring, info);
	return 0;
}

int hft_reader_take_page(struct hft_reader *reader, __u32 number, int partial,
			 struct hft_slot page[HFT_PAGE_SLOTS], struct hft_page_info *info)
{
	if (number >= reader->rings_count || !reader->live)
		return -EINVAL;
	return hft_live_take(reader, reader->rings[number], partial, page, info);
}

int hft_reader_refresh(struct hft_reader *reader)
{
	return reader->live ? hft_live_refresh(reader) : 0;
}

const char *hft_reader_name(const struct hft_reader *reader, __u32 number, __u32 name)
{
	const char *text = NULL;
	struct hft_ring *ring;

	if (number >= reader->rings_count || name >= HFT_NAMES)
		return "?";
	ring = reader->rings[number];
	if (ring->region)
		text = hft_live_name(ring->region, name);
	else if (ring->names)
		text = ring->names->text[name];
	else if (reader->live && ring->info.kind == HFT_RING_CPU)
		text = hft_live_probe(reader, name);
	return text ? text : "?";
}

__u32 hft_reader_sample_every(const struct hft_reader *reader, __u32 number)
{
	return reader->live && number < reader->rings_count ?
	       hft_live_sample_every(reader->rings[number]) : 0;
}

const char *hft_reader_damage(const struct hft_reader *reader)
{
	return reader->damage;
}

double hft_reader_hz(const struct hft_reader *reader)
{
	return hft_clock_hz(&reader->clock);
}

__s64 hft_reader_realtime(const struct hft_reader *reader, __u64 tsc)
{
	return hft_clock_realtime(&reader->clock, tsc);
}
