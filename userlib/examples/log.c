// SPDX-License-Identifier: LGPL-2.1
/*
 * A log that costs the hot path a few ns a line. In another terminal, also when this
 * has crashed: `hftrace log -f`. What is below HFT_LOG_LEVEL is not even compiled:
 * cc -DHFT_LOG_LEVEL=HFT_LOG_INFO ...
 */
#include <hftrace.h>

#include <stdint.h>
#include <time.h>

int main(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct hft_thread *thread;
	double price = 101.25;
	uint64_t order;

	hft_init(NULL);
	thread = hft_thread_attach("engine");
	hft_sample_every(thread, 100);
	HFT_INFO(thread, "trading begins at %.2f with %s", price, "AAPL");
	for (order = 1; order <= 3000; order++) {
		HFT_DEBUG(thread, "order %ju at %.2f", (uintmax_t)order, price);
		/* 1 in 100 of them, and the record says so */
		HFT_LOG_SAMPLED(thread, HFT_LOG_INFO, "book is %u deep", (unsigned int)order % 17);
		if (order % 1000 == 0)
			HFT_WARNING(thread, "%ju orders, the price is %+.2f off", (uintmax_t)order,
				    price - 100);
		price += order % 2 ? 0.25 : -0.25;
		nanosleep(&pause, NULL);
	}
	HFT_ERROR(thread, "%-8s|%8.3s|%p", "nothing", "more to do", (void *)thread);
	hft_fini();
	return 0;
}
