/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* Records that threads write into their own rings. */
#ifndef _HFTRACE_RECORD_USER_H
#define _HFTRACE_RECORD_USER_H

#include <linux/types.h>
#include <hftrace/board.h>

/* hft_mark(). */
struct hft_rec_mark {
	__u64 value;		/* the engine's own */
	__u32 name;		/* index in the region's name table */
	__u32 reserved;
};

/* hft_span_begin() to hft_span_end(). */
struct hft_rec_span {
	__u64 duration;
	__u64 id;		/* the engine's own: an order, a message */
	__u32 name;		/* index in the region's name table */
	__u32 depth;		/* spans that were open around this one: 0 outermost */
	__u64 reserved[3];
};

/*
 * A line of a log. Each argument is a word, as its enum hft_log_type says; a
 * string is a word with its length in bytes, then its bytes in as many words
 * as hold them, filled up with zeros. A string that was cut off for want of room has
 * HFT_LOG_CUT in its length.
 */
struct hft_rec_log {
	__u32 format;		/* index in the board's formats; HFT_FORMATS: not registered */
	__u16 words;		/* of `word`, 0..HFT_LOG_WORDS; as many slots as hold them */
	__u16 every;		/* it stands for so many: sampled 1 in `every`, up to 65,535 */
	__u64 word[29];
};

#define HFT_LOG_WORDS		29U
#define HFT_LOG_SLOTS(words)	(1U + ((words) + 2U) / 4U)
#define HFT_LOG_CUT		((__u64)1 << 63)

enum hft_flow_step {
	HFT_FLOW_OUT		= 1,	/* handed to another thread */
	HFT_FLOW_IN		= 2,	/* taken over from one */
};

/* Work goes from thread to thread; the spans that are open around belong together. */
struct hft_rec_flow {
	__u64 id;		/* the engine's own: an order, a message */
	__u32 name;
	__u32 step;		/* enum hft_flow_step */
};

enum hft_trigger_cause {
	HFT_TRIGGER_ASKED	= 1,	/* the program asked for it */
	HFT_TRIGGER_SPAN	= 2,	/* a span took longer than its budget */
	HFT_TRIGGER_COUNT	= 3,	/* so many operations were done */
};

/* Who keeps windows is to keep this one. Written at its end, after what caused it. */
struct hft_rec_trigger {
	__u64 value;		/* SPAN: its duration in ticks; COUNT: operations; ASKED: any */
	__u64 limit;		/* SPAN: budget in ticks; COUNT: every so many; ASKED: 0 */
	__u64 id;		/* SPAN: its id; else 0 */
	__u32 name;
	__u32 cause;		/* enum hft_trigger_cause */
	__u64 reserved[2];
};

#define HFT_SPAN_PMU_EVENTS	4U
#define HFT_SPAN_PMU_MISSING	(~(__u64)0)	/* it did not count all the time */

/*
 * What the thread's own counters counted in user mode inside the span whose record is the
 * last before this one with the same id and name.
 */
struct hft_rec_span_pmu {
	__u64 duration;		/* ticks between the two readings */
	__u64 id;
	__u32 name;
	__u32 depth;
	__u32 events;		/* 1..HFT_SPAN_PMU_EVENTS */
	__u32 event[HFT_SPAN_PMU_EVENTS];	/* names, in the name table */
	__u32 reserved;
	__u64 count[HFT_SPAN_PMU_EVENTS];	/* or HFT_SPAN_PMU_MISSING; 0 behind the last */
};

#endif /* _HFTRACE_RECORD_USER_H */
