// SPDX-License-Identifier: LGPL-2.1
/*
 * Orders that must be through within 30 us. One that is not asks for a window of what
 * went before, for who keeps them:
 *
 *	hftrace record --on-trigger -o late -- taskset -c 1 ./budget
 *	hftrace explain late-1.hft
 *
 * And each 10,000,000 orders, a window of what is usual.
 */
#include <hftrace.h>

#include <stdio.h>
#include <string.h>

#define ORDERS	20000000UL

static unsigned long handle(unsigned long order)
{
	unsigned long i, sum = order;

	for (i = 0; i < 20; i++)
		sum = sum * 31 + i;
	return sum;
}

int main(void)
{
	struct hft_operations operations;
	struct hft_limit limit;
	struct hft_thread *thread;
	unsigned long order, sum = 0, late = 0;
	__u32 name;
	int err;

	hft_init(NULL);
	name = hft_name("order");
	err = hft_limit_init(&limit, 30000);
	if (!err)
		err = hft_operations_init(&operations, hft_name("orders"), 10000000);
	if (err) {
		fprintf(stderr, "budget: %s\n", strerror(-err));
		return 1;
	}
	thread = hft_thread_attach("orders");
	for (order = 0; order < ORDERS; order++) {
		hft_span_begin(thread, name, order);
		sum += handle(order);
		late += hft_span_end_within(thread, &limit);
		hft_operation(thread, &operations);
	}
	printf("%lu of %lu orders were late (%lu)\n", late, order, sum);
	hft_fini();
	return 0;
}
