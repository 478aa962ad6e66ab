/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open intervals of a CPU: a stack in the ring's control page, so that readers
 * see what is open now. An interrupt or NMI between any two stores pushes and
 * pops its own frame and leaves the depth as it was.
 *
 * ctl->nested sums the net time of every closed interval. What nested inside
 * one is the growth of that sum between its start and its end.
 */
#ifndef HFT_FRAME_H
#define HFT_FRAME_H

#include "ring_write.h"

bool hft_frame_find(struct hft_ring_ctl *ctl, u32 tag, struct hft_frame *frame);

/* Frames of an earlier arming have another tag: their end was not seen. */
static __always_inline u32 hft_frame_tag(const struct hft_cpu *cpu, enum hft_hook_id hook)
{
	return (u32)(READ_ONCE(cpu->armed) >> (HFT_GENERATION_SHIFT - 8)) | hook;
}

static __always_inline void
hft_frame_fill(struct hft_ring_ctl *ctl, u32 depth, u32 tag, u32 arg)
{
	struct hft_frame *frame = &ctl->frame[depth];

	frame->start = hft_clock();
	frame->value = READ_ONCE(ctl->nested);
	frame->tag = tag;
	frame->arg = arg;
	/* published when it is whole; readers on other CPUs pair with smp_rmb() */
	smp_store_release(&ctl->depth, depth + 1);
}

static __always_inline void
hft_frame_push(struct hft_cpu *cpu, enum hft_hook_id hook, u32 arg)
{
	struct hft_ring_ctl *ctl = cpu->ctl;
	u32 depth = READ_ONCE(ctl->depth);

	if (unlikely(depth >= HFT_FRAMES)) {
		hft_inc_local(&ctl->frames_lost);
		return;
	}
	hft_frame_fill(ctl, depth, hft_frame_tag(cpu, hook), arg);
}

/* False, and a frame of zeros, when the interval's start was not seen. */
static __always_inline bool
hft_frame_pop(struct hft_cpu *cpu, enum hft_hook_id hook, struct hft_frame *frame)
{
	struct hft_ring_ctl *ctl = cpu->ctl;
	u32 depth = READ_ONCE(ctl->depth) - 1;
	u32 tag = hft_frame_tag(cpu, hook);

	if (unlikely(depth >= HFT_FRAMES || ctl->frame[depth].tag != tag))
		return hft_frame_find(ctl, tag, frame);
	frame->start = ctl->frame[depth].start;
	frame->value = ctl->frame[depth].value;
	WRITE_ONCE(ctl->depth, depth);
	return true;
}

/* An interval's length, from the record that ends it. */
struct hft_length {
	u64 duration;
	u64 net;
};

static __always_inline struct hft_length
hft_length(const struct hft_entry *e, u64 start, u64 nested_at_start)
{
	struct hft_length len = { .duration = e->tsc - start };

	len.net = len.duration - (e->nested - nested_at_start);
	hft_add_local(&e->ctl->nested, len.net);
	return len;
}

static __always_inline u32 hft_saturate(u64 ticks, u8 *ctx)
{
	if (likely(ticks <= U32_MAX))
		return ticks;
	*ctx |= HFT_CTX_SATURATED;
	return U32_MAX;
}

/*
 * Ends an interval that fits one slot: two 32-bit lengths, then `id` and
 * `detail`.
 */
static __always_inline void
hft_frame_end(enum hft_hook_id hook, u16 type, u8 ctx, u32 id, u32 detail)
{
	struct hft_cpu *cpu = this_cpu_ptr(&hft_cpu);
	struct hft_frame frame;
	struct hft_length len;
	struct hft_entry e;
	bool seen;

	seen = hft_frame_pop(cpu, hook, &frame);
	e = hft_reserve(cpu, 1, true);
	if (likely(seen)) {
		len = hft_length(&e, frame.start, frame.value);
	} else {
		len.duration = 0;
		len.net = 0;
		ctx |= HFT_CTX_CONTINUED;
	}
	e.slot->arg[0] = hft_saturate(len.duration, &ctx);
	e.slot->arg[0] |= (u64)hft_saturate(len.net, &ctx) << 32;
	e.slot->arg[1] = id | (u64)detail << 32;
	hft_commit(&e, type, 1, ctx);
}

#endif /* HFT_FRAME_H */
