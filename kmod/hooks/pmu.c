// SPDX-License-Identifier: GPL-2.0
/*
 * pmu: a CPU's counters, read by itself where it is in the kernel anyway, and
 * samples. See pmu.c one level up for how they come and go.
 */
#include <linux/perf_event.h>
#include <trace/events/context_tracking.h>

#include "compat/sched_trace.h"
#include "hook.h"
#include "pmu.h"
#include "ring_write.h"
#include "stack.h"

/* perf's own default limit, kernel.perf_event_max_sample_rate, in samples a window. */
#define WINDOWS_PER_S	100
#define WINDOW_SAMPLES	1000
/* Of a set whose file is closed: minutes of any clock. */
#define FAR_PERIOD	(1ULL << 40)

/* With interrupts off, on the CPU that the event counts on. */
static __always_inline bool read_event(struct perf_event *event, u64 *value)
{
	bool counts = READ_ONCE(event->oncpu) == smp_processor_id();

	if (counts)
		event->pmu->read(event);
	*value = local64_read(&event->count);
	return counts;
}

static noinline notrace void record_counters(struct hft_pmu_cpu *own, s32 tid, u16 why)
{
	u64 value[HFT_PMU_EVENTS] = { 0 };
	struct hft_rec_counters *rec;
	struct perf_event *event;
	unsigned long flags;
	struct hft_entry e;
	u16 valid = 0;
	int i;

	local_irq_save(flags);
	WRITE_ONCE(own->requested, false);
	for (i = 0; i < HFT_PMU_EVENTS; i++) {
		event = READ_ONCE(own->event[i]);
		if (event && read_event(event, &value[i]))
			valid |= 1 << i;
	}
	e = hft_reserve(hft_ring(), 3, false);
	rec = (struct hft_rec_counters *)e.slot->arg;
	rec->tid = tid;
	rec->why = why;
	rec->valid = valid;
	rec->set = own->set;
	rec->reserved = 0;
	memcpy(rec->value, value, sizeof(rec->value));
	hft_commit(e, HFT_REC_COUNTERS, 3, hft_level());
	local_irq_restore(flags);
}

static notrace void probe_switch(void *data, bool preempt, struct task_struct *prev,
				 struct task_struct *next, unsigned int prev_state)
{
	struct hft_pmu_cpu *own;

	hft_enter();
	if (hft_armed(HFT_HOOK_PMU)) {
		own = this_cpu_ptr(hft_pmu_cpu);
		if (READ_ONCE(own->set))
			record_counters(own, prev->pid, HFT_COUNTERS_SWITCH);
	}
	hft_exit();
}

HFT_PROVE(sched_switch, probe_switch)

static notrace void probe_enter_user(void *data, int dummy)
{
	struct hft_pmu_cpu *own;

	hft_enter();
	if (hft_armed(HFT_HOOK_PMU)) {
		own = this_cpu_ptr(hft_pmu_cpu);
		if (!READ_ONCE(own->set))
			; /* nothing is counted here */
		else if (READ_ONCE(own->requested))
			record_counters(own, current->pid, HFT_COUNTERS_REQUEST);
		else if (READ_ONCE(own->at_visits))
			record_counters(own, current->pid, HFT_COUNTERS_VISIT);
	}
	hft_exit();
}

HFT_PROVE(user_enter, probe_enter_user)

/*
 * perf stops an event that samples too often until the next tick, which it
 * then asks for, and counts samples from tick to tick: on a tickless CPU any
 * rate is too much in the end. So they are counted by time here, and perf is
 * made to forget them; beyond its own limit it may do as it does.
 */
static __always_inline void forgive(struct perf_event *event, unsigned int index)
{
	struct hft_pmu_cpu *own = this_cpu_ptr(hft_pmu_cpu);
	u64 now = hft_clock();

	if (now - own->window[index] > hft_clock_khz() * (1000 / WINDOWS_PER_S)) {
		own->window[index] = now;
		own->samples[index] = 0;
	}
	/* ~0: it has stopped it */
	if (++own->samples[index] < WINDOW_SAMPLES && event->hw.interrupts != ~0ULL)
		event->hw.interrupts = 0;
}

static noinline notrace void record_sample(struct perf_event *event, unsigned int index,
					   struct pt_regs *regs)
{
	u64 kernel[HFT_SAMPLE_KERNEL] = { 0 }, user[HFT_SAMPLE_USER];
	bool in_user = user_mode(regs);
	struct hft_rec_sample *rec;
	struct hft_entry e;
	u32 stack = 0;

	if (!in_user)
		stack = hft_stack_kernel(instruction_pointer(regs), kernel, ARRAY_SIZE(kernel));
	stack |= hft_stack_user(in_user ? regs : NULL, user, ARRAY_SIZE(user));

	e = hft_reserve(hft_ring(), 8, false);
	rec = (struct hft_rec_sample *)e.slot->arg;
	rec->ip = hft_shown(instruction_pointer(regs));
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rec->event = index;
	rec->stack = stack;
	rec->set = __this_cpu_read(hft_pmu_cpu->set);
	rec->period = event->attr.sample_period;
	memcpy(rec->kernel, kernel, sizeof(rec->kernel));
	memcpy(rec->user, user, sizeof(rec->user));
	hft_commit(e, HFT_REC_SAMPLE, 8, hft_level());
}

notrace void hft_pmu_overflow(struct perf_event *event, struct perf_sample_data *data,
			      struct pt_regs *regs)
{
	unsigned int index = (uintptr_t)event->overflow_handler_context % HFT_PMU_EVENTS;

	if (!event->attr.sample_period)
		return;
	if (unlikely(!__this_cpu_read(hft_pmu_cpu->set))) {
		/* one more may come of the period that has begun by now */
		event->hw.sample_period = FAR_PERIOD;
		return;
	}
	forgive(event, index);
	if (hft_armed(HFT_HOOK_PMU))
		record_sample(event, index, regs);
}

static struct hft_tap taps[] = {
	HFT_TAP("sched_switch", probe_switch),
	{ .tracepoint = "user_enter", .probe = probe_enter_user, .optional = true },
};

struct hft_hook hft_hook_pmu = {
	.id		= HFT_HOOK_PMU,
	.name		= "pmu",
	.summary	= "counters of the CPU's PMU by task, and samples of where it was",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.detach		= hft_pmu_close,
};
