// SPDX-License-Identifier: LGPL-2.1
/*
 * Spans, nested, each with an id of the program's own, from two threads. What
 * disturbed the slowest of them is what `hftrace explain` answers.
 */
#include <hftrace.h>

#include <pthread.h>
#include <stdio.h>

static __u32 order, decode, decide, send_it;	/* names: made once, at start */

static volatile __u64 result;

static void work(int rounds)
{
	while (rounds--)
		result = result * 6364136223846793005ULL + 1;
}

static void *engine(void *unused)
{
	struct hft_thread *thread = hft_thread_attach("engine");
	__u64 id;

	for (id = 1; id <= 2000; id++) {
		hft_span_begin(thread, order, id);

		hft_span_begin(thread, decode, id);
		work(100);
		hft_span_end(thread);

		hft_span_begin(thread, decide, id);
		work(300);
		hft_span_end(thread);

		if (id % 10 == 0)
			hft_mark(thread, send_it, id);
		hft_span_end(thread);
	}
	/* The ring is given back when the thread ends; its records stay readable. */
	return unused;
}

int main(void)
{
	struct hft_options options = {
		.size = sizeof(options),
		.rings = 4,		/* threads at once */
		.ring_slots = 1 << 16,	/* 2 MiB each: a span takes 2 slots, a mark 1 */
	};
	pthread_t threads[2];
	int i;

	hft_init(&options);
	order = hft_name("tick_to_order");
	decode = hft_name("decode");
	decide = hft_name("decide");
	send_it = hft_name("send");
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, engine, NULL);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	hft_fini();
	return 0;
}
