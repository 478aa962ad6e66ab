// SPDX-License-Identifier: GPL-2.0
/*
 * hidden: time that neither user mode nor the kernel had. The machine's own
 * counts of it are read when the CPU is in the kernel anyway, at a switch, at a
 * visit's end and after a timer, at most once a millisecond: system management
 * interrupts, steal as the kernel accounts it, and the frequency that the CPU
 * really ran at. Each MSR costs about a hundred cycles; in a virtual machine it
 * would be an exit, so there it is not read.
 *
 * A record says how much there was since the CPU's counts were read last: the
 * time went within that window, not at the record.
 */
#include <linux/kernel_stat.h>
#include <trace/events/context_tracking.h>
#include <trace/events/timer.h>

#include "compat/hidden.h"
#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

#define SHORTEST_US	50	/* of running, to tell a frequency from */
#define STEADY_PERCENT	3	/* a frequency that changes by less is the same */

struct hidden {
	u64 read_at;		/* ticks */
	u64 generation;		/* of the arming that the counts are of */
	u64 steal;		/* ns */
	u64 actual;		/* as of hft_read_frequency() */
	u64 base;
	u32 smis;
	u32 khz;		/* 0: not known yet */
	bool busy;		/* an interrupt came into the reading */
};

static DEFINE_PER_CPU(struct hidden, hidden);
static bool has_smis, has_frequency;
static u64 least_ticks;

static notrace void record(u32 kind, u64 window, s64 delta, u32 khz_before, u32 khz)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_hidden *rec = (struct hft_rec_hidden *)e.slot->arg;

	rec->window = window;
	rec->delta = delta;
	rec->kind = kind;
	rec->khz_before = khz_before;
	rec->khz = khz;
	rec->reserved0 = 0;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(e, HFT_REC_HIDDEN, 2, hft_level());
}

/* Kept until the CPU has run long enough to tell. */
static notrace void look_at_frequency(struct hidden *own, u64 window, bool first)
{
	const u64 shortest = (u64)hft_base_khz() * SHORTEST_US / 1000;
	u64 actual, base, ran;
	u32 khz, changed;

	hft_read_frequency(&actual, &base);
	ran = base - own->base;
	if (!first && ran < shortest)
		return;
	/* less than 2^32 us: the product fits */
	khz = first || ran > U32_MAX ? 0 :
	      div64_u64((actual - own->actual) * hft_base_khz(), ran);
	own->actual = actual;
	own->base = base;
	if (!khz)
		return;
	changed = own->khz > khz ? own->khz - khz : khz - own->khz;
	if (own->khz && changed <= own->khz / 100 * STEADY_PERCENT)
		return;
	if (own->khz)
		record(HFT_HIDDEN_FREQUENCY, window, (s64)khz - own->khz, own->khz, khz);
	own->khz = khz;
}

static notrace void look(struct hidden *own, u64 now, u64 generation)
{
	const bool first = own->generation != generation;
	const u64 window = now - own->read_at;
	u64 steal = kcpustat_this_cpu->cpustat[CPUTIME_STEAL];
	u32 smis = has_smis ? hft_smi_count() : 0;

	own->read_at = now;
	own->generation = generation;
	if (first)
		own->khz = 0;
	if (!first && smis != own->smis)
		record(HFT_HIDDEN_SMI, window, smis - own->smis, 0, 0);
	if (!first && steal != own->steal)
		record(HFT_HIDDEN_STEAL, window, steal - own->steal, 0, 0);
	own->smis = smis;
	own->steal = steal;
	if (has_frequency)
		look_at_frequency(own, window, first);
}

static __always_inline void look_if_due(void)
{
	struct hidden *own = this_cpu_ptr(&hidden);
	const u64 generation = __this_cpu_read(hft_cpu.armed) >> HFT_GENERATION_SHIFT;
	const u64 now = hft_clock();

	if (likely(now - own->read_at < least_ticks && own->generation == generation) || own->busy)
		return;
	own->busy = true;
	barrier();
	look(own, now, generation);
	barrier();
	own->busy = false;
}

static notrace void probe_switch(void *data, bool preempt, struct task_struct *prev,
				 struct task_struct *next, unsigned int prev_state)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_HIDDEN))
		look_if_due();
	hft_exit();
}

HFT_PROVE(sched_switch, probe_switch)

static notrace void probe_enter_user(void *data, int dummy)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_HIDDEN))
		look_if_due();
	hft_exit();
}

HFT_PROVE(user_enter, probe_enter_user)

static notrace void probe_expire_exit(void *data, struct hrtimer *timer)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_HIDDEN))
		look_if_due();
	hft_exit();
}

HFT_PROVE(hrtimer_expire_exit, probe_expire_exit)

static const char *lacks(void)
{
	static char text[sizeof_field(struct hft_hook_info, reason)];
	const char *const missing[] = {
		hft_smi_missing(), hft_steal_missing(), hft_frequency_missing(),
	};
	int i, used = 0;

	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(missing); i++) {
		if (missing[i])
			used += scnprintf(text + used, sizeof(text) - used, "%s%s",
					  used ? "; " : "", missing[i]);
	}
	return used ? text : NULL;
}

static const char *unsupported(void)
{
	if (!hft_smi_missing() || !hft_steal_missing() || !hft_frequency_missing())
		return NULL;
	return lacks();
}

static int attach(void)
{
	least_ticks = hft_clock_khz();
	has_smis = !hft_smi_missing();
	has_frequency = !hft_frequency_missing();
	return 0;
}

/* What the kernel has only with nohz_full CPUs is not needed without them. */
static struct hft_tap taps[] = {
	HFT_TAP("sched_switch", probe_switch),
	HFT_TAP("hrtimer_expire_exit", probe_expire_exit),
	{ .tracepoint = "user_enter", .probe = probe_enter_user, .optional = true },
};

struct hft_hook hft_hook_hidden = {
	.id		= HFT_HOOK_HIDDEN,
	.name		= "hidden",
	.summary	= "hidden time: SMIs, steal, frequency changes, read once a millisecond",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.unsupported	= unsupported,
	.lacks		= lacks,
	.attach		= attach,
};
