// SPDX-License-Identifier: LGPL-2.1
/*
 * Did the slow order do more work, or did it wait for memory? Instructions and cache misses
 * of user mode inside each span tell, without a system call:
 *
 *	hftrace record -o orders.hft -- taskset -c 1 ./pmu
 *	hftrace explain orders.hft
 *	hftrace dump orders.hft -e span_pmu --last 5
 *
 * Where there is nothing to count with, the program says why, and runs as before.
 */
#include <hftrace.h>

#include <stdio.h>
#include <stdlib.h>

#define ORDERS	20000UL
#define PRICES	(1UL << 22)	/* 32 MiB: more than most caches hold */

static const char *const events[] = { "instructions", "cycles", "llc-misses" };

/* As many as can be had: those before the one that is refused. */
static void count_what_there_is(struct hft_thread *thread)
{
	struct hft_thread_pmu_status status = { .size = sizeof(status) };
	unsigned int count = 3;

	while (count && hft_thread_pmu(thread, events, count, &status)) {
		fprintf(stderr, "pmu: %s\n", status.text);
		count = status.failed < count ? status.failed : 0;
	}
}

/* One order in a hundred looks up what nobody has looked at for long. */
static unsigned long handle(const unsigned long *prices, unsigned long order)
{
	unsigned long i, sum = order;

	for (i = 0; i < 100; i++)
		sum = sum * 6364136223846793005UL + prices[order % 100 ? i : sum % PRICES];
	return sum;
}

int main(void)
{
	/* a span with counters takes 5 slots */
	struct hft_options options = { .size = sizeof(options), .ring_slots = 1 << 17 };
	struct hft_thread *thread;
	unsigned long order, sum = 0;
	unsigned long *prices;
	__u32 name;

	hft_init(&options);
	name = hft_name("order");
	thread = hft_thread_attach("orders");
	count_what_there_is(thread);
	prices = calloc(PRICES, sizeof(*prices));
	if (!prices) {
		fprintf(stderr, "pmu: out of memory\n");
		return 1;
	}
	for (order = 1; order <= ORDERS; order++) {
		hft_span_begin_pmu(thread, name, order);
		sum += handle(prices, order);
		hft_span_end_pmu(thread);
	}
	printf("%lu orders (%lu)\n", ORDERS, sum);
	free(prices);
	hft_fini();
	return 0;
}
