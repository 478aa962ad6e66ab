/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stream file of a recording: pages of slots in, packets out. A packet that
 * is being filled has its full size on disk from the start, and its header
 * says how far it is good: data first, header after them. So at every moment
 * what stands on disk is whole.
 */
#ifndef HFT_STREAM_H
#define HFT_STREAM_H

#include <stdbool.h>
#include <hftrace-reader.h>

#define STREAM_PACKET_PAGES	64	/* of slots, in a packet */
#define STREAM_BATCH_PAGES	16	/* that are written together */
#define STREAM_NAME		64

/* Whose records a stream has. */
struct stream_source {
	__u32 stream_class;
	__u32 ring_kind;
	__s32 ring_id;
	__s32 tgid;
	__u32 generation;
	__u8 uuid[16];
};

struct stream {
	char name[STREAM_NAME];	/* of the file */
	int directory;		/* descriptor of the recording */
	int fd;			/* -1: no record came yet */
	struct stream_source source;

	/* The packet that is being filled. */
	struct hft_packet *header;	/* a page */
	struct hft_slot *batch;	/* pages that are not on disk yet */
	__u64 offset;		/* of the packet in the file */
	unsigned int pages;	/* whole ones, in the packet */
	unsigned int written;	/* those that are on disk */
	__u64 records;		/* in the whole pages */
	__u64 end;		/* ticks of the last of them */
	__u64 content_bits;	/* up to the end of the whole pages */

	/* All of the stream. */
	__u64 packets;		/* before this one */
	__u64 stored;		/* records that the packets before this one have */
	__u64 slots_lost;
	__u64 records_lost;	/* an estimate, exact after stream_finish() */
	__u64 slots_taken;
	__u64 records_taken;
};

/* 0 or -ENOMEM. The file is made when the first record comes. */
int stream_init(struct stream *stream, int directory, const char *name,
		const struct stream_source *source);
void stream_uninit(struct stream *stream);

/* Where hft_reader_take_page() is to put the next whole page. */
struct hft_slot *stream_next_page(struct stream *stream);

/* Takes over what was put there. 0 or -errno of a failed write. */
int stream_add_page(struct stream *stream, const struct hft_page_info *info);

/* Makes the whole pages so far good on disk. 0 or -errno. */
int stream_flush(struct stream *stream);

/*
 * The same, and behind them the page that the ring's writer is at, which may
 * be changed here; it will come again, by then longer or whole.
 */
int stream_add_partial(struct stream *stream, struct hft_slot *page,
		       const struct hft_page_info *info);

/* Records that stand whole on disk. */
__u64 stream_stored(const struct stream *stream);

/* Bytes of the file that are good. */
__u64 stream_bytes(const struct stream *stream);

/*
 * Cuts the file to its length, and shares the records lost, now that they are
 * known exactly, among the packets behind the gaps, so that CTF readers count
 * right. 0 or -errno.
 */
int stream_finish(struct stream *stream, __u64 records_lost, __u64 slots_lost);

#endif /* HFT_STREAM_H */
