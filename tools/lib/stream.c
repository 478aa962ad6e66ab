// SPDX-License-Identifier: GPL-2.0
/* A stream file of a recording: pages of slots in, packets out. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/ctf_metadata.h"
#include "lib/stream.h"

#define PACKET_SIZE_MAX ((STREAM_PACKET_PAGES + 1ULL) * HFT_PAGE_SIZE)

static_assert(offsetof(struct hft_packet, pad) == 128, "the pad is a slot of the header's page");

int stream_init(struct stream *stream, int directory, const char *name,
		const struct stream_source *source)
{
	memset(stream, 0, sizeof(*stream));
	stream->fd = -1;
	stream->directory = directory;
	stream->source = *source;
	snprintf(stream->name, sizeof(stream->name), "%s", name);
	stream->header = calloc(1, HFT_PAGE_SIZE);
	stream->batch = aligned_alloc(HFT_PAGE_SIZE, STREAM_BATCH_PAGES * HFT_PAGE_SIZE);
	if (stream->header && stream->batch)
		return 0;
	stream_uninit(stream);
	return -ENOMEM;
}

void stream_uninit(struct stream *stream)
{
	free(stream->header);
	free(stream->batch);
	stream->header = NULL;
	stream->batch = NULL;
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
}

static int write_all(int fd, const void *data, size_t bytes, __u64 offset)
{
	while (bytes) {
		ssize_t done = pwrite(fd, data, bytes, offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		if (!done)
			return -ENOSPC;
		data = (const char *)data + done;
		bytes -= done;
		offset += done;
	}
	return 0;
}

static bool packet_open(const struct stream *stream)
{
	return stream->header->magic;
}

/* Ring index of the slot that would go on where the whole pages end. */
static __u64 next_slot(const struct stream *stream)
{
	return stream->header->first_slot + (__u64)stream->pages * HFT_PAGE_SLOTS;
}

struct hft_slot *stream_next_page(struct stream *stream)
{
	return stream->batch + (stream->pages - stream->written) * HFT_PAGE_SLOTS;
}

/* Whether this kind of ring has such records: what else a hostile one holds, CTF could not read. */
static bool belongs(const struct stream *stream, const struct hft_slot *slot)
{
	bool user = slot->type >= HFT_REC_MARK;

	return user == (stream->source.ring_kind == HFT_RING_USER) && ctf_payload_bytes(slot);
}

/*
 * For a CTF reader a pad is the way to the page's end. One that records follow
 * becomes a row of pads that each lead to the next slot.
 */
static void put_pads(struct hft_slot *slot, unsigned int count)
{
	const struct hft_slot first = *slot;
	unsigned int i;

	for (i = 0; i < count; i++) {
		slot[i] = first;
		slot[i].slots = 1;
		slot[i].seq = first.seq + i;
		slot[i].arg[0] = i ? 0 : first.arg[0];
		slot[i].arg[1] = CTF_PAD_TO_SLOT;
	}
}

struct layout {
	__u32 records;
	unsigned int content;	/* bytes up to the end of the last record */
};

static struct layout lay_out(const struct stream *stream, struct hft_slot *page,
			     unsigned int slots)
{
	struct layout layout = { 0 };
	unsigned int at = 0;

	while (at < slots && page[at].slots && page[at].slots <= slots - at) {
		struct hft_slot *slot = &page[at];

		at += slot->slots;
		if (slot->type != HFT_REC_PAD && !belongs(stream, slot)) {
			slot->type = HFT_REC_PAD;
			slot->ctx = 0;
			slot->arg[0] = slot->slots;
		}
		if (slot->type != HFT_REC_PAD) {
			layout.records++;
			layout.content = (char *)slot->arg - (char *)page +
					 ctf_payload_bytes(slot);
		} else if (at < slots) {
			put_pads(slot, slot->slots);
		} else {
			slot->arg[1] = CTF_PAD_TO_PAGE;
		}
	}
	return layout;
}

/* The header as it stands on disk is the one in memory, whatever fails. */
static int put_header(struct stream *stream, const struct hft_packet *header)
{
	int err = write_all(stream->fd, header, sizeof(*header), stream->offset);

	if (!err)
		*stream->header = *header;
	return err;
}

static int open_file(struct stream *stream)
{
	if (stream->fd >= 0)
		return 0;
	stream->fd = openat(stream->directory, stream->name,
			    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return stream->fd < 0 ? -errno : 0;
}

/* A whole packet of nothing, at once: what follows only makes it fuller. */
static int begin_packet(struct stream *stream, const struct hft_page_info *info)
{
	struct hft_packet header = {
		.magic = HFT_PACKET_MAGIC,
		.stream_class = stream->source.stream_class,
		.begin = info->begin,
		.end = info->begin,
		.content_bits = HFT_PAGE_SIZE * 8,	/* which the pad leads to */
		.packet_bits = PACKET_SIZE_MAX * 8,
		.events_discarded = stream->records_lost,
		.sequence = stream->packets,
		.slots_lost = stream->slots_lost,
		.first_slot = info->first_slot,
		.ring_kind = stream->source.ring_kind,
		.ring_id = stream->source.ring_id,
		.tgid = stream->source.tgid,
		.generation = stream->source.generation,
		.pad = {
			.tsc = info->begin,
			.type = HFT_REC_PAD,
			.slots = (HFT_PAGE_SIZE - offsetof(struct hft_packet, pad)) / HFT_SLOT_SIZE,
		},
	};
	int err;

	memcpy(header.uuid, stream->source.uuid, sizeof(header.uuid));
	err = open_file(stream);
	if (!err && ftruncate(stream->fd, stream->offset + PACKET_SIZE_MAX))
		err = -errno;
	if (!err)
		err = write_all(stream->fd, &header, sizeof(header), stream->offset);
	if (err)
		return err;
	*stream->header = header;
	stream->pages = 0;
	stream->written = 0;
	stream->records = 0;
	stream->content_bits = 0;
	return 0;
}

static int write_batch(struct stream *stream)
{
	unsigned int count = stream->pages - stream->written;
	int err;

	if (!count)
		return 0;
	err = write_all(stream->fd, stream->batch, (size_t)count * HFT_PAGE_SIZE,
			stream->offset + (stream->written + 1ULL) * HFT_PAGE_SIZE);
	if (!err)
		stream->written = stream->pages;
	return err;
}

/* How many records may have been lost with so many slots. */
static __u64 estimate_records(const struct stream *stream, __u64 slots)
{
	__u64 records;

	if (!slots)
		return 0;
	records = stream->slots_taken ?
		  (double)slots * stream->records_taken / stream->slots_taken : slots / 2;
	return records ? records : 1;
}

/* Puts the whole pages in force. */
static int put_content(struct stream *stream)
{
	struct hft_packet header = *stream->header;

	header.end = stream->end;
	header.content_bits = stream->content_bits;
	header.records = stream->records;
	header.events_discarded = stream->records_lost;
	header.slots_lost = stream->slots_lost;
	return put_header(stream, &header);
}

/* The same, and a part of a page behind them. */
static int put_partial(struct stream *stream, const struct hft_slot *page,
		       const struct layout *layout, const struct hft_page_info *info)
{
	struct hft_packet header = *stream->header;
	__u64 place = (stream->pages + 1ULL) * HFT_PAGE_SIZE;
	int err;

	err = write_all(stream->fd, page, (size_t)info->slots * HFT_SLOT_SIZE,
			stream->offset + place);
	if (err)
		return err;
	header.end = info->end;
	header.content_bits = (place + layout->content) * 8;
	header.records = stream->records + layout->records;
	header.events_discarded = stream->records_lost +
				  estimate_records(stream, info->lost_slots);
	header.slots_lost = stream->slots_lost + info->lost_slots;
	return put_header(stream, &header);
}

/* Bytes of the packet that its content reaches into, in whole pages. */
static __u64 packet_size(const struct hft_packet *header)
{
	return (header->content_bits / 8 + HFT_PAGE_SIZE - 1) / HFT_PAGE_SIZE * HFT_PAGE_SIZE;
}

/* Gives the packet on disk the size of its content and goes on behind it. */
static int end_packet(struct stream *stream)
{
	struct hft_packet header = *stream->header;
	int err;

	if (!packet_open(stream))
		return 0;
	stream->header->magic = 0;
	if (!header.records) {
		/* Nothing came to be good: the next one takes its place. */
		return ftruncate(stream->fd, stream->offset) ? -errno : 0;
	}
	header.packet_bits = packet_size(&header) * 8;
	err = write_all(stream->fd, &header, sizeof(header), stream->offset);
	if (err)
		return err;
	stream->offset += header.packet_bits / 8;
	stream->packets++;
	stream->stored += header.records;
	return ftruncate(stream->fd, stream->offset) ? -errno : 0;
}

/* The whole pages alone become a packet: a part of a page behind them was lapped since. */
static int close_packet(struct stream *stream)
{
	int err;

	if (!packet_open(stream))
		return 0;
	err = write_batch(stream);
	if (!err && stream->pages)
		err = put_content(stream);
	if (!err && !stream->pages)
		stream->header->records = 0;
	return err ? err : end_packet(stream);
}

/* Whether a page belongs behind the whole pages of the packet. */
static bool goes_on(const struct stream *stream, const struct hft_page_info *info)
{
	return packet_open(stream) && info->first_slot == next_slot(stream) && !info->lost_slots;
}

int stream_add_page(struct stream *stream, const struct hft_page_info *info)
{
	struct hft_slot *page = stream_next_page(stream);
	struct layout layout = lay_out(stream, page, info->slots);
	int err;

	/* what was lost comes behind the packet before: its header does not tell of it */
	if (!goes_on(stream, info)) {
		err = close_packet(stream);
		if (err)
			return err;
	}
	stream->records_lost += estimate_records(stream, info->lost_slots);
	stream->slots_lost += info->lost_slots;
	stream->slots_taken += info->slots;
	stream->records_taken += layout.records;
	if (!layout.records)
		return 0;
	if (!packet_open(stream)) {
		memmove(stream->batch, page, HFT_PAGE_SIZE);
		err = begin_packet(stream, info);
		if (err)
			return err;
	}
	stream->end = info->end;
	stream->content_bits = ((stream->pages + 1ULL) * HFT_PAGE_SIZE + layout.content) * 8;
	stream->records += layout.records;
	stream->pages++;
	if (stream->pages == STREAM_PACKET_PAGES)
		return close_packet(stream);
	if (stream->pages - stream->written == STREAM_BATCH_PAGES)
		return write_batch(stream);
	return 0;
}

int stream_flush(struct stream *stream)
{
	int err;

	if (!packet_open(stream))
		return 0;
	err = write_batch(stream);
	/* A part of a page that was put behind them before may reach further. */
	if (err || stream->content_bits <= stream->header->content_bits)
		return err;
	return put_content(stream);
}

int stream_add_partial(struct stream *stream, struct hft_slot *page,
		       const struct hft_page_info *info)
{
	struct layout layout = lay_out(stream, page, info->slots);
	int err;

	if (!layout.records)
		return 0;
	if (!goes_on(stream, info)) {
		err = close_packet(stream);
		if (!err)
			err = begin_packet(stream, info);
		if (err)
			return err;
	}
	err = write_batch(stream);
	return err ? err : put_partial(stream, page, &layout, info);
}

__u64 stream_stored(const struct stream *stream)
{
	return stream->stored + (packet_open(stream) ? stream->header->records : 0);
}

__u64 stream_bytes(const struct stream *stream)
{
	return stream->offset + (packet_open(stream) ? packet_size(stream->header) : 0);
}

/* Of `total` lost records, those in the first `slots` of the lost slots. */
static __u64 share(const struct stream *stream, __u64 slots, __u64 total)
{
	if (slots >= stream->slots_lost)
		return total;
	return (__uint128_t)total * slots / stream->slots_lost;
}

static int share_losses(struct stream *stream, __u64 records_lost)
{
	struct hft_packet header;
	__u64 offset = 0;
	int err;

	while (offset < stream->offset) {
		ssize_t got = pread(stream->fd, &header, sizeof(header), offset);

		if (got != sizeof(header))
			return got < 0 ? -errno : -EIO;
		header.events_discarded = share(stream, header.slots_lost, records_lost);
		if (offset + header.packet_bits / 8 >= stream->offset)
			header.events_discarded = records_lost;
		err = write_all(stream->fd, &header, sizeof(header), offset);
		if (err)
			return err;
		offset += header.packet_bits / 8;
	}
	return 0;
}

int stream_finish(struct stream *stream, __u64 records_lost, __u64 slots_lost)
{
	int err;

	stream->slots_lost = slots_lost;
	if (stream->fd < 0)
		return 0;
	err = end_packet(stream);
	if (!err && (records_lost || stream->records_lost))
		err = share_losses(stream, records_lost);
	stream->records_lost = records_lost;
	return err;
}
