// SPDX-License-Identifier: LGPL-2.1
#include <string.h>

#include "hot.h"
#include "random.h"
#include "strategy.h"

#define SHARES_CLIP	4095	/* one large order must not drown the rest */
#define SCORE_MIN	220	/* of an order */
#define QUIET_TICKS	40	/* after an order, in the same instrument */
#define ORDER_SHARES	100

void strategy_init(struct strategy *strategy)
{
	struct random random = random_from(5);
	int unit, depth;

	memset(strategy, 0, sizeof(*strategy));
	for (unit = 0; unit < STRATEGY_UNITS; unit++) {
		/* What is bid counts for, what is offered against; far levels count less. */
		for (depth = 0; depth < STRATEGY_DEPTH; depth++) {
			__s32 weight = 64 / (depth + 1) + random_below(&random, 32);

			strategy->weight[unit][depth] = weight;
			strategy->weight[unit][STRATEGY_DEPTH + depth] = -weight;
		}
		strategy->output[unit] = unit % 2 ? 1 : -1;
		if (unit % 2 == 0)
			for (depth = 0; depth < STRATEGY_INPUTS; depth++)
				strategy->weight[unit][depth] = -strategy->weight[unit][depth];
	}
}

static inline __s32 clip(__u32 shares)
{
	return shares > SHARES_CLIP ? SHARES_CLIP : shares;
}

static inline void look(struct strategy *strategy, const struct book_instrument *instrument)
{
	__u32 buy = instrument->best[BOOK_BUY], sell = instrument->best[BOOK_SELL], depth;

	for (depth = 0; depth < STRATEGY_DEPTH; depth++) {
		strategy->input[depth] = depth < buy ?
			clip(instrument->shares[BOOK_BUY][buy - depth]) : 0;
		strategy->input[STRATEGY_DEPTH + depth] = sell + depth < BOOK_LEVELS ?
			clip(instrument->shares[BOOK_SELL][sell + depth]) : 0;
	}
}

static inline __s32 evaluate(const struct strategy *strategy)
{
	__s64 score = 0, sum;
	int unit, i;

	for (unit = 0; unit < STRATEGY_UNITS; unit++) {
		sum = 0;
		for (i = 0; i < STRATEGY_INPUTS; i++)
			sum += strategy->weight[unit][i] * strategy->input[i];
		if (sum > 0)
			score += strategy->output[unit] * (sum >> 8);
	}
	return score / STRATEGY_UNITS;
}

DEMO_HOT int strategy_decide(struct strategy *strategy, const struct book *book, __u16 locate,
			     struct strategy_order *order)
{
	const struct book_instrument *instrument = &book->instrument[locate];
	__s32 score;

	look(strategy, instrument);
	score = evaluate(strategy);
	if (strategy->quiet[locate]) {
		strategy->quiet[locate]--;
		return 0;
	}
	if (score > -SCORE_MIN && score < SCORE_MIN)
		return 0;
	strategy->quiet[locate] = QUIET_TICKS;
	order->locate = locate;
	order->side = score > 0 ? BOOK_BUY : BOOK_SELL;
	/* Take what the other side offers. */
	order->level = instrument->best[score > 0 ? BOOK_SELL : BOOK_BUY];
	order->shares = ORDER_SHARES;
	order->score = score;
	return 1;
}
