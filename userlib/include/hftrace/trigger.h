/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Triggers: "what went before this is worth keeping". A trigger is a record in the
 * thread's own ring and a count that those look at who keep windows, as
 * `hftrace record --on-trigger` does; the rings go on meanwhile. It costs no system
 * call, and a flood of them costs the engine their records, nothing else: how many
 * windows are kept is limited by who keeps them. Included by hftrace.h.
 *
 *	static struct hft_limit limit;
 *
 *	hft_limit_init(&limit, 40000);		40 us; once, before trading
 *	hft_span_begin(t, order, order_id);
 *	hft_span_end_within(t, &limit);		a trigger, if it took longer
 */
#ifndef HFTRACE_TRIGGER_H
#define HFTRACE_TRIGGER_H

#include <hftrace/ring-write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A window is wanted now, whatever for: `name` and `value` are the engine's own. Signal-safe. */
void hft_trigger(struct hft_thread *thread, __u32 name, __u64 value) HFT_NOTHROW;

/* How long a span may take. Only read by those who use it: threads can share one. */
struct hft_limit {
	__u64 ticks;	/* up to HFT_LIMIT_NONE */
};

#define HFT_LIMIT_NONE	(~(__u64)0 >> 1)

/*
 * `limit_ns`: 1 ns to 100 s. Measures the clock for 20 ms: call it at start.
 * 0, -EINVAL or -ENOMEM; on an error no span is beyond the limit.
 */
int hft_limit_init(struct hft_limit *limit, __u64 limit_ns);

/* The rare way of hft_span_end_within(). */
void hft_slow_late(struct hft_thread *thread, __u32 name, __u64 id, __u64 duration,
		   __u64 limit) HFT_NOTHROW;

/* hft_span_end(). 1: the span took longer than the limit, and a trigger says so. Signal-safe. */
static inline int hft_span_end_within(struct hft_thread *thread, const struct hft_limit *limit)
{
	struct hft_frame frame;
	__u64 duration;
	__u32 depth;

	if (!hft_frame_pop(thread, &frame, &depth))
		return 0;
	duration = hft_write_span(thread, frame.tag, frame.value, frame.start, depth) -
		   frame.start;
	if (__builtin_expect(hft_is_within(duration, limit->ticks), 1))
		return 0;
	hft_slow_late(thread, frame.tag, frame.value, duration, limit->ticks);
	return 1;
}

/* Counts operations of one thread, in its own memory. */
struct hft_operations {
	__u64 left;		/* until the next trigger */
	__u64 every;
	__u64 done;		/* as of the last trigger */
	__u32 name;
	__u32 reserved;
};

/* A trigger each `every` operations. 0, or -EINVAL: every is 0; then none comes for 2^64. */
int hft_operations_init(struct hft_operations *operations, __u32 name, __u64 every);

/* The rare way of hft_operation(). */
int hft_slow_operation(struct hft_thread *thread, struct hft_operations *operations) HFT_NOTHROW;

/*
 * One more. 1: it was the last of so many, and a trigger says so. What is done while
 * tracing is off counts, too. Not signal-safe: a count is its thread's own.
 */
static inline int hft_operation(struct hft_thread *thread, struct hft_operations *operations)
{
	if (__builtin_expect(--operations->left != 0, 1))
		return 0;
	return hft_slow_operation(thread, operations);
}

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_TRIGGER_H */
