/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hot path: reserve, fill, commit. Runs on the ring's own CPU with
 * preemption off, in any context up to NMI; whoever interrupts finishes first.
 * docs/ring-protocol.md argues each barrier.
 *
 * Each instruction counts: probes take what they need of hft_cpu by
 * __this_cpu_read(), and what they call in rare cases is HFT_COLD.
 */
#ifndef HFT_RING_WRITE_H
#define HFT_RING_WRITE_H

#include "armed.h"
#include "clock.h"
#include "source.h"
#include "compat/cmpxchg.h"
#include "compat/cold.h"
#include "compat/tracepoint.h"

HFT_COLD u64 hft_ring_fit(u64 head_and_n);
#define HFT_FIT(head, n)	((head) | (u64)(n) << 60)

/* The page comes last in the sum, where it is an address's offset. */
static __always_inline struct hft_slot *hft_ring_slot(struct hft_ring_ctl *ctl, u64 index)
{
	char *from = (char *)ctl + (index & ctl->mask) * HFT_SLOT_SIZE;

	return (struct hft_slot *)(from + HFT_PAGE_SIZE);
}

/* A record between reserve and commit. */
struct hft_entry {
	struct hft_ring_ctl *ctl;
	struct hft_slot *slot;
	u64 index;
	u64 nested;	/* ctl->nested at slot->tsc, when asked for */
	u64 tsc;
};

/* The running CPU's ring. */
static __always_inline struct hft_ring_ctl *hft_ring(void)
{
	return __this_cpu_read(hft_cpu.ctl);
}

/* May a record of n slots up to `end` cross a page's end? No is sure, and asked in one test. */
static __always_inline bool hft_page_ends(u64 end, unsigned int n)
{
	const u64 within = n > 4 ? 7 : n > 2 ? 3 : n > 1 ? 1 : 0;

	return n > 1 && !(end & (HFT_PAGE_SLOTS - 1) & ~within);
}

/*
 * Takes the next n slots. The time is read between head and its compare-and-
 * swap: had anyone written in between, the swap fails and the time is read
 * again, so ring order is time order; `nested` is of the same moment, as it
 * was the same before and behind.
 */
static __always_inline struct hft_entry
hft_reserve(struct hft_ring_ctl *ctl, unsigned int n, bool nested)
{
	u64 head, was, tsc, nested_sum = 0;
	struct hft_slot *slot;

	for (;;) {
		head = READ_ONCE(ctl->head);
		if (unlikely(hft_page_ends(head + n, n)))
			head = hft_call_cold(hft_ring_fit, HFT_FIT(head, n));
		if (nested)
			nested_sum = READ_ONCE(ctl->nested);
		tsc = hft_clock();
		/* one value in one register from here on, not two halves in two */
		OPTIMIZER_HIDE_VAR(tsc);
		/* an interval that is sampled out grows the sum and leaves head alone */
		if (nested && unlikely(READ_ONCE(ctl->nested) != nested_sum))
			continue;
		was = head;
		if (likely(hft_try_cmpxchg_local(&ctl->head, &was, head + n)))
			break;
		/* no address is worth computing ahead of a loop that hardly ever goes round */
		OPTIMIZER_HIDE_VAR(ctl);
	}
	/* head goes first: a reader must see the lap before it sees torn slots */
	smp_wmb();
	/* `was` is the head here too, and stands where it need not be copied */
	slot = hft_ring_slot(ctl, was);
	slot->tsc = tsc;
	return (struct hft_entry){ ctl, slot, head, nested_sum, tsc };
}

static __always_inline void hft_publish(const struct hft_entry e, u16 type, u8 slots, u8 ctx)
{
	/* a record that can be read has been counted */
	hft_inc_local(&e.ctl->records);
	WRITE_ONCE(*(u32 *)&e.slot->type, (u32)HFT_SLOT_WORD(type, slots, ctx, 0));
	/* last: all of the record, type and length included, stands before its seq */
	smp_store_release(&e.slot->seq, (u32)e.index);
}

static __always_inline void hft_commit(const struct hft_entry e, u16 type, u8 slots, u8 ctx)
{
	hft_publish(e, type, slots, ctx);
	hft_count(hft_record_hook(type));
}

/* Where the code that asks runs, as HFT_CTX_TASK.. */
static __always_inline u8 hft_level(void)
{
	unsigned int count = preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET);

	if (likely(!count))
		return HFT_CTX_TASK;
	if (count & NMI_MASK)
		return HFT_CTX_NMI;
	return count & HARDIRQ_MASK ? HFT_CTX_HARDIRQ : HFT_CTX_SOFTIRQ;
}

#endif /* HFT_RING_WRITE_H */
