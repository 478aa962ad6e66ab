// SPDX-License-Identifier: GPL-2.0
/* Rate, flags and samples of the clock. Nothing here runs on a traced CPU. */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "clock.h"

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#include <asm/tsc.h>

u64 hft_clock_khz(void)
{
	return tsc_khz;
}

u32 hft_clock_flags(void)
{
	u32 flags = 0;

	if (boot_cpu_has(X86_FEATURE_CONSTANT_TSC) && boot_cpu_has(X86_FEATURE_NONSTOP_TSC))
		flags |= HFT_CLOCK_INVARIANT;
	if (!check_tsc_unstable())
		flags |= HFT_CLOCK_SYNCHRONIZED;
	return flags;
}
#else
u64 hft_clock_khz(void)
{
	return div_u64(arch_timer_get_cntfrq(), 1000);
}

u32 hft_clock_flags(void)
{
	return HFT_CLOCK_INVARIANT | HFT_CLOCK_SYNCHRONIZED;
}
#endif

u64 hft_clock_ns_to_ticks(u64 ns)
{
	return mul_u64_u64_div_u64(ns, hft_clock_khz(), NSEC_PER_MSEC);
}

u64 hft_clock_ticks_to_ns(u64 ticks)
{
	return mul_u64_u64_div_u64(ticks, NSEC_PER_MSEC, hft_clock_khz());
}

/* By ioctl, from a housekeeping CPU. Interrupts off, so that one moment is meant. */
void hft_clock_sample(struct hft_clock_sample *sample)
{
	unsigned long flags;
	u64 before, after;
	ktime_t mono;

	local_irq_save(flags);
	before = hft_clock();
	mono = ktime_get();
	after = hft_clock();
	sample->cpu = smp_processor_id();
	local_irq_restore(flags);

	sample->ticks = before + (after - before) / 2;
	sample->uncertainty = after - before;
	sample->monotonic_ns = ktime_to_ns(mono);
	sample->realtime_ns = ktime_to_ns(ktime_mono_to_any(mono, TK_OFFS_REAL));
	sample->tai_ns = ktime_to_ns(ktime_mono_to_any(mono, TK_OFFS_TAI));
	sample->boottime_ns = ktime_to_ns(ktime_mono_to_any(mono, TK_OFFS_BOOT));
}
