/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Decides from the book whether to send an order: a small network of integer
 * weights over the shares near the top. Its cost is the same for every tick.
 */
#ifndef DEMO_STRATEGY_H
#define DEMO_STRATEGY_H

#include <linux/types.h>

#include "book.h"

#define STRATEGY_DEPTH	16	/* levels of each side that it looks at */
#define STRATEGY_INPUTS	(2 * STRATEGY_DEPTH)
#define STRATEGY_UNITS	448

struct strategy {
	__s32 input[STRATEGY_INPUTS];
	__s32 weight[STRATEGY_UNITS][STRATEGY_INPUTS];
	__s32 output[STRATEGY_UNITS];
	__u32 quiet[BOOK_INSTRUMENTS + 1]; /* ticks until it may send again */
};

struct strategy_order {
	__u64 tick;		/* number of the message that it answers, from 1 */
	__u64 number;		/* of the order, from 1 */
	__u16 locate;
	__u16 side;		/* enum book_side */
	__u32 level;		/* price in cents */
	__u32 shares;
	__s32 score;
};

void strategy_init(struct strategy *strategy);

/* 1 when an order is to be sent: locate to score of *order are set then; else 0. */
int strategy_decide(struct strategy *strategy, const struct book *book, __u16 locate,
		    struct strategy_order *order);

#endif
