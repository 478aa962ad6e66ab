/* SPDX-License-Identifier: LGPL-2.1 */
/* The counters of a PMUv3: an instruction's register cannot be chosen at run time. */
#ifndef HFT_COUNTER_ARM64_H
#define HFT_COUNTER_ARM64_H

#include <stdint.h>

#define HFT_CYCLE_COUNTER	32U	/* as the index in a counter's page */

#define HFT_MRS(name)							\
({									\
	uint64_t value_;						\
									\
	__asm__ __volatile__("mrs %0, " name : "=r" (value_) : : "memory"); \
	value_;								\
})

/* By index: 1 to 31 event counters, 32 cycles. */
static inline __attribute__((always_inline)) uint64_t hft_counter_arm64(uint32_t index)
{
	switch (index) {
	case 1:
		return HFT_MRS("pmevcntr0_el0");
	case 2:
		return HFT_MRS("pmevcntr1_el0");
	case 3:
		return HFT_MRS("pmevcntr2_el0");
	case 4:
		return HFT_MRS("pmevcntr3_el0");
	case 5:
		return HFT_MRS("pmevcntr4_el0");
	case 6:
		return HFT_MRS("pmevcntr5_el0");
	case 7:
		return HFT_MRS("pmevcntr6_el0");
	case 8:
		return HFT_MRS("pmevcntr7_el0");
	case 9:
		return HFT_MRS("pmevcntr8_el0");
	case 10:
		return HFT_MRS("pmevcntr9_el0");
	case 11:
		return HFT_MRS("pmevcntr10_el0");
	case 12:
		return HFT_MRS("pmevcntr11_el0");
	case 13:
		return HFT_MRS("pmevcntr12_el0");
	case 14:
		return HFT_MRS("pmevcntr13_el0");
	case 15:
		return HFT_MRS("pmevcntr14_el0");
	case 16:
		return HFT_MRS("pmevcntr15_el0");
	case 17:
		return HFT_MRS("pmevcntr16_el0");
	case 18:
		return HFT_MRS("pmevcntr17_el0");
	case 19:
		return HFT_MRS("pmevcntr18_el0");
	case 20:
		return HFT_MRS("pmevcntr19_el0");
	case 21:
		return HFT_MRS("pmevcntr20_el0");
	case 22:
		return HFT_MRS("pmevcntr21_el0");
	case 23:
		return HFT_MRS("pmevcntr22_el0");
	case 24:
		return HFT_MRS("pmevcntr23_el0");
	case 25:
		return HFT_MRS("pmevcntr24_el0");
	case 26:
		return HFT_MRS("pmevcntr25_el0");
	case 27:
		return HFT_MRS("pmevcntr26_el0");
	case 28:
		return HFT_MRS("pmevcntr27_el0");
	case 29:
		return HFT_MRS("pmevcntr28_el0");
	case 30:
		return HFT_MRS("pmevcntr29_el0");
	case 31:
		return HFT_MRS("pmevcntr30_el0");
	default:
		return HFT_MRS("pmccntr_el0");
	}
}

#endif /* HFT_COUNTER_ARM64_H */
