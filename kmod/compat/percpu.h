/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test of bits of a per-CPU variable where it stands. The kernel's accessors
 * load it into a register first. Per-CPU variables are in an address space of
 * their own from 6.10.
 */
#ifndef HFT_COMPAT_PERCPU_H
#define HFT_COMPAT_PERCPU_H

#include <linux/percpu.h>

#ifdef CONFIG_X86_64
#ifdef __my_cpu_var
#define HFT_PERCPU_OPERAND(var)	__my_cpu_var(var)
#else
#define HFT_PERCPU_OPERAND(var)	(var)
#endif

/* `var` is a byte, `bits` a constant. */
#define hft_this_cpu_test(var, bits)					\
({									\
	bool set_;							\
									\
	asm volatile("testb %[mask], " __percpu_arg([byte])		\
		     : "=@ccnz" (set_)					\
		     : [byte] "m" (HFT_PERCPU_OPERAND(var)),		\
		       [mask] "i" (bits));				\
	set_;								\
})
#else
#define hft_this_cpu_test(var, bits)	(!!(__this_cpu_read(var) & (bits)))
#endif

#endif /* HFT_COMPAT_PERCPU_H */
