/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * The book of a handful of instruments, kept from a feed's messages. All
 * memory is taken at the start.
 */
#ifndef DEMO_BOOK_H
#define DEMO_BOOK_H

#include <linux/types.h>

#include "itch.h"

#define BOOK_INSTRUMENTS	8	/* locate codes 1..8 */
#define BOOK_TICK		100	/* a cent */
#define BOOK_LEVELS		16384	/* cents: up to 163.83 dollars */
#define BOOK_ORDERS		(1U << 17) /* slots for open orders, a power of two */

enum book_side { BOOK_BUY, BOOK_SELL, BOOK_SIDES };

struct book_instrument {
	__u32 best[BOOK_SIDES];	/* level; 0 and BOOK_LEVELS - 1 when there is none */
	__u32 last_price;	/* level of the last trade */
	__u32 traded;		/* shares; wraps */
	__u32 shares[BOOK_SIDES][BOOK_LEVELS];
};

/* An open order; `order` 0 is a free slot. */
struct book_order {
	__u64 order;
	__u32 shares;
	__u16 level;
	__u8 side;		/* enum book_side */
	__u8 locate;
};

struct book {
	struct book_instrument instrument[BOOK_INSTRUMENTS + 1];
	struct book_order order[BOOK_ORDERS];
	__u32 orders;		/* open */
};

/* NULL without memory. */
struct book *book_new(void);
void book_free(struct book *book);

/*
 * Takes one message. 0, or -EBADMSG: a locate code, price or order that does
 * not fit the book; -ENOSPC: more open orders than there is room for.
 */
int book_apply(struct book *book, const struct itch_message *message);

/* Levels and open orders, the same for the same book. */
__u64 book_checksum(const struct book *book);

#endif
