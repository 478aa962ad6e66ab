/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open intervals of a task, which can sleep or migrate inside. A module has no
 * room in task_struct, so each CPU keeps a stack of those of the task that it
 * runs. At sched_switch all of them are closed as segments and forgotten; an
 * end without a start is flagged CONTINUED and the reader joins them by tid.
 *
 * As in frame.h, an interrupt or NMI between any two stores leaves the depth as
 * it was, and who pushes looks behind himself. In an interrupt these are just
 * intervals: it cannot switch.
 *
 * The record of such an interval begins with two __u64, duration and net, and
 * is 48 or 80 bytes. Its start fills all that it knows, tid included; its end
 * fills what it knows, tid included, so that a CONTINUED record has that.
 */
#ifndef HFT_TASK_FRAME_H
#define HFT_TASK_FRAME_H

#include "frame.h"

#define HFT_TASK_FRAMES		16
#define HFT_TASK_PAYLOAD	8	/* words of a record behind its two lengths, at most */

struct hft_task_frame {
	u64 id;		/* as of hft_task_id(): whose, and of which arming */
	u64 start;	/* ticks */
	u64 nested;	/* ctl->nested at the start */
	u16 type;	/* of its record */
	u16 slots;
	u64 payload[HFT_TASK_PAYLOAD];
};

struct hft_task_stack {
	u32 depth;	/* more than HFT_TASK_FRAMES: the rest found no room */
	struct hft_task_frame frame[HFT_TASK_FRAMES];
};

DECLARE_PER_CPU_ALIGNED(struct hft_task_stack, hft_task_stack);

/* A hook's `attach` and `detach`, if it has intervals of tasks; HFT_TASK_HOOKS has it then. */
int hft_task_frames_attach(void);
void hft_task_frames_detach(void);

/* Of a hook in HFT_SOFTIRQ_HOOKS. */
static inline int hft_softirq_frames_attach(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ? hft_task_frames_attach() : 0;
}

static inline void hft_softirq_frames_detach(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		hft_task_frames_detach();
}

/* Slow paths of beginning and ending: the frame's depth, or HFT_TASK_FRAMES if there is none. */
HFT_COLD u64 hft_task_frame_room(u64 depth);
HFT_COLD u64 hft_task_frame_find(u64 id);

/* Ends an interval of a hook in HFT_TASK_HOOKS, the innermost one, without a record. */
void hft_task_drop(enum hft_hook_id hook);

/* `key` tells intervals of one hook apart that can overlap; 0 if they cannot. */
static __always_inline u64 hft_task_id(enum hft_hook_id hook, u32 key)
{
	return hft_frame_tag(hook) | (u64)key << 32;
}

/* Of a record of `size` bytes. */
#define HFT_TASK_SLOTS(size)	(((size) + HFT_SLOT_SIZE / 2) / HFT_SLOT_SIZE)

static __always_inline void hft_task_check(const unsigned int size)
{
	BUILD_BUG_ON(size != 48 && size != 16 + 8 * HFT_TASK_PAYLOAD);
}

/* A record behind its two lengths. */
static __always_inline u64 *hft_task_payload(const struct hft_entry e)
{
	return (u64 *)((char *)e.slot + HFT_SLOT_SIZE);
}

/* All that a record of `size` bytes has behind its lengths; 0 where there is no `from`. */
static __always_inline void hft_task_copy(u64 *to, const u64 *from, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size / sizeof(u64) - 2; i++)
		to[i] = from ? from[i] : 0;
}

static __always_inline void
hft_task_fill(u32 depth, u64 id, u16 type, const u64 *record, unsigned int size)
{
	struct hft_task_frame *frame = this_cpu_ptr(&hft_task_stack.frame[depth]);
	const struct hft_start start = hft_start_now(hft_ring());

	do {
		WRITE_ONCE(frame->start, start.tsc);
		WRITE_ONCE(frame->id, id);
		WRITE_ONCE(frame->nested, start.nested);
		WRITE_ONCE(frame->type, type);
		WRITE_ONCE(frame->slots, HFT_TASK_SLOTS(size));
		hft_task_copy(frame->payload, record + 2, size);
		/* published when it is whole, to this CPU alone */
		barrier();
		__this_cpu_write(hft_task_stack.depth, depth + 1);
		barrier();
		/* an interrupt that came before that has used this very frame */
	} while (unlikely(READ_ONCE(frame->start) != start.tsc));
}

/*
 * An interval begins. `record` is its record, of `size` bytes; the lengths in
 * it are not read, what only the end knows is 0.
 */
static __always_inline void
hft_task_begin(enum hft_hook_id hook, u32 key, u16 type, const void *record, unsigned int size)
{
	/* before the time, as in hft_frame_fill() */
	const u64 id = hft_task_id(hook, key);
	u64 depth = __this_cpu_read(hft_task_stack.depth);

	hft_task_check(size);
	if (unlikely(depth >= HFT_TASK_FRAMES))
		depth = hft_call_cold(hft_task_frame_room, depth);
	if (likely(depth < HFT_TASK_FRAMES))
		hft_task_fill(depth, id, type, record, size);
}

/* An interval's end between its reservation and its commit. */
struct hft_task_end {
	struct hft_entry e;
	u64 depth;	/* without this interval and what was open in it */
	u8 ctx;
};

/* Its start was not seen here: all is 0. */
static __always_inline struct hft_task_end hft_task_end_unseen(unsigned int size)
{
	struct hft_task_end end;

	end.e = hft_reserve(hft_ring(), HFT_TASK_SLOTS(size), false);
	end.e.slot->arg[0] = 0;
	end.e.slot->arg[1] = 0;
	hft_task_copy(hft_task_payload(end.e), NULL, size);
	end.depth = __this_cpu_read(hft_task_stack.depth);
	end.ctx = hft_level() | HFT_CTX_CONTINUED;
	return end;
}

/* An interval ends: room for its record, with its lengths and what its start knew. */
static __always_inline struct hft_task_end
hft_task_end(enum hft_hook_id hook, u32 key, unsigned int size)
{
	const u64 id = hft_task_id(hook, key);
	u64 depth = __this_cpu_read(hft_task_stack.depth) - 1ULL;
	struct hft_start start = { .seen = true };
	const struct hft_task_frame *frame;
	struct hft_task_end end;
	struct hft_length len;

	hft_task_check(size);
	if (unlikely(depth >= HFT_TASK_FRAMES ||
		     this_cpu_ptr(&hft_task_stack.frame[depth])->id != id)) {
		depth = hft_call_cold(hft_task_frame_find, id);
		if (depth >= HFT_TASK_FRAMES)
			return hft_task_end_unseen(size);
	}
	frame = this_cpu_ptr(&hft_task_stack.frame[depth]);
	/* the frame stays ours until hft_task_commit(): who interrupts pushes above it */
	end.e = hft_reserve(hft_ring(), HFT_TASK_SLOTS(size), true);
	start.tsc = frame->start;
	start.nested = frame->nested;
	len = hft_length(end.e, start);
	end.e.slot->arg[0] = len.duration;
	end.e.slot->arg[1] = len.net;
	hft_task_copy(hft_task_payload(end.e), frame->payload, size);
	end.depth = depth;
	end.ctx = hft_level();
	return end;
}

static __always_inline void
hft_task_commit(const struct hft_task_end end, u16 type, unsigned int size)
{
	barrier();
	__this_cpu_write(hft_task_stack.depth, end.depth);
	hft_commit(end.e, type, HFT_TASK_SLOTS(size), end.ctx);
}

#endif /* HFT_TASK_FRAME_H */
