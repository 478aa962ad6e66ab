// SPDX-License-Identifier: LGPL-2.1
/* demo-offline: the engine's numbers, from the same file, without threads. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "trader.h"

static const char usage[] =
	"usage: demo-offline [-n MESSAGES] FILE\n"
	"\n"
	"Prints what demo-engine prints when it is fed the first MESSAGES (all unless given)\n"
	"of FILE: ticks, orders, and checksums of the book and of the orders.\n"
	"\n"
	"example:\n"
	"  demo-offline -n 200000 feed.itch | diff engine.txt -\n";

static int run(struct itch_file *file, struct trader *trader, __u64 limit)
{
	struct strategy_order order;
	const __u8 *bytes;
	size_t length;
	int err = 0;

	while (trader->ticks < limit) {
		err = itch_next(file, &bytes, &length);
		if (err <= 0)
			break;
		err = trader_tick(trader, bytes, length, &order);
		if (err < 0)
			break;
	}
	return err < 0 ? err : 0;
}

int main(int argc, char **argv)
{
	struct itch_file file;
	struct trader trader;
	__u64 limit = ~0ULL;
	int option, err;

	while ((option = getopt_long(argc, argv, "n:h", options_help, NULL)) != -1) {
		switch (option) {
		case 'n':
			limit = option_number("demo-offline", "-n", optarg, 1, ~0ULL);
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
	err = itch_open(&file, argv[optind]);
	if (err) {
		fprintf(stderr, "demo-offline: %s: %s\n", argv[optind], strerror(-err));
		return EXIT_FAILURE;
	}
	err = trader_init(&trader);
	if (!err)
		err = run(&file, &trader, limit);
	if (err)
		fprintf(stderr, "demo-offline: %s: message %llu: %s\n", argv[optind],
			(unsigned long long)trader.ticks + 1, strerror(-err));
	else
		trader_print(&trader, stdout);
	trader_uninit(&trader);
	itch_close(&file);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
