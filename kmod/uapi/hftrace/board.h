/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * The board of a process: what it shows beside its rings, and tools read while
 * it runs and after its death: counters and gauges, the formats of its log, and
 * its published states. It lies behind the rings of its region.
 */
#ifndef _HFTRACE_BOARD_H
#define _HFTRACE_BOARD_H

#include <linux/types.h>

/* ------------------------------------------------------- counters and gauges */

#define HFT_VALUES		256U

enum hft_value_kind {
	HFT_VALUE_COUNTER	= 1,	/* a line for each thread that adds: it is their sum */
	HFT_VALUE_GAUGE		= 2,	/* a line for all: what was stored last */
};

/* One line of 64 bytes. */
struct hft_value {
	__s64 value;
	__u32 name;		/* in the region's name table */
	__u32 kind;		/* enum hft_value_kind; stored last, with release: 0 is free */
	__s32 tid;		/* who adds, or -tid of the last that did; gauge: who made it */
	__u32 reserved;
	__u64 reserved2[5];
};

/* ------------------------------------------------------------------- formats */

#define HFT_FORMATS		1024U
#define HFT_FORMAT_TEXT		168U	/* bytes, with its NUL */
#define HFT_LOG_ARGS		8U	/* arguments that a line can have */

enum hft_log_level {
	HFT_LOG_DEBUG		= 1,
	HFT_LOG_INFO		= 2,
	HFT_LOG_WARNING		= 3,
	HFT_LOG_ERROR		= 4,
};

enum hft_log_type {		/* of an argument */
	HFT_LOG_INT		= 1,	/* sign-extended to 64 bits */
	HFT_LOG_UINT		= 2,
	HFT_LOG_DOUBLE		= 3,	/* its 64 bits */
	HFT_LOG_POINTER		= 4,
	HFT_LOG_STRING		= 5,	/* copied */
};

/* A place in the source that logs; its text is printf's. */
struct hft_format {
	__u32 committed;	/* stored last, with release: 1 when it is whole */
	__u32 line;
	__u8 level;		/* enum hft_log_level */
	__u8 args;		/* 0..HFT_LOG_ARGS */
	__u8 type[HFT_LOG_ARGS]; /* enum hft_log_type */
	__u8 reserved[6];
	char file[64];		/* its end, if it is longer */
	char text[HFT_FORMAT_TEXT];
};

/* -------------------------------------------------------------------- states */

#define HFT_STATES		32U
#define HFT_STATE_MEMBERS	48U
#define HFT_STATE_DATA		3008U	/* bytes */

enum hft_member_type {
	HFT_MEMBER_INT		= 1,	/* of 1, 2, 4 or 8 bytes */
	HFT_MEMBER_UINT		= 2,
	HFT_MEMBER_DOUBLE	= 3,	/* of 4 or 8 bytes */
	HFT_MEMBER_TEXT		= 4,	/* char[bytes], NUL-terminated if shorter */
	HFT_MEMBER_BYTES		= 5,	/* shown in base 16 */
};

/* A member of the structure that is published. */
struct hft_member {
	char name[32];
	__u16 offset;		/* bytes */
	__u16 bytes;		/* of an element */
	__u16 count;		/* elements, 1 unless an array */
	__u16 type;		/* enum hft_member_type */
};

/*
 * A published structure, in two copies: the writer fills the one that readers do not
 * look at, then changes over by adding 1 to `writes`. So the last whole value
 * can be read at any time, also when the writer was stopped or killed in the middle.
 */
struct hft_state_page {
	__u32 committed;	/* stored last, with release: 1 when described */
	__u32 name;		/* in the region's name table */
	__u32 bytes;		/* of the structure, 1..HFT_STATE_DATA */
	__u32 members;		/* 1..HFT_STATE_MEMBERS */
	__s32 tid;		/* who published it */
	__u32 reserved[11];

	/* A line of its own, and the only one that changes beside the data. */
	__u64 writes;		/* copy[writes & 1] is the last whole one; 0: none yet */
	__u64 ticks[2];		/* when each copy was written */
	__u64 reserved2[5];

	struct hft_member member[HFT_STATE_MEMBERS];
	__u8 reserved3[128];
	__u8 copy[2][HFT_STATE_DATA];
};

/* -------------------------------------------------------------------- layout */

struct hft_board {
	struct hft_value value[HFT_VALUES];
	struct hft_format format[HFT_FORMATS];
	struct hft_state_page state[HFT_STATES];
};

#endif /* _HFTRACE_BOARD_H */
