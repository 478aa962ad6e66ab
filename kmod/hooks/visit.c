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

static notrace void probe_leave_user(void *data, int dummy)
{
	hft_enter();
	if (hft_armed_enter(HFT_HOOK_VISIT)) {
		__this_cpu_write(hft_cpu.faults, 0);
		hft_frame_fill(hft_ring(), 0, HFT_HOOK_VISIT, 0);
	}
	hft_exit();
}

HFT_PROVE(user_exit, probe_leave_user)

/*
 * A fault of user mode begins a visit, so there is one in it or none; but on
 * arm64, where it is seen later on its way, one of a task that was switched in
 * meanwhile can come on top.
 */
static __always_inline void count_faults(struct hft_rec_visit *rec)
{
	const u16 faults = __this_cpu_read(hft_cpu.faults);

	rec->faults = faults;
	rec->major_faults = 0;
	/* it may have been switched out, and another one enter user mode here */
	if (unlikely(faults) && __this_cpu_read(hft_cpu.fault_task) == current)
		rec->major_faults = current->maj_flt - __this_cpu_read(hft_cpu.fault_major);
}

static __always_inline void record(struct hft_ring_ctl *ctl, const struct hft_start start)
{
	const struct hft_entry e = hft_reserve(ctl, 1, true);
	const struct hft_length len = hft_length(e, start);
	struct hft_rec_visit *rec = (struct hft_rec_visit *)e.slot->arg;

	rec->duration = len.duration;
	rec->net = hft_saturate(len.net);
	count_faults(rec);
	hft_commit(e, HFT_REC_VISIT, 1, likely(len.net <= U32_MAX) ?
		   HFT_CTX_TASK : HFT_CTX_TASK | HFT_CTX_SATURATED);
}

static __always_inline void end_visit(struct hft_ring_ctl *ctl)
{
	const struct hft_start start = hft_frame_pop(ctl, HFT_HOOK_VISIT);

	if (likely(start.seen))
		record(ctl, start);
	else
		hft_frame_end_unseen(HFT_REC_VISIT, HFT_CTX_TASK, 0);
}

static notrace void probe_enter_user(void *data, int dummy)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_VISIT))
		end_visit(hft_ring());
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
