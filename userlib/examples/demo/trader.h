/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * What the engine makes of a message: book, then strategy, then perhaps an
 * order; and the checksums by which two runs of it are compared.
 */
#ifndef DEMO_TRADER_H
#define DEMO_TRADER_H

#include <stdio.h>

#include "book.h"
#include "strategy.h"

struct trader {
	struct book *book;
	struct strategy strategy;
	__u64 ticks;
	__u64 orders;
	__u64 tops;		/* checksum of the best prices after each tick */
	__u64 sent;		/* checksum of the orders */
};

/* 0 or -ENOMEM. */
int trader_init(struct trader *trader);
void trader_uninit(struct trader *trader);

/*
 * One message as it came. 1: *order is to be sent; 0: nothing to send;
 * -EBADMSG or -ENOSPC: the message does not fit what came before.
 */
int trader_tick(struct trader *trader, const __u8 *bytes, size_t length,
		struct strategy_order *order);

/* Continues the checksum of orders `sum` with one more. */
__u64 trader_fold_order(__u64 sum, const struct strategy_order *order);

/* Four lines "name value". */
void trader_print(const struct trader *trader, FILE *stream);

#endif
