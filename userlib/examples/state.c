// SPDX-License-Identifier: LGPL-2.1
/*
 * What an engine can show while it runs: counters, a gauge, and a structure of its own.
 *
 *	state &
 *	hftrace counters -n state -i 1s
 *	hftrace state -n state position -f
 */
#define _POSIX_C_SOURCE 200809L
#include <hftrace.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

struct position {
	char symbol[8];
	__s64 quantity;
	double average;
	__u32 open_orders;
	__u64 bid[3];
};

static const struct hft_member position_members[] = {
	HFT_MEMBER(struct position, symbol, TEXT),
	HFT_MEMBER(struct position, quantity, INT),
	HFT_MEMBER(struct position, average, DOUBLE),
	HFT_MEMBER(struct position, open_orders, UINT),
	HFT_MEMBER_ARRAY(struct position, bid, UINT),
};

int main(void)
{
	struct position position = { .symbol = "ACME", .average = 100.25, .bid = { 3, 2, 1 } };
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct hft_counter *orders, *fills;
	struct hft_state_page *state;
	struct hft_thread *thread;
	struct hft_gauge *depth;
	int err, i;

	/* At start: these take locks and make system calls. */
	hft_init(NULL);
	thread = hft_thread_attach("engine");
	orders = hft_counter(thread, "orders");
	fills = hft_counter(thread, "fills");
	depth = hft_gauge("book_depth");
	state = hft_state_publish("position", sizeof(position), position_members,
				  sizeof(position_members) / sizeof(position_members[0]));

	/* In the loop: an instruction, a store, a copy. */
	for (i = 0; i < 200; i++) {
		hft_counter_add(orders, 1);
		hft_gauge_set(depth, i % 7);
		if (i % 3 == 0) {
			hft_counter_add(fills, 1);
			position.quantity += i % 2 ? -100 : 300;
			position.open_orders = i % 5;
			err = hft_state_write(state, &position);
			if (err && !i)
				fprintf(stderr, "state: nobody sees it: %s\n", strerror(-err));
		}
		nanosleep(&pause, NULL);
	}
	hft_fini();
	return 0;
}
