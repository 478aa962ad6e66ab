// SPDX-License-Identifier: GPL-2.0
/* A window of time out of rings that go on: they are the flight recorder. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <hftrace.h>
#include "lib/capture.h"
#include "lib/compiler.h"

#define TRIES		5	/* times WAIT_NS for a writer to finish the record that it is at */
#define WAIT_NS		1000000

/* Each window is a recording of its own. */
static int begin_stream(struct capture *capture, struct captured *ring)
{
	struct stream_source source = ring->stream.source;
	char name[STREAM_NAME];

	memcpy(name, ring->stream.name, sizeof(name));
	memcpy(source.uuid, capture->recording->uuid, sizeof(source.uuid));
	stream_uninit(&ring->stream);
	return stream_init(&ring->stream, capture->recording->directory, name, &source);
}

static void make_pad(struct hft_slot *slot)
{
	slot->type = HFT_REC_PAD;
	slot->ctx = 0;
	slot->arg[0] = 0;	/* nothing is lost */
	slot->arg[1] = 0;
}

/* In time what is cut off lies where the rest begins or ends: a packet goes from there to there. */
static void set_times(struct hft_slot *page, const struct hft_page_info *info)
{
	unsigned int at;

	for (at = 0; at < info->slots; at += page[at].slots) {
		if (page[at].tsc < info->begin)
			page[at].tsc = info->begin;
		if (page[at].tsc > info->end)
			page[at].tsc = info->end;
	}
}

/* Leaves the window's records alone. True: the window's end lies in this page or before it. */
static bool trim(struct hft_slot *page, struct hft_page_info *info, __u64 begin, __u64 end)
{
	bool over = false;
	unsigned int at;

	info->records = 0;
	for (at = 0; at < info->slots; at += page[at].slots) {
		struct hft_slot *slot = &page[at];

		if (slot->type == HFT_REC_PAD)
			continue;
		over |= slot->tsc > end;
		if (over || slot->tsc < begin) {
			make_pad(slot);
			continue;
		}
		if (!info->records++)
			info->begin = slot->tsc;
		info->end = slot->tsc;
	}
	set_times(page, info);
	return over;
}

/* What stands between begin and end. 1: all; 0: up to where the ring is written; -errno. */
static int copy_ring(struct capture *capture, __u32 ring, __u64 begin, __u64 end)
{
	struct stream *stream = &capture->rings[ring].stream;
	struct hft_slot page[HFT_PAGE_SLOTS] __aligned(64);
	struct hft_page_info info;
	bool over;
	int err;

	for (;;) {
		err = hft_reader_take_page(capture->reader, ring, 1, page, &info);
		if (err)
			return err == -ENODATA ? 0 : err;
		/* What is missing before a page that ends too early is no part of the window. */
		if (info.end < begin)
			info.lost_slots = 0;
		over = trim(page, &info, begin, end);
		if (info.slots == HFT_PAGE_SLOTS) {
			memcpy(stream_next_page(stream), page, sizeof(page));
			err = stream_add_page(stream, &info);
		} else {
			err = stream_add_partial(stream, page, &info);
		}
		if (err || over)
			return err ? err : 1;
		if (info.slots < HFT_PAGE_SLOTS)
			return 0;
	}
}

/* Slots that would hold what was written from `begin` on, at the rate of what is held. */
static __u64 slots_needed(const struct hft_ring_info *info, __u64 since, __u64 begin, __u64 now)
{
	double rate = now > since ? (double)info->head / (double)(now - since) : 0;
	double wanted = rate * (double)(now - begin) * 1.25;
	__u64 slots = info->capacity * 2;

	while ((double)slots < wanted && slots < HFT_RING_SLOTS_MAX)
		slots *= 2;
	return slots;
}

static void note_missing(struct capture_held *held, const struct captured *ring,
			 const struct hft_ring_info *info, __u64 since, __u64 begin)
{
	if (since <= begin || since - begin <= held->missing)
		return;
	held->missing = since - begin;
	held->kind = info->kind;
	held->capacity = info->capacity;
	held->needed = slots_needed(info, since, begin, hft_ticks());
	memcpy(held->ring, ring->stream.name, sizeof(held->ring));
}

/* Whether a record is reserved there that its writer has not committed. */
static bool is_waited_for(const struct hft_reader *reader, __u32 ring, __u64 head)
{
	struct hft_ring_info info;

	hft_reader_ring(reader, ring, &info);
	return info.slots_read + info.slots_lost < head;
}

static int take_ring(struct capture *capture, __u32 ring, __u64 begin, __u64 end,
		     struct capture_held *held)
{
	const struct timespec wait = { .tv_nsec = WAIT_NS };
	struct captured *captured = &capture->rings[ring];
	struct hft_ring_info info;
	__u64 since;
	int err, try;

	err = begin_stream(capture, captured);
	if (!err)
		err = hft_reader_seek(capture->reader, ring, begin, &since);
	if (err)
		return err;
	hft_reader_ring(capture->reader, ring, &info);
	note_missing(held, captured, &info, since, begin);
	err = copy_ring(capture, ring, begin, end);
	for (try = 0; !err && is_waited_for(capture->reader, ring, info.head); try++) {
		if (try == TRIES) {
			held->unfinished++;
			break;
		}
		nanosleep(&wait, NULL);
		err = copy_ring(capture, ring, begin, end);
	}
	if (err >= 0)
		err = stream_flush(&captured->stream);
	return err ? err : stream_finish(&captured->stream, captured->stream.records_lost,
					 captured->stream.slots_lost);
}

int capture_window(struct capture *capture, __u64 begin, __u64 end, struct capture_held *held)
{
	int err = 0;
	size_t i;

	memset(held, 0, sizeof(*held));
	capture->windows = true;
	for (i = 0; i < capture->count && !err; i++) {
		const struct stream *stream = &capture->rings[i].stream;

		if (!capture->rings[i].wanted)
			continue;
		err = take_ring(capture, i, begin, end, held);
		held->records += stream_stored(stream);
		held->bytes += stream_bytes(stream);
		held->slots_lost += stream->slots_lost;
		held->rings += stream_stored(stream) > 0;
	}
	return err;
}

bool capture_wants(const struct capture *capture, __s32 tgid)
{
	size_t i;

	for (i = 0; i < capture->count; i++) {
		if (capture->rings[i].wanted && capture->rings[i].stream.source.tgid == tgid)
			return true;
	}
	return false;
}
