// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <string.h>

#include "fold.h"
#include "hot.h"
#include "trader.h"

int trader_init(struct trader *trader)
{
	memset(trader, 0, sizeof(*trader));
	trader->book = book_new();
	if (!trader->book)
		return -ENOMEM;
	strategy_init(&trader->strategy);
	trader->tops = FOLD_START;
	trader->sent = FOLD_START;
	return 0;
}

void trader_uninit(struct trader *trader)
{
	book_free(trader->book);
	trader->book = NULL;
}

__u64 trader_fold_order(__u64 sum, const struct strategy_order *order)
{
	sum = fold(sum, order->tick);
	sum = fold(sum, (__u64)order->locate << 32 | order->side);
	sum = fold(sum, (__u64)order->level << 32 | order->shares);
	return fold(sum, order->score);
}

DEMO_HOT int trader_tick(struct trader *trader, const __u8 *bytes, size_t length,
			 struct strategy_order *order)
{
	const struct book_instrument *instrument;
	struct itch_message message;
	int err;

	err = itch_decode(&message, bytes, length);
	if (err)
		return err;
	err = book_apply(trader->book, &message);
	if (err)
		return err;
	trader->ticks++;
	/* System events have locate 0: an instrument whose book stays empty. */
	instrument = &trader->book->instrument[message.locate];
	trader->tops = fold(trader->tops, (__u64)instrument->best[BOOK_BUY] << 32 |
					  instrument->best[BOOK_SELL]);
	if (!strategy_decide(&trader->strategy, trader->book, message.locate, order))
		return 0;
	order->tick = trader->ticks;
	order->number = ++trader->orders;
	trader->sent = trader_fold_order(trader->sent, order);
	return 1;
}

void trader_print(const struct trader *trader, FILE *stream)
{
	fprintf(stream, "ticks %llu\norders %llu\nbook_checksum %016llx\norder_checksum %016llx\n",
		(unsigned long long)trader->ticks, (unsigned long long)trader->orders,
		(unsigned long long)fold(trader->tops, book_checksum(trader->book)),
		(unsigned long long)trader->sent);
}
