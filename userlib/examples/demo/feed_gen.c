// SPDX-License-Identifier: LGPL-2.1
/* demo-feed-gen: a day of a small market, the same for the same seed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "itch.h"
#include "options.h"
#include "random.h"

#define OPEN_MAX	600	/* open orders of an instrument */
#define OPEN_AIM	300
#define MID_LOW		2000	/* cents */
#define MID_HIGH	14000

static const char usage[] =
	"usage: demo-feed-gen [-n MESSAGES] [-s SEED] FILE\n"
	"\n"
	"Writes a file of market data in the binary format of ITCH 5.0: 8 instruments whose\n"
	"prices walk at random, orders added, executed, cancelled, deleted and replaced.\n"
	"\n"
	"  -n MESSAGES   200000 unless given\n"
	"  -s SEED       1 unless given; the same seed gives the same file\n"
	"\n"
	"example:\n"
	"  demo-feed-gen -n 1000000 feed.itch\n";

static const char symbols[BOOK_INSTRUMENTS][ITCH_SYMBOL + 1] = {
	"ANVIL   ", "BRINE   ", "COBALT  ", "DRIFT   ",
	"EMBER   ", "FJORD   ", "GRANITE ", "HARBOR  ",
};

struct open_order {
	__u64 id;
	__u32 cents;
	__u32 shares;
	__u8 side;
};

struct instrument {
	__u32 mid;		/* cents; buyers are below, sellers above */
	__u32 count;
	struct open_order open[OPEN_MAX];
};

struct market {
	FILE *file;
	struct random random;
	__u64 time;
	__u64 last_id;
	__u64 last_match;
	struct instrument instrument[BOOK_INSTRUMENTS];
};

static int emit(struct market *market, struct itch_message *message)
{
	__u8 bytes[2 + ITCH_BYTES_MAX];
	size_t length;

	market->time += 1 + random_below(&market->random, 100000);
	message->time = market->time;
	length = itch_encode(message, bytes + 2);
	bytes[0] = length >> 8;
	bytes[1] = length;
	return fwrite(bytes, 2 + length, 1, market->file) == 1 ? 0 : -EIO;
}

static int emit_event(struct market *market, __u8 event)
{
	struct itch_message message = { .type = ITCH_SYSTEM, .event = event };

	return emit(market, &message);
}

static int emit_directory(struct market *market)
{
	struct itch_message message = { .type = ITCH_DIRECTORY };
	int i, err;

	for (i = 0; i < BOOK_INSTRUMENTS; i++) {
		message.locate = i + 1;
		memcpy(message.symbol, symbols[i], ITCH_SYMBOL);
		err = emit(market, &message);
		if (err)
			return err;
	}
	return 0;
}

static __u32 shares_of(struct random *random)
{
	return 100 * (1 + random_below(random, 1 + random_below(random, 12)));
}

/* Most orders stand near the middle, a few far off. */
static __u32 cents_of(struct random *random, const struct instrument *instrument, __u8 side)
{
	__u32 away = 1 + random_below(random, random_below(random, 10) ? 12 : 80);

	return side == 'B' ? instrument->mid - away : instrument->mid + away;
}

static int emit_add(struct market *market, __u32 at)
{
	struct instrument *instrument = &market->instrument[at];
	struct open_order *order = &instrument->open[instrument->count];
	struct itch_message message = { .type = ITCH_ADD, .locate = at + 1 };

	order->id = ++market->last_id;
	order->side = random_below(&market->random, 2) ? 'B' : 'S';
	order->cents = cents_of(&market->random, instrument, order->side);
	order->shares = shares_of(&market->random);
	instrument->count++;
	message.order = order->id;
	message.side = order->side;
	message.shares = order->shares;
	message.price = order->cents * BOOK_TICK;
	memcpy(message.symbol, symbols[at], ITCH_SYMBOL);
	return emit(market, &message);
}

static int emit_trade(struct market *market, __u32 at)
{
	struct instrument *instrument = &market->instrument[at];
	struct itch_message message = { .type = ITCH_TRADE, .locate = at + 1 };

	message.side = random_below(&market->random, 2) ? 'B' : 'S';
	message.shares = shares_of(&market->random);
	message.price = instrument->mid * BOOK_TICK;
	message.match = ++market->last_match;
	memcpy(message.symbol, symbols[at], ITCH_SYMBOL);
	return emit(market, &message);
}

/* Executed, cancelled or deleted: `shares` of it go. */
static int emit_take(struct market *market, __u32 at, __u32 index, __u8 type, __u32 shares)
{
	struct instrument *instrument = &market->instrument[at];
	struct open_order *order = &instrument->open[index];
	struct itch_message message = { .type = type, .locate = at + 1, .order = order->id };

	message.shares = shares;
	if (type == ITCH_EXECUTED)
		message.match = ++market->last_match;
	order->shares -= shares;
	if (!order->shares)
		*order = instrument->open[--instrument->count];
	return emit(market, &message);
}

static int emit_replace(struct market *market, __u32 at, __u32 index)
{
	struct instrument *instrument = &market->instrument[at];
	struct open_order *order = &instrument->open[index];
	struct itch_message message = { .type = ITCH_REPLACE, .locate = at + 1 };

	message.order = order->id;
	order->id = ++market->last_id;
	order->cents = cents_of(&market->random, instrument, order->side);
	order->shares = shares_of(&market->random);
	message.new_order = order->id;
	message.shares = order->shares;
	message.price = order->cents * BOOK_TICK;
	return emit(market, &message);
}

/* The price has walked over these: they trade before anything else happens. */
static int crossed(const struct instrument *instrument)
{
	__u32 i;

	for (i = 0; i < instrument->count; i++) {
		const struct open_order *order = &instrument->open[i];

		if (order->side == 'B' ? order->cents >= instrument->mid :
					 order->cents <= instrument->mid)
			return i;
	}
	return -1;
}

static void walk(struct market *market, struct instrument *instrument)
{
	if (random_below(&market->random, 12))
		return;
	instrument->mid += random_below(&market->random, 2) ? 1 : -1;
	if (instrument->mid < MID_LOW)
		instrument->mid = MID_LOW;
	if (instrument->mid > MID_HIGH)
		instrument->mid = MID_HIGH;
}

static int step(struct market *market)
{
	__u32 at = random_below(&market->random, BOOK_INSTRUMENTS), index, part;
	struct instrument *instrument = &market->instrument[at];
	__u32 dice = random_below(&market->random, 100);
	int cross;

	walk(market, instrument);
	cross = crossed(instrument);
	if (cross >= 0)
		return emit_take(market, at, cross, ITCH_EXECUTED, instrument->open[cross].shares);
	if (instrument->count < OPEN_AIM / 2 || (dice < 42 && instrument->count < OPEN_MAX))
		return emit_add(market, at);
	index = random_below(&market->random, instrument->count);
	part = 100 * (1 + random_below(&market->random, instrument->open[index].shares / 100));
	if (dice < 56)
		return emit_replace(market, at, index);
	if (dice < 64)
		return emit_take(market, at, index, ITCH_EXECUTED, part);
	/* A cancellation of all shares is a deletion. */
	if (dice < 72 && part < instrument->open[index].shares)
		return emit_take(market, at, index, ITCH_CANCEL, part);
	if (dice < 75)
		return emit_trade(market, at);
	return emit_take(market, at, index, ITCH_DELETE, instrument->open[index].shares);
}

static int generate(struct market *market, __u64 messages)
{
	static const char opening[] = "OSQ", closing[] = "MEC";
	__u64 done = strlen(opening) + BOOK_INSTRUMENTS + strlen(closing);
	const char *event;
	int err, i;

	market->time = 34200ULL * 1000 * 1000 * 1000;	/* half past nine */
	for (i = 0; i < BOOK_INSTRUMENTS; i++)
		market->instrument[i].mid = 4000 + 1000 * i;
	for (event = opening; *event; event++) {
		err = emit_event(market, *event);
		if (err)
			return err;
	}
	err = emit_directory(market);
	for (; !err && done < messages; done++)
		err = step(market);
	for (event = closing; !err && *event; event++)
		err = emit_event(market, *event);
	return err;
}

int main(int argc, char **argv)
{
	__u64 messages = 200000, seed = 1;
	struct market *market;
	int option, err;

	while ((option = getopt_long(argc, argv, "n:s:h", options_help, NULL)) != -1) {
		switch (option) {
		case 'n':
			messages = option_number("demo-feed-gen", "-n", optarg, 100, 1000000000);
			break;
		case 's':
			seed = option_number("demo-feed-gen", "-s", optarg, 0, ~0ULL);
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	market = calloc(1, sizeof(*market));
	if (!market) {
		fputs("demo-feed-gen: not enough memory\n", stderr);
		return EXIT_FAILURE;
	}
	market->random = random_from(seed);
	market->file = fopen(argv[optind], "we");
	err = market->file ? generate(market, messages) : -errno;
	if (market->file && fclose(market->file) && !err)
		err = -errno;
	if (err)
		fprintf(stderr, "demo-feed-gen: %s: %s\n", argv[optind], strerror(-err));
	free(market);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
