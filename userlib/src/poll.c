// SPDX-License-Identifier: LGPL-2.1
/* The gap detector's rare ways: making one, and writing a gap. */
#include <hftrace.h>

int hft_poll_init(struct hft_poll *poll, __u32 name, __u64 limit_ns)
{
	struct hft_limit limit;
	int err = hft_limit_init(&limit, limit_ns);

	*poll = (struct hft_poll){ .limit = limit.ticks, .name = name };
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
	if (!(poll->flags & HFT_POLL_TRIGGER))
		return;
	hft_slow_late(thread, poll->name, 0, poll->last - last, poll->limit);
	poll->last = hft_ticks();
}
