// SPDX-License-Identifier: LGPL-2.1
/* The gap detector's rare ways: making one, and writing a gap. */
#include "reader.h"

#include <errno.h>
#include <hftrace.h>
#include <stdlib.h>

#define LIMIT_MAX_NS	100000000000ULL

int hft_poll_init(struct hft_poll *poll, __u32 name, __u64 limit_ns)
{
	struct hft_clock clock = { 0 };
	double hz = 0;
	int err;

	*poll = (struct hft_poll){ .limit = ~0ULL, .name = name };
	if (!limit_ns || limit_ns > LIMIT_MAX_NS)
		return -EINVAL;
	err = hft_clock_sample(&clock, -1);
	if (!err) {
		hz = hft_clock_hz(&clock);
		poll->limit = (__u64)((double)limit_ns * hz / 1e9);
	}
	free(clock.points);
	return err;
}

/*
 * The gap lies inside the spans that are open. It ends when it is written, from
 * where the loop then goes on: what the writing takes belongs to no turn.
 */
void hft_slow_gap(struct hft_thread *thread, struct hft_poll *poll, __u64 last)
{
	__u32 depth = __atomic_load_n(&thread->ctl->depth, __ATOMIC_RELAXED);

	poll->last = hft_write_span(thread, poll->name, 0, last, depth);
}
