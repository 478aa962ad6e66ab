/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hot path calls in rare cases: functions of one u64 that return one.
 * A probe that may call saves registers each time, for a call that it hardly
 * ever makes. So, on x86, the callee saves all of them, and the call stands in
 * an asm, because GCC 12 does not make use of it otherwise.
 */
#ifndef HFT_COMPAT_COLD_H
#define HFT_COMPAT_COLD_H

#include <linux/compiler.h>
#include <linux/types.h>

#ifdef CONFIG_X86_64
#include <asm/asm.h>

/* by its own name: the kernel has none for it */
#define HFT_COLD	notrace __cold noinline __attribute__((__no_caller_saved_registers__))

#define hft_call_cold(f, arg)						\
({									\
	u64 result_;							\
									\
	asm volatile("call %P[function]"				\
		     : "=a" (result_), ASM_CALL_CONSTRAINT		\
		     : [function] "i" (f), "D" ((u64)(arg))		\
		     : "memory", "cc");					\
	result_;							\
})
#else
#define HFT_COLD	notrace __cold noinline

#define hft_call_cold(f, arg)	f(arg)
#endif

#endif /* HFT_COMPAT_COLD_H */
