/* SPDX-License-Identifier: GPL-2.0 */
/* The CPU's own clock, which records are in, and its hint for loops that wait. */
#ifndef SELFTEST_CPU_CLOCK_H
#define SELFTEST_CPU_CLOCK_H

#include <stdint.h>

#if defined(__x86_64__)
#include <x86intrin.h>

static inline uint64_t cpu_clock(void)
{
	return __rdtsc();
}

static inline void cpu_relax(void)
{
	_mm_pause();
}
#elif defined(__aarch64__)
static inline uint64_t cpu_clock(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) :: "memory");
	return ticks;
}

static inline void cpu_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}
#else
#error "no clock is known for this architecture"
#endif

#endif /* SELFTEST_CPU_CLOCK_H */
