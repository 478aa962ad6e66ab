// SPDX-License-Identifier: GPL-2.0
/* A stream file as a CTF reader walks through it. It may be hostile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hftrace-reader.h>
#include "lib/ctf_metadata.h"
#include "lib/packets.h"
#include "lib/stream.h"

/* The slots of one page that lie in the packet's content. */
static void count_page(const struct hft_slot *page, unsigned int bytes, struct packets *packets)
{
	unsigned int slots = (bytes + HFT_SLOT_SIZE - 1) / HFT_SLOT_SIZE;
	unsigned int at = 0;

	while (at < slots) {
		const struct hft_slot *slot = &page[at];

		if (slot->type == HFT_REC_PAD) {
			packets->pads++;
			if (slot->arg[1] != CTF_PAD_TO_SLOT)
				return;
			at++;
		} else {
			if (!slot->slots || !hft_schema(slot->type))
				return;
			packets->records++;
			at += slot->slots;
		}
	}
}

static int count_pages(int fd, const struct hft_packet *header, __u64 offset,
		       struct packets *packets)
{
	__u64 content = header->content_bits / 8;
	struct hft_slot page[HFT_PAGE_SLOTS];
	__u64 place;

	for (place = HFT_PAGE_SIZE; place < content; place += HFT_PAGE_SIZE) {
		__u64 bytes = content - place < HFT_PAGE_SIZE ? content - place : HFT_PAGE_SIZE;
		ssize_t got = pread(fd, page, sizeof(page), offset + place);

		if (got < 0)
			return -errno;
		if (got < (ssize_t)bytes)
			return -ENODATA;
		count_page(page, bytes, packets);
	}
	return 0;
}

/* 0; -ENODATA: the end, or what is no packet; -errno. */
static int count_packet(int fd, __u64 *offset, struct packets *packets)
{
	struct hft_packet header;
	ssize_t got = pread(fd, &header, sizeof(header), *offset);
	int err;

	if (got < 0)
		return -errno;
	if (got != sizeof(header) || header.magic != HFT_PACKET_MAGIC ||
	    header.packet_bits % (HFT_PAGE_SIZE * 8) || header.content_bits > header.packet_bits ||
	    header.packet_bits < HFT_PAGE_SIZE * 8 ||
	    header.packet_bits > (STREAM_PACKET_PAGES + 1) * HFT_PAGE_SIZE * 8)
		return -ENODATA;
	packets->packets++;
	packets->pads++;
	err = count_pages(fd, &header, *offset, packets);
	if (err)
		return err;
	if (!packets->begin)
		packets->begin = header.begin;
	packets->end = header.end;
	*offset += header.packet_bits / 8;
	return 0;
}

int packets_count(const char *recording, const char *stream, struct packets *packets)
{
	__u64 offset = 0;
	struct stat st;
	char *path;
	int err;
	int fd;

	memset(packets, 0, sizeof(*packets));
	if (asprintf(&path, "%s/%s", recording, stream) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st))
		packets->bytes = st.st_size;
	do
		err = count_packet(fd, &offset, packets);
	while (!err);
	close(fd);
	return err == -ENODATA ? 0 : err;
}
