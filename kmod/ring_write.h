/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hot path: reserve, fill, commit. Runs on the ring's own CPU with
 * preemption off, in any context up to NMI; whoever interrupts finishes first.
 * docs/ring-protocol.md argues each barrier.
 */
#ifndef HFT_RING_WRITE_H
#define HFT_RING_WRITE_H

#include "clock.h"
#include "cpu.h"
#include "compat/cmpxchg.h"
#include "compat/tracepoint.h"

u64 hft_ring_pad(struct hft_ring_ctl *ctl, u64 mask, u64 head);

static __always_inline struct hft_slot *
hft_ring_slot(struct hft_ring_ctl *ctl, u64 mask, u64 index)
{
	return (struct hft_slot *)((char *)ctl + HFT_PAGE_SIZE) + (index & mask);
}

/* A record between reserve and commit. */
struct hft_entry {
	struct hft_ring_ctl *ctl;
	struct hft_slot *slot;
	u64 index;
	u64 nested;	/* ctl->nested at slot->tsc, when asked for */
	u64 tsc;
};

/*
 * Takes the next n slots. The time is read between head and its compare-and-
 * swap: had anyone written in between, the swap fails and the time is read
 * again, so ring order is time order; `nested` is of the same moment.
 */
static __always_inline struct hft_entry
hft_reserve(struct hft_cpu *cpu, unsigned int n, bool nested)
{
	struct hft_entry e;
	u64 head;

	e.ctl = cpu->ctl;
	head = READ_ONCE(e.ctl->head);
	do {
		if (unlikely((head % HFT_PAGE_SLOTS) + n > HFT_PAGE_SLOTS))
			head = hft_ring_pad(e.ctl, cpu->mask, head);
		e.tsc = hft_clock();
		e.nested = nested ? READ_ONCE(e.ctl->nested) : 0;
	} while (unlikely(!hft_try_cmpxchg_local(&e.ctl->head, &head, head + n)));
	/* head goes first: a reader must see the lap before it sees torn slots */
	smp_wmb();
	e.index = head;
	e.slot = hft_ring_slot(e.ctl, cpu->mask, head);
	e.slot->tsc = e.tsc;
	return e;
}

static __always_inline void hft_commit(struct hft_entry *e, u16 type, u8 slots, u8 ctx)
{
	/* type, slots, ctx and seq in one store; all of the record stands before it */
	smp_store_release((u64 *)&e->slot->type, HFT_SLOT_WORD(type, slots, ctx, e->index));
	hft_inc_local(&e->ctl->records);
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

/* The running CPU, when `hook` is armed on it, else NULL. */
static __always_inline struct hft_cpu *hft_armed(enum hft_hook_id hook)
{
	if (likely(!(this_cpu_read(hft_cpu.armed) & HFT_HOOK_BIT(hook))))
		return NULL;
	return this_cpu_ptr(&hft_cpu);
}

#endif /* HFT_RING_WRITE_H */
