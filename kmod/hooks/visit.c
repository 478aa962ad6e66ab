// SPDX-License-Identifier: GPL-2.0
/*
 * visit: from leaving user mode to entering it again, whatever the reason. The
 * outermost interval of a CPU: whatever the stack of open intervals holds at
 * its start is stale, because user mode has none.
 */
#include <linux/sched/isolation.h>
#include <trace/events/context_tracking.h>

#include "frame.h"
#include "hook.h"

static void probe_leave_user(void *data, int dummy)
{
	struct hft_cpu *cpu;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_VISIT);
	if (cpu) {
		cpu->faults = 0;
		hft_frame_fill(cpu->ctl, 0, hft_frame_tag(cpu, HFT_HOOK_VISIT), 0);
	}
	hft_exit();
}

HFT_PROVE(user_exit, probe_leave_user)

static __always_inline u16 major_faults(const struct hft_cpu *cpu)
{
	if (likely(!cpu->faults) || cpu->fault_task != current)
		return 0;
	return current->maj_flt - cpu->fault_major;
}

static void probe_enter_user(void *data, int dummy)
{
	struct hft_rec_visit *rec;
	struct hft_frame frame;
	struct hft_length len;
	struct hft_cpu *cpu;
	struct hft_entry e;
	u8 ctx = HFT_CTX_TASK;
	bool seen;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_VISIT);
	if (cpu) {
		seen = hft_frame_pop(cpu, HFT_HOOK_VISIT, &frame);
		e = hft_reserve(cpu, 1, true);
		if (likely(seen)) {
			len = hft_length(&e, frame.start, frame.value);
		} else {
			len.duration = 0;
			len.net = 0;
			cpu->faults = 0;
			ctx |= HFT_CTX_CONTINUED;
		}
		rec = (struct hft_rec_visit *)e.slot->arg;
		rec->duration = len.duration;
		rec->net = hft_saturate(len.net, &ctx);
		rec->faults = cpu->faults;
		rec->major_faults = major_faults(cpu);
		hft_commit(&e, HFT_REC_VISIT, 1, ctx);
	}
	hft_exit();
}

HFT_PROVE(user_enter, probe_enter_user)

static const char *unsupported(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (!housekeeping_test_cpu(cpu, HK_TYPE_TICK))
			return NULL;
	}
	return "no CPU was booted with nohz_full=";
}

static struct hft_tap taps[] = {
	HFT_TAP("user_exit", probe_leave_user),
	HFT_TAP("user_enter", probe_enter_user),
};

struct hft_hook hft_hook_visit = {
	.id		= HFT_HOOK_VISIT,
	.name		= "visit",
	.summary	= "visits to the kernel, from user mode back to it (nohz_full CPUs)",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.unsupported	= unsupported,
};
