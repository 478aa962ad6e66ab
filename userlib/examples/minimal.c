// SPDX-License-Identifier: LGPL-2.1
/*
 * The least there is to do: a ring for this thread, and marks in it.
 *
 *	minimal &  hftrace record -p $! -d 1s -o minimal.hft
 *	hftrace dump minimal.hft
 */
#define _POSIX_C_SOURCE 200809L
#include <hftrace.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

int main(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;
	__u32 beat;
	int err, i;

	/* Before real-time work begins: this maps memory. */
	err = hft_init(NULL);
	if (err)
		fprintf(stderr, "minimal: not traced: %s\n", strerror(-err));
	hft_status(&status);
	fprintf(stderr, "minimal: %s\n", status.text);

	/* From here on nothing has to be checked: all of it works, or does nothing. */
	beat = hft_name("beat");
	thread = hft_thread_attach("minimal");
	for (i = 0; i < 200; i++) {
		hft_mark(thread, beat, i);
		nanosleep(&pause, NULL);
	}
	hft_fini();
	return 0;
}
