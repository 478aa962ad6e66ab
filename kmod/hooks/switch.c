// SPDX-License-Identifier: GPL-2.0
/* switch: which task leaves the CPU, in what state, and which one gets it. */
#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

/* Any state but the commonest: the task's in the low half, its exit's above. */
static HFT_COLD u64 rare_state(u64 states)
{
	unsigned int index = __task_state_index((u32)states, states >> 32);

	return index ? 1U << (index - 1) : 0;
}

/*
 * The state as tracefs shows it: 256 for preempted, else one bit. A task that
 * is exiting sleeps no more, but to die.
 */
static __always_inline u32 reported_state(bool preempt, unsigned int state,
					  const struct task_struct *task)
{
	if (unlikely(preempt))
		return TASK_REPORT_MAX;
	if (likely(state <= TASK_UNINTERRUPTIBLE))
		return state;
	return hft_call_cold(rare_state, state | (u64)task->exit_state << 32);
}

static __always_inline void record(u32 prev_state, const struct task_struct *prev,
				   const struct task_struct *next)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_switch *rec = (struct hft_rec_switch *)e.slot->arg;

	rec->prev_tid = prev->pid;
	rec->next_tid = next->pid;
	rec->prev_state = prev_state;
	rec->prev_prio = prev->prio;
	rec->next_prio = next->prio;
	memcpy(rec->prev_comm, prev->comm, TASK_COMM_LEN);
	memcpy(rec->next_comm, next->comm, TASK_COMM_LEN);
	hft_commit(e, HFT_REC_SWITCH, 2, HFT_CTX_TASK);
}

static notrace void probe_switch(void *data, bool preempt, struct task_struct *prev,
				 struct task_struct *next, unsigned int prev_state)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_SWITCH))
		record(reported_state(preempt, prev_state, prev), prev, next);
	hft_exit();
}

HFT_PROVE(sched_switch, probe_switch)

static struct hft_tap taps[] = {
	HFT_TAP("sched_switch", probe_switch),
};

struct hft_hook hft_hook_switch = {
	.id		= HFT_HOOK_SWITCH,
	.name		= "switch",
	.summary	= "the CPU goes from one task to another",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
