// SPDX-License-Identifier: LGPL-2.1
/*
 * A loop that polls, and what it does not see itself: each turn that came more
 * than 20 us late is a span "loop", for `hftrace explain --span loop`.
 */
#include <hftrace.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
	struct hft_thread *thread;
	struct hft_poll poll;
	unsigned long turn, late = 0;
	int err;

	hft_init(NULL);
	err = hft_poll_init(&poll, hft_name("loop"), 20000);
	if (err) {
		fprintf(stderr, "poll: %s\n", strerror(-err));
		return 1;
	}
	thread = hft_thread_attach("poller");
	for (turn = 0; turn < 50000000; turn++)
		late += hft_poll(thread, &poll);
	printf("%lu of %lu turns came late\n", late, turn);
	hft_fini();
	return 0;
}
