// SPDX-License-Identifier: LGPL-2.1
/*
 * Reading a ring that is being written. Slots are copied first and believed
 * afterwards: only if head, read again, shows that no writer can have reached
 * them meanwhile.
 */
#include "reader.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <stddef.h>
#include <string.h>

#define TRIES		4	/* a writer that laps us every time is left for the next poll */
#define LIVES		(~(uint64_t)0)
#define HEADS		((uint64_t)1 << 62)	/* no ring comes so far, and no sum overflows */
#define CLOCK_SLACK	((uint64_t)1 << 22)	/* ticks that CPUs' clocks may be apart */

static uint64_t page_of(uint64_t slot)
{
	return slot & ~(uint64_t)(HFT_PAGE_SLOTS - 1);
}

static uint64_t ctl_u64(const struct hft_ring *ring, size_t field)
{
	return hft_source_u64(ring->source, ring->ctl + field);
}

uint64_t hft_live_head(const struct hft_ring *ring)
{
	uint64_t head = ctl_u64(ring, offsetof(struct hft_ring_ctl, head));

	return head < HEADS ? head : 0;
}

static uint32_t ctl_u32(const struct hft_ring *ring, size_t field)
{
	return hft_source_u32(ring->source, ring->ctl + field);
}

/*
 * A user ring that another thread has claimed: what stands before the claim is
 * still ours. If it was claimed several times, nobody knows what is whose, and
 * all of it is lost.
 */
void hft_live_look_for_end(struct hft_ring *ring, bool settled)
{
	uint64_t first_slot, first_records;
	uint32_t generation;
	bool changing;

	if (ring->info.kind != HFT_RING_USER || ring->end_slot != LIVES)
		return;
	generation = ctl_u32(ring, offsetof(struct hft_ring_ctl, generation));
	if (generation == ring->info.generation)
		return;
	first_slot = ctl_u64(ring, offsetof(struct hft_ring_ctl, first_slot));
	first_records = ctl_u64(ring, offsetof(struct hft_ring_ctl, first_records));
	changing = (int32_t)ctl_u32(ring, offsetof(struct hft_ring_ctl, id)) > 0 &&
		   !ctl_u64(ring, offsetof(struct hft_ring_ctl, enable));
	if (!settled && (changing || generation !=
			 ctl_u32(ring, offsetof(struct hft_ring_ctl, generation))))
		return;
	if (first_slot < ring->next_slot)
		first_slot = ring->next_slot;
	if (generation != ring->info.generation + 1) {
		ring->info.slots_lost += first_slot - ring->next_slot;
		ring->lost += first_slot - ring->next_slot;
		ring->next_slot = first_slot;
	}
	ring->end_slot = first_slot;
	ring->end_records = first_records;
}

/* Where the ring's readable part ends now. */
static uint64_t read_limit(struct hft_ring *ring, bool settled)
{
	uint64_t head = hft_live_head(ring);

	/* head before generation: what lies before this head is of this life */
	hft_live_look_for_end(ring, settled);
	return head < ring->end_slot ? head : ring->end_slot;
}

static void skip_to(struct hft_ring *ring, uint64_t slot)
{
	ring->info.slots_lost += slot - ring->next_slot;
	ring->lost += slot - ring->next_slot;
	ring->next_slot = slot;
}

/* Everything before this has been overwritten, or soon will be. */
static void skip_lapped(struct hft_ring *ring, uint64_t head, uint64_t limit, bool hurry)
{
	uint64_t to = page_of(head - ring->info.capacity + HFT_PAGE_SLOTS - 1);

	if (hurry)
		to += page_of(ring->info.capacity / 4 + HFT_PAGE_SLOTS - 1);
	skip_to(ring, to < limit ? to : limit);
}

/* What one look at the page under next_slot gave. */
struct look {
	struct hft_page_check check;
	uint32_t end;		/* slots of the page that are done with */
	bool whole;
};

/* 0, -ENODATA: not now, -EAGAIN: lapped. Leaves next_slot and the counts alone. */
static int look_at_page(struct hft_ring *ring, bool settled, bool whole_only,
			struct hft_slot *page, struct look *look)
{
	uint64_t limit = read_limit(ring, settled), first = page_of(ring->next_slot), head, at;
	struct hft_page_check *check = &look->check;
	uint32_t copied;

	if (limit <= ring->next_slot)
		return -ENODATA;
	head = hft_live_head(ring);
	if (head > ring->next_slot && head - ring->next_slot > ring->info.capacity)
		return -EAGAIN;
	*check = (struct hft_page_check){
		.first = first,
		.from = (uint32_t)(ring->next_slot - first),
		.to = limit - first < HFT_PAGE_SLOTS ? (uint32_t)(limit - first) : HFT_PAGE_SLOTS,
		.last_tsc = ring->last_tsc,
	};
	look->end = check->to;
	look->whole = check->to == HFT_PAGE_SLOTS;
	if (whole_only && !look->whole)
		return -ENODATA;
	copied = hft_source_slots(ring->source, ring->ctl + HFT_PAGE_SIZE +
				  (ring->next_slot & (ring->info.capacity - 1)) * HFT_SLOT_SIZE,
				  page + check->from, check->to - check->from);
	hft_read_fence();
	head = hft_live_head(ring);
	if (head < ring->next_slot || head - ring->next_slot > ring->info.capacity)
		return -EAGAIN;
	check->to = check->from + copied;
	check->limit_tsc = hft_ticks() + CLOCK_SLACK;
	hft_page_check(page, check);
	if (check->end == look->end)
		return 0;

	/* A record that is not committed. Its writer may be preempted, or dead. */
	at = first + check->end;
	if (settled || ring->end_slot != LIVES || limit - at >= ring->info.capacity / 2) {
		hft_page_pad(page, first, check->end, look->end, check->last_tsc, true);
		check->lost += look->end - check->end;
		return 0;
	}
	look->end = check->end;
	look->whole = false;
	return whole_only || check->end == check->from ? -ENODATA : 0;
}

/* The same, going on behind what was lapped. */
static int look(struct hft_ring *ring, bool settled, bool whole_only, struct hft_slot *page,
		struct look *look)
{
	uint64_t head, limit;
	int try, err = -ENODATA;

	for (try = 0; try < TRIES; try++) {
		err = look_at_page(ring, settled, whole_only, page, look);
		if (err != -EAGAIN)
			break;
		limit = read_limit(ring, settled);
		head = hft_live_head(ring);
		/* both again: of a hostile ring they may have gone back */
		if (limit > ring->next_slot && head > ring->next_slot &&
		    head - ring->next_slot > ring->info.capacity)
			skip_lapped(ring, head, limit, ring->started && !settled);
		ring->started = true;
	}
	return err == -EAGAIN ? -ENODATA : err;
}

/*
 * Reading began at a head whose count of records was not to be had in the same
 * moment. It is known as soon as the ring is at rest for a moment and nothing
 * was lost: the record before head is committed, hence counted, as are those
 * before it.
 */
static void make_sure(struct hft_ring *ring)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	uint64_t head, records, seen = ring->info.records_read;
	struct look there;

	head = hft_live_head(ring);
	if (ring->info.slots_lost || ring->end_slot != LIVES)
		return;
	if (head != ring->next_slot) {
		if (look_at_page(ring, false, false, page, &there) || there.check.lost ||
		    there.check.first + there.end != head)
			return;
		seen += there.check.records;
	}
	records = ctl_u64(ring, offsetof(struct hft_ring_ctl, records));
	if (!seen || hft_live_head(ring) != head)
		return;
	ring->first_records = records - seen;
	ring->first_unsure = false;
}

/*
 * Whether there is something to load: what lies under next_slot is committed, or
 * is never to be.
 */
bool hft_live_is_ready(const struct hft_reader *reader, struct hft_ring *ring)
{
	uint64_t limit = read_limit(ring, reader->settled), word, at;

	if (limit <= ring->next_slot)
		return false;
	if (reader->settled || ring->end_slot != LIVES ||
	    limit - ring->next_slot >= ring->info.capacity / 2)
		return true;
	at = ring->ctl + HFT_PAGE_SIZE + offsetof(struct hft_slot, type) +
	     (ring->next_slot & (ring->info.capacity - 1)) * HFT_SLOT_SIZE;
	word = hft_source_u64(ring->source, at);
	return (uint16_t)word != HFT_REC_NONE &&
	       (uint32_t)(word >> 32) == (uint32_t)ring->next_slot;
}

int hft_live_load(struct hft_reader *reader, struct hft_ring *ring)
{
	struct look seen;
	int err;

	err = look(ring, reader->settled, false, ring->buffer, &seen);
	if (err && ring->first_unsure)
		make_sure(ring);
	if (err)
		return err;
	ring->started = true;
	ring->at = seen.check.from;
	ring->limit = seen.end;
	ring->buffer_first = seen.check.first;
	ring->next_slot = seen.check.first + seen.end;
	ring->last_tsc = seen.check.last_tsc;
	ring->info.slots_read += seen.end - seen.check.from - seen.check.lost;
	ring->info.slots_lost += seen.check.lost;
	return 0;
}

static void forget_partial(struct hft_ring *ring)
{
	ring->partial_slots = 0;
	ring->partial_lost = 0;
	ring->partial_records = 0;
}

static void count_page(struct hft_ring *ring, const struct look *seen)
{
	struct hft_ring_info *info = &ring->info;
	const struct hft_page_check *check = &seen->check;

	forget_partial(ring);
	info->slots_read += seen->end - check->from - check->lost;
	info->slots_lost += check->lost;
	ring->lost += check->lost;
	info->records_read += check->records;
	ring->next_slot = check->first + seen->end;
	ring->last_tsc = check->last_tsc;
	if (check->records) {
		if (!info->first_tsc)
			info->first_tsc = check->begin_tsc;
		info->last_tsc = check->last_tsc;
	}
}

static void fill_page_info(struct hft_slot *page, const struct look *seen, uint64_t lost,
			   struct hft_page_info *info)
{
	const struct hft_page_check *check = &seen->check;

	/* Reading began inside this page: a pad leads to the first record. */
	if (check->from)
		hft_page_pad(page, check->first, 0, check->from, check->begin_tsc, false);
	*info = (struct hft_page_info){
		.first_slot = check->first,
		.slots = seen->end,
		.content_bytes = check->content_bytes,
		.records = check->records,
		.begin = check->begin_tsc,
		.end = check->records ? check->last_tsc : 0,
		.lost_slots = lost,
	};
}

static int take_partial(struct hft_ring *ring, bool settled, struct hft_slot *page,
			struct hft_page_info *info)
{
	struct look seen;
	int err;

	err = look(ring, settled, false, page, &seen);
	if (err)
		return err;
	if (!seen.check.records || (ring->partial_first == seen.check.first &&
				    ring->partial_slots == seen.end - seen.check.from))
		return -ENODATA;
	ring->partial_first = seen.check.first;
	ring->partial_slots = seen.end - seen.check.from;
	ring->partial_lost = seen.check.lost;
	ring->partial_records = seen.check.records;
	fill_page_info(page, &seen, ring->lost + seen.check.lost, info);
	return 0;
}

/* Pages in which no record is left are counted and passed over. */
int hft_live_take(struct hft_reader *reader, struct hft_ring *ring, bool partial,
		  struct hft_slot *page, struct hft_page_info *info)
{
	uint64_t most = ring->info.capacity / HFT_PAGE_SLOTS + 1;
	struct look seen;
	int err = -ENODATA;

	while (most--) {
		err = look(ring, reader->settled, true, page, &seen);
		if (err)
			break;
		ring->started = true;
		count_page(ring, &seen);
		if (!seen.check.records)
			continue;
		fill_page_info(page, &seen, ring->lost, info);
		ring->lost = 0;
		return 0;
	}
	if (err == -ENODATA && ring->first_unsure)
		make_sure(ring);
	return err == -ENODATA && partial ?
	       take_partial(ring, reader->settled, page, info) : err;
}

void hft_live_begin(struct hft_ring *ring, bool from_now)
{
	ring->end_slot = LIVES;
	if (from_now) {
		ring->first_slot = hft_live_head(ring);
		ring->first_records = ctl_u64(ring, offsetof(struct hft_ring_ctl, records));
		ring->first_unsure = true;
	}
	ring->life_slot = ring->first_slot;
	ring->next_slot = ring->first_slot;
}

uint32_t hft_live_sample_every(const struct hft_ring *ring)
{
	return ring->info.kind == HFT_RING_USER && ring->end_slot == LIVES ?
	       ctl_u32(ring, offsetof(struct hft_ring_ctl, sample_every)) : 0;
}

void hft_live_info(const struct hft_ring *ring, bool settled, struct hft_ring_info *info)
{
	bool lives = ring->end_slot == LIVES;
	uint64_t head = hft_live_head(ring);
	uint64_t records = ctl_u64(ring, offsetof(struct hft_ring_ctl, records));

	*info = ring->info;
	info->head = (lives ? head : ring->end_slot) - ring->first_slot;
	info->records_written = (lives ? records : ring->end_records) - ring->first_records;
	info->slots_read += ring->partial_slots - ring->partial_lost;
	info->slots_lost += ring->partial_lost;
	info->records_read += ring->partial_records;
	info->records_lost = 0;
	if (ring->first_unsure && !info->slots_lost && info->slots_read == info->head)
		info->records_written = info->records_read;
	if (settled && info->records_written > info->records_read)
		info->records_lost = info->records_written - info->records_read;
}
