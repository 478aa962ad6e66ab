// SPDX-License-Identifier: GPL-2.0
/* Intervals of tasks: what happens at the switch, and the slow paths. */
#include "compat/sched_trace.h"
#include "hook.h"
#include "task_frame.h"

DEFINE_PER_CPU_ALIGNED(struct hft_task_stack, hft_task_stack);

static __always_inline enum hft_hook_id hook_of(const struct hft_task_frame *frame)
{
	return frame->id & 0xff;
}

/* Is it of the arming that is in force? Else its end may not have been seen. */
static __always_inline bool is_current(const struct hft_task_frame *frame)
{
	return (u32)frame->id >> 8 == hft_frame_tag(0) >> 8;
}

static __always_inline struct hft_start start_of(const struct hft_task_frame *frame)
{
	return (struct hft_start){ .tsc = frame->start, .nested = frame->nested, .seen = true };
}

static __always_inline void record_segment(const struct hft_task_frame *frame)
{
	const enum hft_hook_id hook = hook_of(frame);
	const struct hft_entry e = hft_reserve(hft_ring(), frame->slots, true);
	const struct hft_length len = hft_length(e, start_of(frame));

	e.slot->arg[0] = len.duration;
	e.slot->arg[1] = len.net;
	hft_task_copy(hft_task_payload(e), frame->payload, frame->slots * HFT_SLOT_SIZE - 16);
	hft_publish(e, frame->type, frame->slots, hft_level() | HFT_CTX_SWITCHED_OUT);
	/* as in hft_count(), of a hook that is no constant */
	if (!this_cpu_sub_return(hft_cpu.countdown[hook], 1))
		hft_call_cold(hft_counted_down, hook);
}

/* From the innermost out, as each one's net length needs those inside. */
static noinline notrace void close_all(void)
{
	struct hft_task_stack *stack = this_cpu_ptr(&hft_task_stack);
	u32 depth = min_t(u32, READ_ONCE(stack->depth), HFT_TASK_FRAMES);

	while (depth--) {
		/* the governor may have cut its hook off since */
		if (is_current(&stack->frame[depth]) &&
		    hft_mode_has(hook_of(&stack->frame[depth]), HFT_MODE_ON))
			record_segment(&stack->frame[depth]);
		/* not before: an NMI pushes above */
		barrier();
		WRITE_ONCE(stack->depth, depth);
	}
}

/* Armed or not: what the stack holds is of the task that runs. */
static notrace void probe_switch(void *data, bool preempt, struct task_struct *prev,
				 struct task_struct *next, unsigned int prev_state)
{
	hft_enter();
	if (unlikely(__this_cpu_read(hft_task_stack.depth)))
		close_all();
	hft_exit();
}

HFT_PROVE(sched_switch, probe_switch)

/* Drops the stale frames on top of the stack, whose end nobody saw. */
static __always_inline u64 prune(struct hft_task_stack *stack)
{
	u64 depth = READ_ONCE(stack->depth);

	while (depth && !is_current(&stack->frame[min_t(u64, depth, HFT_TASK_FRAMES) - 1]))
		depth--;
	WRITE_ONCE(stack->depth, depth);
	return depth;
}

/* The stack is full. One that finds no room is counted, so that its end is known for its own. */
u64 hft_task_frame_room(u64 depth)
{
	struct hft_task_stack *stack = this_cpu_ptr(&hft_task_stack);

	depth = prune(stack);
	if (depth < HFT_TASK_FRAMES)
		return depth;
	WRITE_ONCE(stack->depth, depth + 1);
	hft_inc_local(&hft_ring()->frames_lost);
	return HFT_TASK_FRAMES;
}

/* The top frame is not the one that ends: finds it below; those above it are stale. */
u64 hft_task_frame_find(u64 id)
{
	struct hft_task_stack *stack = this_cpu_ptr(&hft_task_stack);
	u64 depth = prune(stack);

	if (depth > HFT_TASK_FRAMES) {
		WRITE_ONCE(stack->depth, depth - 1);
		return HFT_TASK_FRAMES;
	}
	while (depth--) {
		if (stack->frame[depth].id == id)
			return depth;
	}
	return HFT_TASK_FRAMES;
}

void hft_task_drop(enum hft_hook_id hook)
{
	struct hft_task_stack *stack = this_cpu_ptr(&hft_task_stack);
	const struct hft_start end = hft_start_now(hft_ring());
	u64 depth = prune(stack);

	if (depth > HFT_TASK_FRAMES) {
		WRITE_ONCE(stack->depth, depth - 1);
		return;
	}
	while (depth--) {
		const struct hft_start start = start_of(&stack->frame[depth]);

		if (hook_of(&stack->frame[depth]) != hook)
			continue;
		barrier();
		WRITE_ONCE(stack->depth, depth);
		hft_add_local(&hft_ring()->nested,
			      (end.tsc - start.tsc) - (end.nested - start.nested));
		return;
	}
}

/* One for all hooks, from the first that is attached to the last. */
static struct hft_tap tap = {
	.tracepoint	= "sched_switch",
	.probe		= probe_switch,
	/* a segment ends before the switch, and before the system call around it */
	.first		= true,
};

static struct hft_hook switch_tap = { .taps = &tap, .taps_count = 1 };
static unsigned int users;

int hft_task_frames_attach(void)
{
	unsigned int cpu;
	int err = 0;

	if (!users) {
		/* nobody runs that uses them: detaching has waited for that */
		for_each_possible_cpu(cpu)
			per_cpu(hft_task_stack.depth, cpu) = 0;
		hft_taps_find(&switch_tap);
		err = hft_tap_missing(&switch_tap) ? -EOPNOTSUPP : hft_taps_attach(&switch_tap);
	}
	if (!err)
		users++;
	return err;
}

void hft_task_frames_detach(void)
{
	if (!--users)
		hft_taps_detach(&switch_tap);
}
