/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * hftrace: marks and spans from a trading engine, for programs that write.
 * Programs that read include hftrace-reader.h.
 *
 *	struct hft_thread *t;
 *	__u32 order;
 *
 *	hft_init(NULL);				once, before trading
 *	order = hft_name("tick_to_order");
 *	t = hft_thread_attach("engine");	in each thread
 *	hft_span_begin(t, order, order_id);	hot path: no call, lock or allocation
 *	hft_span_end(t);
 *	hft_thread_detach(t);
 *
 * The hot functions are inline, cost about 10 ns, and never fail: whatever the
 * state of the module, a handle is valid and does nothing when tracing is off.
 */
#ifndef HFTRACE_H
#define HFTRACE_H

#include <stddef.h>
#include <hftrace/abi.h>
#include <hftrace/log.h>
#include <hftrace/ring-write.h>
#include <hftrace/state.h>
#include <hftrace/trigger.h>
#include <hftrace/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes of the region that hft_init() makes; 0 takes the default. */
struct hft_options {
	__u32 size;		/* sizeof(struct hft_options) */
	__u32 rings;		/* threads that can be attached at once; default 16 */
	__u32 ring_slots;	/* slots per thread, a power of two; default 8192 (256 KiB) */
	__u32 flags;		/* HFT_OPTION_* */
};

#define HFT_OPTION_PRIVATE	0x1	/* do not look for the module */

enum hft_state {
	HFT_STATE_NONE		= 0,	/* hft_init() was not called, or it failed */
	HFT_STATE_MODULE	= 1,	/* rings belong to the module */
	HFT_STATE_PRIVATE	= 2,	/* rings in /dev/shm: user events only */
	HFT_STATE_CHILD		= 3,	/* after fork: off until hft_init() is called again */
};

/* What hft_init() found; see hft_status(). */
struct hft_status {
	__u32 size;		/* sizeof(struct hft_status), set by the caller */
	__u32 state;		/* enum hft_state */
	__s32 module_error;	/* why the module is not used: -errno, 0 if it is */
	__u32 rings;		/* threads that there is room for */
	__u32 rings_used;
	__u32 names_used;
	__u64 attach_refused;	/* threads that found no free ring */
	char text[160];		/* one line for a person, the way out included */
	/* ABI 1.1 ends here, and that size is good, too. */
	__u32 values_used;	/* lines of counters and gauges, of HFT_VALUES */
	__u32 states_used;	/* of HFT_STATES */
	__u64 board_refused;	/* counters, gauges, log formats and states that got no place */
};

/*
 * Maps this process's rings, all pages present, once. NULL takes the defaults.
 * Uses the module if it is there and lets us, private shared memory if not.
 * Call it before real-time work begins: it makes system calls.
 * 0; -EINVAL bad options; -EALREADY; -ENOMEM or another -errno if neither way
 * worked, and then everything else still may be called and does nothing.
 */
int hft_init(const struct hft_options *options);

/*
 * Gives everything back. Unmapping interrupts the CPUs of the other threads.
 * Handles stay harmless: zero pages take the place of the region, which cost
 * address space, and memory only where somebody still stores.
 */
void hft_fini(void);

/* Fills *status; 0, or -EINVAL if its size is not known. */
int hft_status(struct hft_status *status);

/*
 * A name's number, the same for the same text in this process. Takes a lock:
 * call it at start. 0 is "(unnamed)", returned when the table is full, the
 * text is longer than 59 bytes, or hft_init() has not succeeded.
 */
__u32 hft_name(const char *text);

/*
 * This thread's ring. Never NULL: if there is none to have, a handle that does
 * nothing. One handle per thread: a second call returns the same one.
 */
struct hft_thread *hft_thread_attach(const char *name);

/*
 * Closes open spans unwritten and frees the ring; its records stay readable. For the
 * thread itself: another's handle is left alone.
 */
void hft_thread_detach(struct hft_thread *thread);

/* An instant with a value of the engine's own. Signal-safe. */
static inline void hft_mark(struct hft_thread *thread, __u32 name, __u64 value)
{
	struct hft_slot *slot;
	__u64 index, tsc;

	if (hft_likely_off(thread))
		return;
	slot = hft_reserve(thread, 1, &index, &tsc);
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(slot->arg[0], value);
	HFT_PUT(slot->arg[1], name);
	hft_commit(thread, slot, index, HFT_REC_MARK, 1);
}

/*
 * Work that goes from thread to thread: the one that gives it away says out, the
 * one that takes it over says in, each inside its own span of that work, with the same name
 * and id. So `hftrace explain` can tell how long it lay in between. Signal-safe.
 */
static inline void hft_flow_out(struct hft_thread *thread, __u32 name, __u64 id)
{
	if (!hft_likely_off(thread))
		hft_write_flow(thread, name, id, HFT_FLOW_OUT);
}

static inline void hft_flow_in(struct hft_thread *thread, __u32 name, __u64 id)
{
	if (!hft_likely_off(thread))
		hft_write_flow(thread, name, id, HFT_FLOW_IN);
}

/*
 * Spans nest: hft_span_end() closes the one opened last. At most HFT_FRAMES
 * are open at once; deeper ones are counted as lost. The record is written at
 * the end; until then the span stands in the control page, for those who look
 * from outside.
 */
static inline void hft_span_begin(struct hft_thread *thread, __u32 name, __u64 id)
{
	if (hft_frame_ignored(thread))
		return;
	hft_frame_push(thread, name, id);
}

static inline void hft_span_end(struct hft_thread *thread)
{
	struct hft_frame frame;
	__u32 depth;

	if (hft_frame_pop(thread, &frame, &depth))
		hft_write_span(thread, frame.tag, frame.value, frame.start, depth);
}

/*
 * A gap detector for a loop that polls: a turn that took longer than the limit
 * becomes a span of the loop's name with id 0, from the turn before to this one, which
 * `hftrace explain` takes apart as any other. Else a turn costs one reading of
 * the clock and a compare. One for each loop, in memory of its own thread.
 */
struct hft_poll {
	__u64 last;		/* ticks of the turn before; 0: none yet */
	__u64 limit;		/* ticks */
	__u32 name;
	__u32 flags;		/* HFT_POLL_*, to be set after hft_poll_init() */
};

#define HFT_POLL_TRIGGER	0x1	/* a gap is a trigger, too: see hftrace/trigger.h */

/*
 * `limit_ns`: 1 ns to 100 s. Measures the clock for 20 ms: call it at start.
 * 0, -EINVAL or -ENOMEM; on an error hft_poll() reports nothing.
 */
int hft_poll_init(struct hft_poll *poll, __u32 name, __u64 limit_ns);

/* The rare way of hft_poll(). */
void hft_slow_gap(struct hft_thread *thread, struct hft_poll *poll, __u64 last) HFT_NOTHROW;

/* One turn. 1: it came late. Not signal-safe: a loop is its thread's own. */
static inline int hft_poll(struct hft_thread *thread, struct hft_poll *poll)
{
	__u64 last = poll->last, now;

	if (hft_likely_off(thread)) {
		poll->last = 0;
		return 0;
	}
	now = hft_ticks();
	poll->last = now;
	if (__builtin_expect(hft_is_within(now - last, poll->limit), 1) || !last)
		return 0;
	hft_slow_gap(thread, poll, last);
	return 1;
}

/* The next turn has none before it: after a pause that was meant. */
static inline void hft_poll_skip(struct hft_poll *poll)
{
	poll->last = 0;
}

#ifdef __cplusplus
}
#endif

#include <hftrace/span-pmu.h>

#endif /* HFTRACE_H */
