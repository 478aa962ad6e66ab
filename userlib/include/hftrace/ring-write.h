/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * How a thread writes its ring: reserve slots, fill them, commit. Included by
 * hftrace.h, not by programs; docs/ring-protocol.md argues the order of every
 * store. A ring has one thread that writes it, whose signal handlers may write
 * too, in the middle of anything.
 */
#ifndef HFTRACE_RING_WRITE_H
#define HFTRACE_RING_WRITE_H

#include <hftrace/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hft_span_pmu;

/*
 * A thread's handle: where its ring is. Every kind of fork gives the child a
 * zeroed one, which is off; so nobody may follow `ctl` of a handle that is off
 * before he has looked whether it is there.
 */
struct hft_thread {
	struct hft_ring_ctl *ctl;
	struct hft_slot *slots;
	__u64 mask;			/* capacity - 1 */
	__u64 enable;			/* 0: write nothing */
	struct hft_region *region;	/* that the ring is in */
	const struct hft_span_pmu *pmu;	/* NULL: no counters */
	__u32 region_number;		/* of it in the process's life, from 1 */
	__u16 sample_every;		/* log.h: of what is sampled, 1 in so many is written */
	__u16 sample_left;		/* until the next one of them */
	__u64 reserved[1];		/* the library's */
};

/* What the library never does, so that C++ makes no way for it around the hot path. */
#define HFT_NOTHROW	__attribute__((__nothrow__))

/* Rare ways, in the library. */
void hft_slow_close_page(struct hft_thread *thread) HFT_NOTHROW;
void hft_slow_push(struct hft_thread *thread) HFT_NOTHROW;
void hft_slow_pop(struct hft_thread *thread) HFT_NOTHROW;

/* The word that commits a slot, as one 64-bit object. */
typedef __u64 __attribute__((__may_alias__)) hft_slot_word_t;

#if defined(__SANITIZE_THREAD__)
#define HFT_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HFT_THREAD_SANITIZER 1
#endif
#endif

/* The clock. "memory" keeps it behind the load of head. */
static inline __u64 hft_ticks(void)
{
#if defined(__x86_64__)
	__u32 low, high;

	__asm__ __volatile__("rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (__u64)high << 32 | low;
#elif defined(__aarch64__)
	__u64 ticks;

	__asm__ __volatile__("mrs %0, cntvct_el0" : "=r" (ticks) : : "memory");
	return ticks;
#else
#error "hftrace knows the clocks of x86-64 and arm64"
#endif
}

/* Nothing is late by a clock that went back, as it can between CPUs: that is below 0. */
static inline int hft_is_within(__u64 ticks, __u64 limit)
{
	return (__s64)ticks <= (__s64)limit;
}

/*
 * Against this thread's own signal handlers alone: one instruction is atomic
 * enough, a lock prefix would cost as much as the whole record.
 */
static inline int hft_local_cas(__u64 *word, __u64 old, __u64 desired)
{
#if defined(__x86_64__) && !defined(HFT_THREAD_SANITIZER)
	int equal;

	__asm__ __volatile__("cmpxchgq %[desired], %[word]"
			     : "=@cce" (equal), [word] "+m" (*word), "+a" (old)
			     : [desired] "r" (desired)
			     : "memory");
	return equal;
#else
	return __atomic_compare_exchange_n(word, &old, desired, 0,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
#endif
}

static inline void hft_local_inc(__u64 *word)
{
#if defined(__x86_64__) && !defined(HFT_THREAD_SANITIZER)
	__asm__ __volatile__("incq %0" : "+m" (*word));
#else
	__atomic_fetch_add(word, 1, __ATOMIC_RELAXED);
#endif
}

/*
 * A part of a record. Readers may look at it while it is written and then know
 * better than to believe it: so it is an atomic, where one asks for it. As a plain
 * store, two of them can become one.
 */
#if defined(HFT_THREAD_SANITIZER)
#define HFT_PUT(field, value)	__atomic_store_n(&(field), (value), __ATOMIC_RELAXED)
#else
#define HFT_PUT(field, value)	((void)((field) = (value)))
#endif

/* The same for a payload that was put together elsewhere: so many bytes, in words. */
static inline void hft_put_payload(struct hft_slot *slot, const void *payload, __u64 bytes)
{
	const hft_slot_word_t *from = (const hft_slot_word_t *)payload;
	hft_slot_word_t *to = (hft_slot_word_t *)slot->arg;
	__u64 i;

	for (i = 0; i < bytes / sizeof(*to); i++)
		HFT_PUT(to[i], from[i]);
}

/* Head is seen to move before the slots under it are seen to change. */
static inline void hft_write_fence(void)
{
#if defined(__aarch64__)
	__asm__ __volatile__("dmb ishst" : : : "memory");
#elif defined(HFT_THREAD_SANITIZER)
	/* It knows no fences; the processor keeps the order of stores. */
	__asm__ __volatile__("" : : : "memory");
#else
	__atomic_thread_fence(__ATOMIC_RELEASE);
#endif
}

/* The whole cost of being off: a compare with memory and a branch. */
static inline int hft_likely_off(const struct hft_thread *thread)
{
#if defined(__x86_64__) && !defined(HFT_THREAD_SANITIZER)
	int off;

	/* of an atomic load compilers make two instructions */
	__asm__ __volatile__("cmpq $0, %[enable]" : "=@ccz" (off) : [enable] "m" (thread->enable));
	return __builtin_expect(off, 0) != 0;
#else
	return __builtin_expect(!__atomic_load_n(&thread->enable, __ATOMIC_RELAXED), 0) != 0;
#endif
}

/*
 * Takes the next `slots` slots (a constant) and the time. A signal handler
 * that wrote after the time was read makes the exchange fail, and both are
 * read again: so the order of slots is the order of time.
 */
static inline struct hft_slot *hft_reserve(struct hft_thread *thread, __u32 slots,
					   __u64 *index, __u64 *tsc)
{
	struct hft_ring_ctl *ctl = thread->ctl;
	__u64 head;

	for (;;) {
		head = __atomic_load_n(&ctl->head, __ATOMIC_RELAXED);
		if (slots > 1 &&
		    __builtin_expect(head % HFT_PAGE_SLOTS > HFT_PAGE_SLOTS - slots, 0)) {
			hft_slow_close_page(thread);
			continue;
		}
		*tsc = hft_ticks();
		if (__builtin_expect(hft_local_cas(&ctl->head, head, head + slots), 1))
			break;
	}
	hft_local_inc(&ctl->records);
	hft_write_fence();
	*index = head;
	return &thread->slots[head & thread->mask];
}

/* Makes the record whole for readers. */
static inline void hft_commit(struct hft_thread *thread, struct hft_slot *slot, __u64 index,
			      __u16 type, __u8 slots)
{
	(void)thread;
	__atomic_store_n((hft_slot_word_t *)(void *)&slot->type,
			 HFT_SLOT_WORD(type, slots, HFT_CTX_TASK, index), __ATOMIC_RELEASE);
}

static inline void hft_write_flow(struct hft_thread *thread, __u32 name, __u64 id,
				  enum hft_flow_step step)
{
	struct hft_slot *slot;
	__u64 index, tsc;

	slot = hft_reserve(thread, 1, &index, &tsc);
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(slot->arg[0], id);
	HFT_PUT(slot->arg[1], name | (__u64)step << 32);
	hft_commit(thread, slot, index, HFT_REC_FLOW, 1);
}

/*
 * Opens a span. A handler that opened and closed one of its own meanwhile has
 * used the same frame, as the depth was not published: then start differs, and
 * the frame, which nobody else touches any more, is filled again.
 */
static inline void hft_frame_push(struct hft_thread *thread, __u32 name, __u64 id)
{
	struct hft_ring_ctl *ctl = thread->ctl;
	__u32 depth = __atomic_load_n(&ctl->depth, __ATOMIC_RELAXED);
	struct hft_frame *frame;
	__u64 tsc;

	if (__builtin_expect(depth >= HFT_FRAMES, 0)) {
		hft_slow_push(thread);
		return;
	}
	frame = &ctl->frame[depth];
	tsc = hft_ticks();
	__atomic_store_n(&frame->start, tsc, __ATOMIC_RELAXED);
	frame->value = id;
	frame->tag = name;
	frame->arg = 0;
	__atomic_store_n(&ctl->depth, depth + 1, __ATOMIC_RELEASE);
	if (__builtin_expect(__atomic_load_n(&frame->start, __ATOMIC_RELAXED) != tsc, 0)) {
		__atomic_store_n(&frame->start, tsc, __ATOMIC_RELAXED);
		frame->value = id;
		frame->tag = name;
		frame->arg = 0;
	}
}

/*
 * When off: spans inside one that was opened when on are still counted, or
 * the ends that follow would close the wrong one.
 */
static inline int hft_frame_none(const struct hft_thread *thread)
{
	return !thread->ctl || !__atomic_load_n(&thread->ctl->depth, __ATOMIC_RELAXED);
}

static inline int hft_frame_ignored(const struct hft_thread *thread)
{
	return hft_likely_off(thread) && hft_frame_none(thread);
}

/* Closes the span opened last. 1: *frame is it, to be written; 0: nothing to write. */
static inline int hft_frame_pop(struct hft_thread *thread, struct hft_frame *frame, __u32 *depth)
{
	struct hft_ring_ctl *ctl;
	const struct hft_frame *top;
	__u32 open;

	if (hft_likely_off(thread)) {
		if (!hft_frame_none(thread))
			hft_slow_pop(thread);
		return 0;
	}
	ctl = thread->ctl;
	open = __atomic_load_n(&ctl->depth, __ATOMIC_RELAXED);
	if (!open)
		return 0;
	if (__builtin_expect(open > HFT_FRAMES, 0)) {
		hft_slow_pop(thread);
		return 0;
	}
	top = &ctl->frame[open - 1];
	frame->start = top->start;
	frame->value = top->value;
	frame->tag = top->tag;
	*depth = open - 1;
	__atomic_store_n(&ctl->depth, open - 1, __ATOMIC_RELEASE);
	return 1;
}

/* The record of an interval that ends now; returns when that is. */
static inline __u64 hft_write_span(struct hft_thread *thread, __u32 name, __u64 id, __u64 start,
				   __u32 depth)
{
	struct hft_rec_span *span;
	struct hft_slot *slot;
	__u64 index, tsc;

	slot = hft_reserve(thread, 2, &index, &tsc);
	span = (struct hft_rec_span *)slot->arg;
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(span->duration, tsc - start);
	HFT_PUT(span->id, id);
	HFT_PUT(span->name, name);
	HFT_PUT(span->depth, depth);
	HFT_PUT(span->reserved[0], 0);
	HFT_PUT(span->reserved[1], 0);
	HFT_PUT(span->reserved[2], 0);
	hft_commit(thread, slot, index, HFT_REC_SPAN, 2);
	return tsc;
}

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_RING_WRITE_H */
