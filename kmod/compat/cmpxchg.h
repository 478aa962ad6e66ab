/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A compare-and-swap that is atomic against interrupts and NMIs of this CPU
 * alone, and an increment of the same kind. local_try_cmpxchg() came in 6.5.
 */
#ifndef HFT_COMPAT_CMPXCHG_H
#define HFT_COMPAT_CMPXCHG_H

#include <linux/atomic.h>
#include <asm/local.h>

/* False, and *old what stands there, when that is not *old. */
static __always_inline bool hft_try_cmpxchg_local(u64 *ptr, u64 *old, u64 new)
{
#ifdef CONFIG_X86_64
	bool done;

	/* without "lock"; *old comes back in the register that it went in */
	asm volatile("cmpxchgq %[new], %[ptr]"
		     : "=@ccz" (done), [ptr] "+m" (*ptr), "+a" (*old)
		     : [new] "r" (new)
		     : "memory");
	return done;
#else
	u64 was = *old;

	*old = cmpxchg_local(ptr, was, new);
	return *old == was;
#endif
}

static __always_inline void hft_inc_local(u64 *ptr)
{
	local_inc((local_t *)ptr);
}

static __always_inline void hft_add_local(u64 *ptr, u64 value)
{
	local_add(value, (local_t *)ptr);
}

#endif /* HFT_COMPAT_CMPXCHG_H */
