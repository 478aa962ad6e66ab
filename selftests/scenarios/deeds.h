/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the victim does to itself, in the middle of a span, when asked. Asking
 * and answering go through a page of memory that it shares with who asks.
 */
#ifndef SCENARIOS_DEEDS_H
#define SCENARIOS_DEEDS_H

#include <linux/types.h>
#include <stdatomic.h>

enum deed {
	DEED_COW,	/* writes to pages that it has only read so far */
	DEED_FILE,	/* reads pages of a file, which are in memory but not mapped */
	DEED_BLOCK,	/* reads from a pipe in which there is nothing yet */
	DEED_SPIN,	/* a system call that has much to do, and does not sleep */
	DEED_FUTEX,	/* waits for a word to change */
	DEED_SLOW,	/* computes so many times as much as in other spans */
	DEEDS
};

/* One request at a time: `asked` goes up, then `answered` follows. */
struct deed_box {
	_Atomic __u32 asked;
	_Atomic __u32 answered;
	__u32 deed;		/* enum deed */
	__s32 error;		/* -errno of the last one */
	__u64 amount;		/* DEED_SLOW: so many times */
	__u64 start, end;	/* clock ticks around it */
	__u64 address, bytes;	/* of the pages, 0: none */
	int pipe[2];		/* DEED_BLOCK: the victim's descriptors */

	/* DEED_FUTEX: 0 until it may go on. */
	_Alignas(64) _Atomic __u32 word;
};

/* The victim makes the box, others open it. 0 or -errno. */
int deed_box_create(struct deed_box **box);
int deed_box_open(struct deed_box **box);
void deed_box_remove(struct deed_box *box);

/* Victim: memory, file and pipe for all that follows, present and locked. 0 or -errno. */
int deeds_prepare(struct deed_box *box);

/* Victim: what is asked for in the box. */
void deed_do(struct deed_box *box);

/* Others: asks; waits for the answer: 0, what went wrong, or -ETIMEDOUT. */
void deed_ask(struct deed_box *box, enum deed deed, __u64 amount);
int deed_wait(struct deed_box *box);

#endif
