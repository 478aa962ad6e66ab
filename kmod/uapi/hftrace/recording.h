/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* The frame of a recording on disk. */
#ifndef _HFTRACE_RECORDING_H
#define _HFTRACE_RECORDING_H

#include <linux/types.h>
#include <hftrace/slot.h>

#define HFT_PACKET_MAGIC	0xC1FC1FC1U	/* CTF 1.8 */

/*
 * A recording's stream file is a row of packets. A packet is one page that
 * begins with this header and a pad record (which carries a CTF reader to the
 * next page), then whole pages of slots as they stood in the ring, what was
 * torn or lapped turned into pads.
 */
struct hft_packet {
	__u32 magic;
	__u8 uuid[16];		/* of the recording, also in its metadata */
	__u32 stream_class;	/* 0 CPU rings; 1.. user rings, one class per process */
	__u64 begin;		/* ticks of the first and last record */
	__u64 end;
	__u64 content_bits;	/* up to the last record's last payload byte */
	__u64 packet_bits;	/* all of it */
	__u64 events_discarded;	/* records lost since the stream began */
	__u64 sequence;		/* packets before this one in the stream */
	__u64 slots_lost;	/* slots lost since the stream began */
	__u64 first_slot;	/* ring index of the first slot behind the header page */
	__u64 records;		/* in this packet, pads not counted */
	__u32 ring_kind;	/* enum hft_ring_kind */
	__s32 ring_id;		/* CPU or tid */
	__s32 tgid;
	__u32 generation;	/* as of hft_ring_ctl */
	__u64 reserved[2];
	struct hft_slot pad;
};

#endif /* _HFTRACE_RECORDING_H */
