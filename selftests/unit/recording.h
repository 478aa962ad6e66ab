/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recorder in small, for tests of the reader: a stream per ring, packets of
 * a few pages, the facts that a reader uses. No metadata: that is the real
 * recorder's.
 */
#ifndef HFT_TEST_RECORDING_H
#define HFT_TEST_RECORDING_H

#include <errno.h>
#include <hftrace-reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKET_PAGES	4

struct packet_writer {
	FILE *file;
	struct hft_packet head;
	struct hft_slot slots[PACKET_PAGES * HFT_PAGE_SLOTS];
	unsigned int pages;
	unsigned int content_bytes;	/* of the last page */
};

static inline void put_packet(struct packet_writer *w)
{
	static char page[HFT_PAGE_SIZE];

	if (!w->pages)
		return;
	w->head.magic = HFT_PACKET_MAGIC;
	memset(w->head.uuid, 7, sizeof(w->head.uuid));
	w->head.packet_bits = (w->pages + 1) * HFT_PAGE_SIZE * 8ULL;
	w->head.content_bits = (w->pages * HFT_PAGE_SIZE + w->content_bytes) * 8ULL;
	w->head.pad.type = HFT_REC_PAD;
	memcpy(page, &w->head, sizeof(w->head));
	fwrite(page, sizeof(page), 1, w->file);
	fwrite(w->slots, HFT_PAGE_SIZE, w->pages, w->file);
	w->head.sequence++;
	w->head.records = 0;
	w->head.begin = 0;
	w->pages = 0;
}

static inline void put_page(struct packet_writer *w, const struct hft_slot *page,
			    const struct hft_page_info *info)
{
	if (w->pages == PACKET_PAGES ||
	    (w->pages && w->head.first_slot + w->pages * HFT_PAGE_SLOTS != info->first_slot))
		put_packet(w);
	if (!w->pages)
		w->head.first_slot = info->first_slot;
	w->head.slots_lost += info->lost_slots;
	if (!w->head.begin)
		w->head.begin = info->begin;
	w->head.end = info->end;
	w->head.records += info->records;
	memset(&w->slots[w->pages * HFT_PAGE_SLOTS], 0, HFT_PAGE_SIZE);
	memcpy(&w->slots[w->pages * HFT_PAGE_SLOTS], page, info->slots * HFT_SLOT_SIZE);
	w->content_bytes = info->content_bytes;
	w->pages++;
}

static inline int put_ring(struct hft_reader *reader, __u32 ring, const char *dir)
{
	static struct packet_writer w;
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_page_info info;
	struct hft_ring_info about;
	char path[256];

	hft_reader_ring(reader, ring, &about);
	snprintf(path, sizeof(path), "%s/user-%d-%d-%u", dir, about.tgid, about.id,
		 about.generation);
	memset(&w, 0, sizeof(w));
	w.file = fopen(path, "w");
	if (!w.file)
		return -errno;
	w.head.ring_kind = about.kind;
	w.head.ring_id = about.id;
	w.head.tgid = about.tgid;
	w.head.generation = about.generation;
	while (!hft_reader_take_page(reader, ring, 0, page, &info))
		put_page(&w, page, &info);
	if (!hft_reader_take_page(reader, ring, 1, page, &info))
		put_page(&w, page, &info);
	hft_reader_ring(reader, ring, &about);
	w.head.events_discarded = about.records_lost;
	put_packet(&w);
	return fclose(w.file) ? -errno : 0;
}

/* All that a settled reader can take, into a new directory. */
static inline int put_recording(struct hft_reader *reader, const char *dir)
{
	struct hft_ring_info about;
	char path[256];
	FILE *file;
	__u32 ring;
	int err;

	snprintf(path, sizeof(path), "%s/facts", dir);
	if (mkdir(dir, 0700) || mkdir(path, 0700))
		return -errno;
	for (ring = 0; ring < hft_reader_rings(reader); ring++) {
		err = put_ring(reader, ring, dir);
		if (err)
			return err;
	}
	snprintf(path, sizeof(path), "%s/facts/recording", dir);
	file = fopen(path, "w");
	fprintf(file, "version=0.1.0\nabi=%d.%d\nclock_khz=2000000\n", HFT_ABI_MAJOR,
		HFT_ABI_MINOR);
	fclose(file);
	snprintf(path, sizeof(path), "%s/facts/clock", dir);
	file = fopen(path, "w");
	fprintf(file, "0 1000000000 20 500000000 1700000000000000000 0 0\n");
	fprintf(file, "0 3000000000 20 1500000000 1700000001000000000 0 0\n");
	fclose(file);
	hft_reader_ring(reader, 0, &about);
	snprintf(path, sizeof(path), "%s/facts/names-%d", dir, about.tgid);
	file = fopen(path, "w");
	fprintf(file, "0\t(unnamed)\n1\torder\n");
	fclose(file);
	return 0;
}

static inline int temporary_directory(char *path, size_t size)
{
	const char *base = getenv("TMPDIR");

	snprintf(path, size, "%s/hftrace-test-XXXXXX", base ? base : "/tmp");
	return mkdtemp(path) ? 0 : -errno;
}

static inline void remove_tree(const char *path)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	if (system(command))
		printf("# could not remove %s\n", path);
}

#endif /* HFT_TEST_RECORDING_H */
