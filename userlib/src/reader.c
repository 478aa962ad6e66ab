// SPDX-License-Identifier: LGPL-2.1
/* The rings' records, merged in time order. */
#include "ring.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOUND_NS	10000000	/* live: how late a record may be committed */

struct hft_ring *hft_reader_add_ring(struct hft_reader *reader, size_t buffer_pages)
{
	size_t count = reader->rings_count + 1;
	struct hft_heap_entry *heap;
	struct hft_ring **rings, *ring;

	heap = realloc(reader->merge.heap, count * sizeof(*heap));
	if (!heap)
		return NULL;
	reader->merge.heap = heap;
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
	reader->merge.valid = false;
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
		free(reader->rings[i]->damage);
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
	free(reader->merge.heap);
	free(reader->clock.points);
	free(reader->damage);
	free(reader);
}

/* ------------------------------------------------------------ one ring */

/*
 * Stands at the ring's next record: 0, or -ENODATA. In a live ring a lap without one is
 * enough: a hostile writer could go on like that for ever.
 */
static int advance(struct hft_reader *reader, struct hft_ring *ring)
{
	uint64_t most = ring->info.capacity / HFT_PAGE_SLOTS + 2;
	int err;

	for (;;) {
		if (hft_ring_step(ring))
			return 0;
		if (reader->live && !most--)
			return -ENODATA;
		err = reader->live ? hft_live_load(reader, ring) : hft_file_load(reader, ring);
		if (err)
			return err;
	}
}

int hft_reader_next_in(struct hft_reader *reader, __u32 number, struct hft_record *record)
{
	struct hft_ring *ring;
	int err;

	if (number >= reader->rings_count)
		return -EINVAL;
	reader->merge.valid = false;
	ring = reader->rings[number];
	err = advance(reader, ring);
	if (!err)
		hft_ring_hand_out(ring, number, record);
	return err;
}

int hft_reader_first(struct hft_reader *reader, struct hft_record *record)
{
	struct hft_ring *ring, *first = NULL;
	uint32_t i, number = 0;

	if (reader->live)
		return -EINVAL;
	for (i = 0; i < reader->rings_count; i++) {
		ring = reader->rings[i];
		if (advance(reader, ring) ||
		    (first && hft_ring_slot(ring)->tsc >= hft_ring_slot(first)->tsc))
			continue;
		first = ring;
		number = i;
	}
	if (!first)
		return -ENODATA;
	hft_ring_show(first, number, record);
	return 0;
}

/* ------------------------------------------------------------- the merge */

static void push(struct hft_reader *reader, uint32_t number)
{
	hft_merge_push(&reader->merge, number, hft_ring_slot(reader->rings[number])->tsc);
}

static void rebuild(struct hft_reader *reader)
{
	uint32_t i;

	reader->merge.count = 0;
	reader->merge.current = HFT_NO_RING;
	for (i = 0; i < reader->rings_count; i++) {
		reader->rings[i]->in_time_order = true;
		if (!advance(reader, reader->rings[i]))
			push(reader, i);
	}
	reader->merge.valid = true;
}

static bool is_in_heap(const struct hft_reader *reader, uint32_t ring)
{
	uint32_t i;

	for (i = 0; i < reader->merge.count; i++)
		if (reader->merge.heap[i].ring == ring)
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
	return reader->merge.count &&
	       (!reader->live || reader->merge.count == reader->rings_count ||
		reader->merge.heap[0].tsc <= reader->horizon);
}

int hft_reader_next(struct hft_reader *reader, struct hft_record *record)
{
	struct hft_heap_entry *top = reader->merge.heap;

	if (!reader->merge.valid) {
		rebuild(reader);
	} else if (reader->merge.current != HFT_NO_RING) {
		if (!advance(reader, reader->rings[reader->merge.current]))
			top->tsc = hft_ring_slot(reader->rings[reader->merge.current])->tsc;
		else
			*top = top[--reader->merge.count];
		if (reader->merge.count)
			hft_merge_sift(&reader->merge);
	}
	reader->merge.current = HFT_NO_RING;
	if (!top_is_ripe(reader)) {
		if (!reader->live)
			return -ENODATA;
		poll_rings(reader);
		if (!top_is_ripe(reader))
			return -ENODATA;
	}
	top = reader->merge.heap;
	reader->merge.current = top->ring;
	hft_ring_hand_out(reader->rings[top->ring], top->ring, record);
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

	if (reader->merge.valid && reader->merge.current != HFT_NO_RING)
		return true;
	if (reader->merge.valid && !top_is_ripe(reader))
		poll_rings(reader);
	if (reader->merge.valid)
		return top_is_ripe(reader);
	for (i = 0; i < reader->rings_count; i++) {
		ring = reader->rings[i];
		if (ring->at + (ring->handed_out ? hft_ring_slot(ring)->slots : 0) < ring->limit ||
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

__u64 hft_reader_region(const struct hft_reader *reader, __u32 number)
{
	const struct hft_ring *ring;

	if (number >= reader->rings_count)
		return 0;
	ring = reader->rings[number];
	if (ring->info.kind != HFT_RING_USER)
		return 0;
	if (!ring->region)
		return ring->life ? ring->life : 1;
	return ring->region->number << 1 | ring->region->private_memory;
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

/* Of what was found while records were read, the first in their order. */
const char *hft_reader_damage(const struct hft_reader *reader)
{
	const struct hft_ring *first = NULL;
	uint32_t i;

	for (i = 0; i < reader->rings_count && !reader->damage; i++) {
		const struct hft_ring *ring = reader->rings[i];

		if (ring->damage && (!first || ring->damage_tsc < first->damage_tsc))
			first = ring;
	}
	return first ? first->damage : reader->damage;
}

double hft_reader_hz(const struct hft_reader *reader)
{
	return hft_clock_hz(&reader->clock);
}

__s64 hft_reader_realtime(const struct hft_reader *reader, __u64 tsc)
{
	return hft_clock_realtime(&reader->clock, tsc);
}
