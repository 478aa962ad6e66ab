// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "fold.h"
#include "hot.h"

/* Ids of orders mostly count up: spread them. */
static inline __u32 home_of(__u64 order)
{
	return order * 0x9e3779b97f4a7c15ULL >> 47;
}

struct book *book_new(void)
{
	struct book *book = calloc(1, sizeof(*book));
	int i;

	if (!book)
		return NULL;
	for (i = 0; i <= BOOK_INSTRUMENTS; i++)
		book->instrument[i].best[BOOK_SELL] = BOOK_LEVELS - 1;
	return book;
}

void book_free(struct book *book)
{
	free(book);
}

/* The slot of that order, or the free one where it would be. */
static inline struct book_order *find(struct book *book, __u64 order)
{
	__u32 at = home_of(order);

	while (book->order[at].order && book->order[at].order != order)
		at = (at + 1) % BOOK_ORDERS;
	return &book->order[at];
}

/* Closes the gap, so that orders behind it are still found. */
static inline void forget(struct book *book, struct book_order *order)
{
	__u32 gap = order - book->order, at = gap, home;

	for (;;) {
		at = (at + 1) % BOOK_ORDERS;
		if (!book->order[at].order)
			break;
		home = home_of(book->order[at].order);
		if ((at - home) % BOOK_ORDERS < (at - gap) % BOOK_ORDERS)
			continue;
		book->order[gap] = book->order[at];
		gap = at;
	}
	book->order[gap].order = 0;
	book->orders--;
}

static inline void level_add(struct book_instrument *instrument, enum book_side side, __u32 level,
			     __u32 shares)
{
	instrument->shares[side][level] += shares;
	if (side == BOOK_BUY ? level > instrument->best[side] : level < instrument->best[side])
		instrument->best[side] = level;
}

static inline void level_take(struct book_instrument *instrument, enum book_side side, __u32 level,
			      __u32 shares)
{
	__u32 *levels = instrument->shares[side];

	levels[level] -= shares;
	if (levels[level] || level != instrument->best[side])
		return;
	if (side == BOOK_BUY)
		while (level > 0 && !levels[level])
			level--;
	else
		while (level < BOOK_LEVELS - 1 && !levels[level])
			level++;
	instrument->best[side] = level;
}

static inline int add(struct book *book, __u64 id, __u8 locate, enum book_side side, __u32 price,
		      __u32 shares)
{
	__u32 level = price / BOOK_TICK;
	struct book_order *order;

	/* The outermost levels stand for "none". */
	if (!id || !shares || !level || level >= BOOK_LEVELS - 1)
		return -EBADMSG;
	/* A table that is nearly full would be slow long before it ends. */
	if (book->orders >= BOOK_ORDERS / 4 * 3)
		return -ENOSPC;
	order = find(book, id);
	if (order->order)
		return -EBADMSG;
	order->order = id;
	order->shares = shares;
	order->level = level;
	order->side = side;
	order->locate = locate;
	book->orders++;
	level_add(&book->instrument[locate], side, level, shares);
	return 0;
}

static inline int take(struct book *book, struct book_order *order, __u32 shares)
{
	if (!shares || shares > order->shares)
		return -EBADMSG;
	level_take(&book->instrument[order->locate], order->side, order->level, shares);
	order->shares -= shares;
	if (!order->shares)
		forget(book, order);
	return 0;
}

/* Executed, cancelled, deleted and replaced: messages about an order that is there. */
static inline int change(struct book *book, const struct itch_message *message)
{
	struct book_order *order = find(book, message->order);
	struct book_instrument *instrument;
	enum book_side side;
	int err;

	if (!message->order || order->order != message->order ||
	    order->locate != message->locate)
		return -EBADMSG;
	instrument = &book->instrument[order->locate];
	switch (message->type) {
	case ITCH_EXECUTED:
		instrument->last_price = order->level;
		instrument->traded += message->shares;
		return take(book, order, message->shares);
	case ITCH_CANCEL:
		return take(book, order, message->shares);
	case ITCH_DELETE:
		return take(book, order, order->shares);
	default:
		side = order->side;
		err = take(book, order, order->shares);
		return err ? err : add(book, message->new_order, message->locate, side,
				       message->price, message->shares);
	}
}

DEMO_HOT int book_apply(struct book *book, const struct itch_message *message)
{
	if (message->locate > BOOK_INSTRUMENTS)
		return -EBADMSG;
	if (message->type == ITCH_SYSTEM)
		return 0;
	if (!message->locate)
		return -EBADMSG;
	switch (message->type) {
	case ITCH_ADD:
		if (message->side != 'B' && message->side != 'S')
			return -EBADMSG;
		return add(book, message->order, message->locate,
			   message->side == 'B' ? BOOK_BUY : BOOK_SELL, message->price,
			   message->shares);
	case ITCH_TRADE:
		/* Against an order that was never shown: the book stays as it is. */
		book->instrument[message->locate].last_price = message->price / BOOK_TICK;
		book->instrument[message->locate].traded += message->shares;
		return 0;
	case ITCH_DIRECTORY:
		return 0;
	default:
		return change(book, message);
	}
}

__u64 book_checksum(const struct book *book)
{
	__u64 sum = fold(FOLD_START, book->orders);
	int i, side, level;

	for (i = 1; i <= BOOK_INSTRUMENTS; i++) {
		const struct book_instrument *instrument = &book->instrument[i];

		sum = fold(sum, (__u64)instrument->last_price << 32 | instrument->traded);
		for (side = 0; side < BOOK_SIDES; side++) {
			sum = fold(sum, instrument->best[side]);
			for (level = 0; level < BOOK_LEVELS; level++)
				if (instrument->shares[side][level])
					sum = fold(sum, (__u64)level << 32 |
						   instrument->shares[side][level]);
		}
	}
	return sum;
}
