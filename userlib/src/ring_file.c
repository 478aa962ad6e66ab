// SPDX-License-Identifier: LGPL-2.1
/*
 * A stream of a recording: packets of a header page and whole pages of slots.
 * What is read is copied first, so that a file which changes or shrinks under
 * the reader does no harm, and checked as a ring's pages are.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BITS	((uint64_t)HFT_PAGE_SIZE * 8)
#define LOAD_PAGES	16	/* at once: so few that all rings' stay in a CPU's cache */

/* A line on what is wrong with a stream; its first one stays. */
static void note(struct hft_ring *ring, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct hft_ring *ring, const char *format, ...)
{
	va_list args;

	if (ring->damage)
		return;
	va_start(args, format);
	if (vasprintf(&ring->damage, format, args) < 0)
		ring->damage = NULL;
	va_end(args);
	ring->damage_tsc = ring->packet_tsc;
}

/* Bytes read, fewer only at the file's end; or -errno. */
static ssize_t read_at(int fd, void *to, size_t bytes, uint64_t offset)
{
	size_t done = 0;
	ssize_t got;

	while (done < bytes) {
		got = pread(fd, (char *)to + done, bytes - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/* What is wrong with a header, or NULL. */
static const char *fault_of(const struct hft_reader *reader, const struct hft_packet *packet)
{
	if (packet->magic != HFT_PACKET_MAGIC)
		return "no packet's magic number";
	if (packet->packet_bits % PAGE_BITS || packet->packet_bits < PAGE_BITS ||
	    packet->packet_bits > (HFT_PACKET_PAGES + 1) * PAGE_BITS)
		return "an impossible packet size";
	if (packet->content_bits % 8 || packet->content_bits > packet->packet_bits)
		return "an impossible content size";
	if (packet->first_slot % HFT_PAGE_SLOTS)
		return "a first slot that begins no page";
	if (reader->uuid_known && memcmp(packet->uuid, reader->uuid, sizeof(packet->uuid)))
		return "the identity of another recording";
	return NULL;
}

/* 0: a sound header; -ENODATA: the stream's end, noted if it should not be one. */
static int read_header(struct hft_reader *reader, struct hft_ring *ring, uint64_t offset,
		       struct hft_packet *packet)
{
	unsigned long long at = offset;
	const char *fault;
	ssize_t got;

	if (offset >= ring->file_size)
		return -ENODATA;
	got = read_at(ring->fd, packet, sizeof(*packet), offset);
	if (got < 0)
		return (int)got;
	if ((size_t)got < sizeof(*packet) || ring->file_size - offset < HFT_PAGE_SIZE) {
		note(ring, "%s: cut off inside the header at byte %llu", ring->stream, at);
		return -ENODATA;
	}
	fault = fault_of(reader, packet);
	if (fault) {
		note(ring, "%s: %s at byte %llu; the rest of it is not read", ring->stream, fault,
		     at);
		return -ENODATA;
	}
	return 0;
}

/*
 * Before anything is read: who the stream is, what all headers count, and
 * whether the last packet is whole.
 */
static int scan(struct hft_reader *reader, struct hft_ring *ring)
{
	struct hft_packet packet;
	uint64_t offset = 0;
	int err;

	while (!(err = read_header(reader, ring, offset, &packet))) {
		if (!offset) {
			ring->info.kind = packet.ring_kind;
			ring->info.id = packet.ring_id;
			ring->info.tgid = packet.tgid;
			ring->info.generation = packet.generation;
		}
		if (!reader->uuid_known)
			memcpy(reader->uuid, packet.uuid, sizeof(reader->uuid));
		reader->uuid_known = true;
		ring->records_in_headers += packet.records;
		ring->discarded = packet.events_discarded;
		if (packet.packet_bits / 8 > ring->file_size - offset) {
			note(ring, "%s: its last packet was cut off: %llu of %llu bytes",
			     ring->stream, (unsigned long long)(ring->file_size - offset),
			     (unsigned long long)(packet.packet_bits / 8));
			break;
		}
		offset += packet.packet_bits / 8;
	}
	return err == -ENODATA ? 0 : err;
}

/* "cpu3" or "user-1234-1240-1": for a stream that has no packet. */
static bool take_name(struct hft_ring *ring, const char *name)
{
	int id, tgid, end = 0;
	unsigned int generation;

	if (sscanf(name, "cpu%d%n", &id, &end) == 1 && !name[end]) {
		ring->info.kind = HFT_RING_CPU;
		ring->info.id = id;
		return id >= 0;
	}
	end = 0;
	if (sscanf(name, "user-%d-%d-%u%n", &tgid, &id, &generation, &end) == 3 && !name[end]) {
		ring->info.kind = HFT_RING_USER;
		ring->info.id = id;
		ring->info.tgid = tgid;
		ring->info.generation = generation;
		return true;
	}
	return false;
}

/* 0, also for a file that is no stream. */
int hft_file_add_stream(struct hft_reader *reader, int dir, const char *name)
{
	struct hft_ring *ring, probe = { 0 };
	struct stat st;
	int fd, err;

	if (strlen(name) >= sizeof(ring->stream) || !take_name(&probe, name))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		hft_reader_note(reader, "%s: not a regular file", name);
		close(fd);
		return 0;
	}
	ring = hft_reader_add_ring(reader, LOAD_PAGES);
	if (!ring) {
		close(fd);
		return -ENOMEM;
	}
	ring->fd = fd;
	ring->file_size = (uint64_t)st.st_size;
	take_name(ring, name);
	strcpy(ring->stream, name);
	err = scan(reader, ring);
	if (ring->damage)
		hft_reader_note(reader, "%s", ring->damage);
	return err;
}

/* Steps to the next packet that has slots. */
static int next_packet(struct hft_reader *reader, struct hft_ring *ring)
{
	struct hft_packet *packet = &ring->packet;
	uint64_t bytes, there;
	int err;

	ring->packet_tsc = ring->in_time_order ? ring->info.last_tsc : 0;
	do {
		err = read_header(reader, ring, ring->offset, packet);
		if (err)
			return err;
		bytes = packet->packet_bits / 8;
		there = ring->file_size - ring->offset;
		ring->packet_pages = (uint32_t)((bytes < there ? bytes : there) /
						HFT_PAGE_SIZE - 1);
		ring->packet_page = 0;
		if (packet->slots_lost > ring->slots_lost_before) {
			ring->info.slots_lost += packet->slots_lost - ring->slots_lost_before;
			ring->lost += packet->slots_lost - ring->slots_lost_before;
			ring->slots_lost_before = packet->slots_lost;
		}
		if (!ring->packet_pages)
			ring->offset += bytes;
	} while (!ring->packet_pages);
	return 0;
}

/* Slots of the packet that hold content: up to the last record's last slot. */
static uint64_t content_slots(const struct hft_packet *packet)
{
	uint64_t bytes = packet->content_bits / 8;

	return bytes <= HFT_PAGE_SIZE ? 0 :
	       (bytes - HFT_PAGE_SIZE + HFT_SLOT_SIZE - 1) / HFT_SLOT_SIZE;
}

/*
 * Makes a page good. What does not end in a whole record is damage, as the recorder wrote
 * none such.
 */
static void check_page(struct hft_ring *ring, struct hft_slot *slots, uint64_t before)
{
	uint64_t content = content_slots(&ring->packet);
	struct hft_page_check check = {
		.first = ring->packet.first_slot + before,
		.last_tsc = ring->last_tsc,
		.limit_tsc = ~(uint64_t)0,
		.recorded = true,
	};

	if (content > before)
		check.to = content - before < HFT_PAGE_SLOTS ? (uint32_t)(content - before) :
			   HFT_PAGE_SLOTS;
	hft_page_check(slots, &check);
	if (check.end < check.to) {
		hft_page_pad(slots, check.first, check.end, check.to, check.last_tsc, true);
		check.lost += check.to - check.end;
	}
	if (check.lost)
		note(ring, "%s: %u slots from slot %llu on are no records", ring->stream,
		     check.lost, (unsigned long long)check.first);
	ring->last_tsc = check.last_tsc;
	ring->info.slots_lost += check.lost;
	ring->info.slots_read += check.to - check.lost - check.lost_before;
	ring->limit += check.to;
}

int hft_file_load(struct hft_reader *reader, struct hft_ring *ring)
{
	uint64_t before;
	uint32_t page, pages;
	ssize_t got;
	int err = 0;

	if (ring->at_end)
		return -ENODATA;
	if (ring->packet_page == ring->packet_pages)
		err = next_packet(reader, ring);
	if (err)
		goto err_end;
	pages = ring->packet_pages - ring->packet_page;
	if (pages > LOAD_PAGES)
		pages = LOAD_PAGES;
	got = read_at(ring->fd, ring->buffer, (size_t)pages * HFT_PAGE_SIZE,
		      ring->offset + (ring->packet_page + 1ULL) * HFT_PAGE_SIZE);
	err = got < 0 ? (int)got : 0;
	if (err)
		goto err_end;
	before = (uint64_t)ring->packet_page * HFT_PAGE_SLOTS;
	ring->packet_page += pages;
	if (got < (ssize_t)pages * HFT_PAGE_SIZE)
		ring->packet_page = ring->packet_pages;
	pages = (uint32_t)((size_t)got / HFT_PAGE_SIZE);
	ring->at = 0;
	ring->limit = 0;
	ring->buffer_first = ring->packet.first_slot + before;
	for (page = 0; page < pages; page++)
		check_page(ring, ring->buffer + page * HFT_PAGE_SLOTS,
			   before + page * HFT_PAGE_SLOTS);
	if (ring->packet_page == ring->packet_pages)
		ring->offset += ring->packet.packet_bits / 8;
	return 0;

err_end:
	if (err != -ENODATA)
		note(ring, "%s: %s", ring->stream, strerror(-err));
	ring->at_end = true;
	return err;
}

/*
 * What headers and the recorder's own note tell. Records of a part that was
 * cut off are known to be lost at the stream's end.
 */
void hft_file_info(const struct hft_ring *ring, struct hft_ring_info *info)
{
	*info = ring->info;
	info->records_written = ring->records_in_headers + ring->discarded;
	if (ring->written > info->records_written)
		info->records_written = ring->written;
	info->records_lost = ring->discarded;
	if (ring->at_end && info->records_written > info->records_read)
		info->records_lost = info->records_written - info->records_read;
	info->head = info->slots_read + info->slots_lost;
}
