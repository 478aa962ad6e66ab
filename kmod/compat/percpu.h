/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Branches on per-CPU variables where they stand. The kernel's accessors load
 * them into a register first.
 */
#ifndef HFT_COMPAT_PERCPU_H
#define HFT_COMPAT_PERCPU_H

#include <linux/percpu.h>

#ifdef CONFIG_X86_64
/* By its symbol: as an operand in memory, its address would take a register and an instruction. */
#define HFT_PERCPU_BYTE	"%%gs:%c[byte](%%rip)"

/*
 * `var` is a byte. 0 goes to the label `off`, 1 goes on, more to `special`. One
 * jump for both, so that going on costs two instructions.
 */
#define hft_mode_branch(var, off, special)				\
	asm goto("cmpb $1, " HFT_PERCPU_BYTE "\n\t"			\
		 "jne 771f\n"						\
		 ".subsection 1\n"					\
		 "771:\n\t"						\
		 "jb %l[" #off "]\n\t"					\
		 "jmp %l[" #special "]\n"				\
		 ".previous"						\
		 : : [byte] "i" (&(var)) : "cc", "memory" : off, special)

/* `var` is 32 bits, less by one; to the label `zero` when it comes to that. */
#define hft_countdown_branch(var, zero)					\
	asm goto("subl $1, " HFT_PERCPU_BYTE "\n\t"			\
		 "jz %l[" #zero "]"					\
		 : : [byte] "i" (&(var)) : "cc", "memory" : zero)

/* Bits of a byte that other CPUs store to as well: of this CPU's own. */
#define hft_mode_set(byte, bits)					\
	asm volatile("lock orb %[mask], %[at]"				\
		     : [at] "+m" (*(byte)) : [mask] "iq" ((u8)(bits)) : "cc")
#define hft_mode_clear(byte, bits)					\
	asm volatile("lock andb %[mask], %[at]"				\
		     : [at] "+m" (*(byte)) : [mask] "iq" ((u8)~(bits)) : "cc")
#else
#include <linux/atomic.h>

#define hft_mode_branch(var, off, special)				\
do {									\
	u8 mode_ = __this_cpu_read(var);				\
									\
	if (likely(!mode_))						\
		goto off;						\
	if (unlikely(mode_ != 1))					\
		goto special;						\
} while (0)

#define hft_countdown_branch(var, zero)					\
do {									\
	if (unlikely(!this_cpu_sub_return(var, 1)))			\
		goto zero;						\
} while (0)

/* There is no atomic operation on bytes: other CPUs' stores are seen by trying again. */
#define hft_mode_change(byte, change)					\
do {									\
	u8 *byte_ = (byte), was_ = READ_ONCE(*byte_), seen_;		\
									\
	while ((seen_ = cmpxchg(byte_, was_, was_ change)) != was_)	\
		was_ = seen_;						\
} while (0)
#define hft_mode_set(byte, bits)	hft_mode_change(byte, | (u8)(bits))
#define hft_mode_clear(byte, bits)	hft_mode_change(byte, & (u8)~(bits))
#endif

#endif /* HFT_COMPAT_PERCPU_H */
