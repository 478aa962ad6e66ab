/* SPDX-License-Identifier: GPL-2.0 */
/* The one clock of every record: TSC on x86, CNTVCT_EL0 on arm64, in ticks. */
#ifndef HFT_CLOCK_H
#define HFT_CLOCK_H

#include <linux/types.h>
#include <hftrace/abi.h>

#ifdef CONFIG_X86_64
#include <asm/msr.h>
#include <asm/tsc.h>
/* Not ordered: the compare-and-swap behind it is what makes ring order time order. */
static __always_inline u64 hft_clock(void)
{
	return rdtsc();
}
#else
#include <asm/arch_timer.h>
static __always_inline u64 hft_clock(void)
{
	return __arch_counter_get_cntvct();
}
#endif

u64 hft_clock_khz(void);
u32 hft_clock_flags(void);
u64 hft_clock_ns_to_ticks(u64 ns);
u64 hft_clock_ticks_to_ns(u64 ticks);
void hft_clock_sample(struct hft_clock_sample *sample);

#endif /* HFT_CLOCK_H */
