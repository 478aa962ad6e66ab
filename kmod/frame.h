/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open intervals of a CPU: a stack in the ring's control page, so that readers
 * see what is open now. An interrupt or NMI between any two stores pushes and
 * pops its own frame and leaves the depth as it was; who pushes looks behind
 * himself whether that happened to the frame that he was filling.
 *
 * ctl->nested sums the net time of every closed interval. What nested inside
 * one is the growth of that sum between its start and its end.
 */
#ifndef HFT_FRAME_H
#define HFT_FRAME_H

#include "ring_write.h"

HFT_COLD u64 hft_frame_find(u64 tag);

/* As in hft_ring_slot(): the constant comes last. */
static __always_inline struct hft_frame *hft_frame_at(struct hft_ring_ctl *ctl, u32 depth)
{
	char *from = (char *)ctl + (u64)depth * sizeof(struct hft_frame);

	return (struct hft_frame *)(from + offsetof(struct hft_ring_ctl, frame));
}

/* Frames of an earlier arming have another tag: their end was not seen. */
static __always_inline u32 hft_frame_tag(enum hft_hook_id hook)
{
	return (u32)(__this_cpu_read(hft_cpu.armed) >> (HFT_GENERATION_SHIFT - 8)) | hook;
}

/* What an interval's end needs to know of its start. */
struct hft_start {
	u64 tsc;
	u64 nested;
	bool seen;	/* else the rest is 0 */
	u32 arg;	/* what it was pushed with; 0 when the pop did not ask for them */
	u64 detail;
};

/* Both of one moment: what closes in between would be inside for the one, outside for the other. */
static __always_inline struct hft_start hft_start_now(struct hft_ring_ctl *ctl)
{
	struct hft_start start = { .seen = true };

	/* what the caller has read, a tag above all, it has read before this moment */
	barrier();
	do {
		start.nested = READ_ONCE(ctl->nested);
		start.tsc = hft_clock();
	} while (unlikely(READ_ONCE(ctl->nested) != start.nested));
	return start;
}

/* `detailed` and `with_detail` below are constants: who has no detail pays nothing. */
static __always_inline void
hft_frame_fill_detail(struct hft_ring_ctl *ctl, u32 depth, enum hft_hook_id hook, u32 arg,
		      bool detailed, u64 detail)
{
	/* before the time: if this CPU is armed anew in between, the frame is an old one */
	const u32 tag = hft_frame_tag(hook);
	const struct hft_start start = hft_start_now(ctl);
	struct hft_frame *frame = hft_frame_at(ctl, depth);

	for (;;) {
		WRITE_ONCE(frame->start, start.tsc);
		WRITE_ONCE(frame->value, start.nested);
		WRITE_ONCE(frame->tag, tag);
		WRITE_ONCE(frame->arg, arg);
		if (detailed)
			WRITE_ONCE(frame->detail, detail);
		/* published when it is whole; readers on other CPUs pair with smp_rmb() */
		smp_store_release(&ctl->depth, depth + 1);
		/* an interrupt that came before that has used this very frame */
		if (likely(READ_ONCE(frame->start) == start.tsc))
			break;
	}
}

static __always_inline void
hft_frame_fill(struct hft_ring_ctl *ctl, u32 depth, enum hft_hook_id hook, u32 arg)
{
	hft_frame_fill_detail(ctl, depth, hook, arg, false, 0);
}

static __always_inline void
hft_frame_push_any(enum hft_hook_id hook, u32 arg, bool detailed, u64 detail)
{
	struct hft_ring_ctl *ctl = hft_ring();
	u32 depth = READ_ONCE(ctl->depth);

	if (unlikely(depth >= HFT_FRAMES))
		hft_inc_local(&ctl->frames_lost);
	else
		hft_frame_fill_detail(ctl, depth, hook, arg, detailed, detail);
}

static __always_inline void hft_frame_push(enum hft_hook_id hook, u32 arg)
{
	hft_frame_push_any(hook, arg, false, 0);
}

/* With what the end cannot know any more: a timer may be gone when its function returns. */
static __always_inline void hft_frame_push_detail(enum hft_hook_id hook, u32 arg, u64 detail)
{
	hft_frame_push_any(hook, arg, true, detail);
}

static __always_inline struct hft_start
hft_frame_pop_any(struct hft_ring_ctl *ctl, enum hft_hook_id hook, bool with_detail)
{
	u32 depth = READ_ONCE(ctl->depth) - 1, tag = hft_frame_tag(hook);
	const struct hft_frame *frame = hft_frame_at(ctl, depth);
	struct hft_start start;

	if (unlikely(depth >= HFT_FRAMES || frame->tag != tag)) {
		depth = hft_call_cold(hft_frame_find, tag);
		if (depth >= HFT_FRAMES)
			return (struct hft_start){ 0 };
		frame = hft_frame_at(ctl, depth);
	}
	/* all are read before the frame is free for whoever interrupts */
	start = (struct hft_start){ .tsc = READ_ONCE(frame->start),
				    .nested = READ_ONCE(frame->value), .seen = true };
	if (with_detail) {
		start.arg = READ_ONCE(frame->arg);
		start.detail = READ_ONCE(frame->detail);
	}
	WRITE_ONCE(ctl->depth, depth);
	return start;
}

static __always_inline struct hft_start
hft_frame_pop(struct hft_ring_ctl *ctl, enum hft_hook_id hook)
{
	return hft_frame_pop_any(ctl, hook, false);
}

static __always_inline struct hft_start
hft_frame_pop_detail(struct hft_ring_ctl *ctl, enum hft_hook_id hook)
{
	return hft_frame_pop_any(ctl, hook, true);
}

/* The length of an interval whose start was seen, from the record that ends it. */
struct hft_length {
	u64 duration;
	u64 net;
};

static __always_inline struct hft_length
hft_length(const struct hft_entry e, const struct hft_start start)
{
	u64 duration = e.tsc - start.tsc;
	u64 net = duration - (e.nested - start.nested);

	hft_add_local(&e.ctl->nested, net);
	return (struct hft_length){ duration, net };
}

/* Ends an interval that is not to be written. */
static __always_inline void hft_frame_drop(enum hft_hook_id hook)
{
	struct hft_ring_ctl *ctl = hft_ring();
	const struct hft_start start = hft_frame_pop(ctl, hook);
	const struct hft_start end = hft_start_now(ctl);

	if (start.seen)
		hft_add_local(&ctl->nested, (end.tsc - start.tsc) - (end.nested - start.nested));
}

static __always_inline u32 hft_saturate(u64 ticks)
{
	return likely(ticks <= U32_MAX) ? ticks : U32_MAX;
}

/* Ends an interval that fits one slot, its start not seen. */
static __always_inline void hft_frame_end_unseen(u16 type, u8 ctx, u64 arg)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);

	e.slot->arg[0] = 0;
	e.slot->arg[1] = arg;
	hft_commit(e, type, 1, ctx | HFT_CTX_CONTINUED);
}

/*
 * Ends an interval that fits one slot: two 32-bit lengths, then `id` and
 * `detail`. Each case commits for itself, so that the common one has no flags
 * to gather.
 */
static __always_inline void
hft_frame_end(enum hft_hook_id hook, u16 type, u8 ctx, u32 id, u32 detail)
{
	struct hft_ring_ctl *ctl = hft_ring();
	const struct hft_start start = hft_frame_pop(ctl, hook);
	const u64 arg = id | (u64)detail << 32;
	struct hft_length len;
	struct hft_entry e;

	if (unlikely(!start.seen)) {
		hft_frame_end_unseen(type, ctx, arg);
		return;
	}
	e = hft_reserve(ctl, 1, true);
	len = hft_length(e, start);
	e.slot->arg[1] = arg;
	if (unlikely((len.duration | len.net) > U32_MAX)) {
		e.slot->arg[0] = hft_saturate(len.duration) | (u64)hft_saturate(len.net) << 32;
		hft_commit(e, type, 1, ctx | HFT_CTX_SATURATED);
		return;
	}
	e.slot->arg[0] = len.duration | len.net << 32;
	hft_commit(e, type, 1, ctx);
}

#endif /* HFT_FRAME_H */
