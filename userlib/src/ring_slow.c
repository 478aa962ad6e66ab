// SPDX-License-Identifier: LGPL-2.1
/* The rare ways of ring-write.h. */
#include <hftrace.h>
#include <stdint.h>

/*
 * Fills the page that head stands in with a pad. When a signal handler gets in
 * between, it has written a record or closed the page itself: the caller looks
 * at head again.
 */
void hft_slow_close_page(struct hft_thread *thread)
{
	struct hft_ring_ctl *ctl = thread->ctl;
	struct hft_slot *slot;
	uint64_t head, tsc;
	uint32_t rest;

	head = __atomic_load_n(&ctl->head, __ATOMIC_RELAXED);
	rest = HFT_PAGE_SLOTS - head % HFT_PAGE_SLOTS;
	if (rest == HFT_PAGE_SLOTS)
		return;
	tsc = hft_ticks();
	if (!hft_local_cas(&ctl->head, head, head + rest))
		return;
	hft_write_fence();
	slot = &thread->slots[head & thread->mask];
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(slot->arg[0], 0);
	HFT_PUT(slot->arg[1], 0);
	hft_commit(thread, slot, head, HFT_REC_PAD, rest);
}

/* More spans open than there are frames: counted, so that the ends still match. */
void hft_slow_push(struct hft_thread *thread)
{
	struct hft_ring_ctl *ctl = thread->ctl;
	uint32_t depth = __atomic_load_n(&ctl->depth, __ATOMIC_RELAXED);

	if (depth == UINT32_MAX)
		return;
	__atomic_store_n(&ctl->depth, depth + 1, __ATOMIC_RELEASE);
	hft_local_inc(&ctl->frames_lost);
}

/* One that has no record: too deep, or opened before all was switched off. */
void hft_slow_pop(struct hft_thread *thread)
{
	uint32_t depth = __atomic_load_n(&thread->ctl->depth, __ATOMIC_RELAXED);

	if (depth)
		__atomic_store_n(&thread->ctl->depth, depth - 1, __ATOMIC_RELEASE);
}
