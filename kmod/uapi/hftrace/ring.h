/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Control pages of rings and regions, and where they are mapped. */
#ifndef _HFTRACE_RING_H
#define _HFTRACE_RING_H

#include <linux/types.h>
#include <hftrace/slot.h>
#include <hftrace/board.h>

#define HFT_RING_MAGIC		0x52544648U	/* "HFTR" */
#define HFT_REGION_MAGIC	0x55544648U	/* "HFTU" */

enum hft_ring_kind {
	HFT_RING_CPU		= 1,	/* written by the kernel on one CPU */
	HFT_RING_USER		= 2,	/* written by one thread */
};

#define HFT_FRAMES		16	/* nested open intervals that a ring can hold */

/* An open interval. */
struct hft_frame {
	__u64 start;		/* ticks */
	__u64 value;		/* CPU: hft_ring_ctl.nested at the start; user: span id */
	__u32 tag;		/* CPU: arming generation << 8 | hook; user: name */
	__u32 arg;		/* CPU: irq, softirq or vector number, lateness; user: 0 */
	__u64 detail;		/* CPU: function of a timer, as in its record; else any */
};

/*
 * The control page of a ring; the slots follow it in the mapping. Every line
 * of 64 bytes has one writer.
 */
struct hft_ring_ctl {
	/* Line 0: who the ring belongs to. Written when it is claimed. */
	__u32 magic;		/* HFT_RING_MAGIC */
	__u16 abi_major;
	__u16 abi_minor;
	__u32 kind;		/* enum hft_ring_kind */
	__s32 id;		/* CPU or tid; user, while free: 0, or -tid of its last thread */
	__u64 slots;		/* capacity, a power of two, at least 256 */
	__s32 tgid;		/* user: the process; CPU: 0 */
	__u32 generation;	/* user: times the ring was claimed, from 1 */
	char name[16];		/* user: thread's name; CPU: empty */
	__u64 birth;		/* ticks when it was claimed */
	__u64 first_slot;	/* user: head when it was claimed, a page's start; CPU: 0 */

	/*
	 * Line 1: switches, for show. User: 1 while a thread's handle is on,
	 * which has the switch itself. CPU (the kernel itself reads a per-CPU
	 * variable): the hooks that are armed there, and in bits 48..63 the
	 * count of armings, which frame[].tag of intervals that are open now has too.
	 */
	__u64 enable;
	__u64 mask;		/* CPU: slots - 1; user: 0 */
	__u32 sample_every;	/* user: of what is sampled, 1 in so many is written; for show */
	__u32 reserved0;
	__u64 reserved1[5];

	/* Line 2: written by the producer on each record. */
	__u64 head;		/* index of the next slot; goes on over claims, never wraps */
	__u64 records;		/* written, pads not counted */
	__u64 frames_lost;	/* intervals that found HFT_FRAMES open */
	__u64 first_records;	/* user: `records` when it was claimed; CPU: 0 */
	__u64 reserved2[4];

	/* Line 3: nesting; fill the frame first, then publish depth. */
	__u64 nested;		/* CPU: ticks in closed intervals, net of nesting */
	__u32 depth;		/* frames that are open now */
	__u32 reserved3;
	__u64 reserved4[6];

	struct hft_frame frame[HFT_FRAMES];
	__u8 reserved5[HFT_PAGE_SIZE - 256 - HFT_FRAMES * 32];
};

#define HFT_NAMES		1024	/* names that a process can register */

struct hft_name {
	char text[60];		/* NUL-terminated UTF-8 */
	__u32 committed;	/* stored last, with release: 1 when text is whole */
};

/*
 * A process's rings: one mapping, made once. This page, then the name table,
 * then `rings` times (control page, slots), then the board.
 */
struct hft_region {
	__u32 magic;		/* HFT_REGION_MAGIC */
	__u16 abi_major;
	__u16 abi_minor;
	__u32 rings;		/* threads that there is room for */
	__u32 names;		/* name slots taken; grows by atomic add, may exceed HFT_NAMES */
	__u64 ring_slots;	/* capacity of each ring */
	__u64 names_offset;	/* bytes from the region's start */
	__u64 rings_offset;	/* bytes */
	__u64 ring_stride;	/* bytes from a control page to the next */
	__u64 size;		/* bytes, all of it */
	__s32 tgid;
	__u32 private_memory;	/* 1: in /dev/shm, without the module */
	__u64 birth;		/* ticks */
	__u64 attach_refused;	/* threads that found no free ring */
	__u64 board_offset;	/* bytes; 0: an older library's, which has none */
	__u32 values;		/* lines of the board that are taken */
	__u32 formats;		/* grow by atomic add, may exceed HFT_FORMATS */
	__u32 states;
	__u32 board_refused;	/* values, formats and states that found no room */
	__u64 process_start;	/* field 22 of /proc/PID/stat: whose pid it was; 0: not known */
	__u64 reserved1[2];

	/* A line of its own: for those who keep windows of what went before. */
	__u64 triggers;		/* HFT_REC_TRIGGER written; grows by atomic add */
	__u64 trigger_tsc;	/* ticks of the last one */
	__u64 reserved2[6];
	__u8 reserved[HFT_PAGE_SIZE - 192];
};

#define HFT_REGION_NAMES_OFFSET	HFT_PAGE_SIZE
#define HFT_REGION_RINGS_OFFSET	(HFT_PAGE_SIZE + HFT_NAMES * 64U)
#define HFT_RING_STRIDE(slots)	(HFT_PAGE_SIZE + (slots) * HFT_SLOT_SIZE)
#define HFT_REGION_SIZE(rings, slots)	\
	(HFT_REGION_RINGS_OFFSET + (__u64)(rings) * HFT_RING_STRIDE((__u64)(slots)))
#define HFT_BOARD_OFFSET(rings, slots)	HFT_REGION_SIZE(rings, slots)

#define HFT_RING_SLOTS_MIN	256U
#define HFT_CPU_RING_SLOTS_MIN	1024U	/* interrupts and NMIs nest: docs/ring-protocol.md */
#define HFT_RING_SLOTS_MAX	(1U << 24)	/* 512 MiB */
#define HFT_REGION_RINGS_MAX	1024U

/*
 * mmap(2) offsets of /dev/hftrace. All but the owner's region are read-only.
 * A CPU's ring is its control page and, behind it, its slots.
 */
#define HFT_MAP_CPU(cpu)	(((__u64)1 << 44) | ((__u64)(cpu) << 30))
#define HFT_MAP_REGION		((__u64)2 << 44)	/* made or opened by this file */

#endif /* _HFTRACE_RING_H */
