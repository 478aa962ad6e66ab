// SPDX-License-Identifier: GPL-2.0
/*
 * A program that writes, which any release's headers must do for. With
 * -DNEWER, it also writes a record of each type that ABI 1.1 did not know.
 * Says "ready" and its pid when it has written all, and stays until its input ends.
 */
#include <hftrace.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS	300

#ifdef NEWER
static void write_newer(struct hft_thread *thread, __u32 name, __u64 value)
{
	struct hft_slot *slot;
	__u64 index, tsc;

	slot = hft_reserve(thread, 1, &index, &tsc);
	slot->tsc = tsc;
	slot->arg[0] = value;
	slot->arg[1] = name | (__u64)HFT_FLOW_OUT << 32;
	hft_commit(thread, slot, index, HFT_REC_FLOW, 1);
}
#endif

int main(void)
{
	struct hft_options options = { .size = sizeof(options), .rings = 2, .ring_slots = 4096 };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;
	__u32 outer, inner, tick;
	char rest[16];
	__u64 i;

	if (hft_init(&options) || hft_status(&status) || status.rings != 2) {
		fprintf(stderr, "engine: %s\n", status.text);
		return 1;
	}
	outer = hft_name("outer");
	inner = hft_name("inner");
	tick = hft_name("tick");
	thread = hft_thread_attach("engine");
	for (i = 0; i < ROUNDS; i++) {
		hft_span_begin(thread, outer, i);
		hft_mark(thread, tick, i);
		hft_span_begin(thread, inner, i);
#ifdef NEWER
		if (!(i % 10))
			write_newer(thread, tick, i);
#endif
		hft_span_end(thread);
		hft_span_end(thread);
	}
	printf("ready %d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
	hft_fini();
	return 0;
}
