/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of per-CPU variables where they stand. The kernel's accessors load
 * them into a register first.
 */
#ifndef HFT_COMPAT_PERCPU_H
#define HFT_COMPAT_PERCPU_H

#include <linux/atomic.h>
#include <linux/percpu.h>

enum hft_state {
	HFT_STATE_OFF,		/* 0 */
	HFT_STATE_ON,		/* 1 */
	HFT_STATE_SPECIAL,	/* more */
};

#ifdef CONFIG_X86_64
/* By its symbol: as an operand in memory, its address would take a register and an instruction. */
#define HFT_PERCPU_SYMBOL	"%%gs:%c[symbol](%%rip)"

/* One jump for both ends, so that "on" costs two instructions. */
static __always_inline enum hft_state hft_state_of(u8 __percpu *byte)
{
	asm goto("cmpb $1, " HFT_PERCPU_SYMBOL "\n\t"
		 "jne 771f\n"
		 ".subsection 1\n"
		 "771:\n\t"
		 "jb %l[off]\n\t"
		 "jmp %l[special]\n"
		 ".previous"
		 : : [symbol] "i" (byte) : "cc", "memory" : off, special);
	return HFT_STATE_ON;
special: __cold;
	return HFT_STATE_SPECIAL;
off:
	return HFT_STATE_OFF;
}

/* Less by one. True: that makes 0. */
static __always_inline bool hft_count_down(u32 __percpu *count)
{
	asm goto("subl $1, " HFT_PERCPU_SYMBOL "\n\t"
		 "jz %l[zero]"
		 : : [symbol] "i" (count) : "cc", "memory" : zero);
	return false;
zero: __cold;
	return true;
}

/* Bits of a byte that other CPUs store to as well. */
static __always_inline void hft_bits_set(u8 *byte, u8 bits)
{
	asm volatile("lock orb %[bits], %[byte]"
		     : [byte] "+m" (*byte) : [bits] "iq" (bits) : "cc");
}

static __always_inline void hft_bits_clear(u8 *byte, u8 bits)
{
	asm volatile("lock andb %[keep], %[byte]"
		     : [byte] "+m" (*byte) : [keep] "iq" ((u8)~bits) : "cc");
}
#else
static __always_inline enum hft_state hft_state_of(u8 __percpu *byte)
{
	const u8 state = __this_cpu_read(*byte);

	if (likely(!state))
		return HFT_STATE_OFF;
	return likely(state == 1) ? HFT_STATE_ON : HFT_STATE_SPECIAL;
}

static __always_inline bool hft_count_down(u32 __percpu *count)
{
	return unlikely(!this_cpu_sub_return(*count, 1));
}

static __always_inline void hft_bits_change(u8 *byte, u8 set, u8 keep)
{
	u8 was = READ_ONCE(*byte), seen;

	while ((seen = cmpxchg(byte, was, (was | set) & keep)) != was)
		was = seen;
}

static __always_inline void hft_bits_set(u8 *byte, u8 bits)
{
	hft_bits_change(byte, bits, 0xff);
}

static __always_inline void hft_bits_clear(u8 *byte, u8 bits)
{
	hft_bits_change(byte, 0, ~bits);
}
#endif

#endif /* HFT_COMPAT_PERCPU_H */
