/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an access leaves behind at a watched address. x86 tells after it, when
 * it stands there; arm64 before it, so the store has to be understood.
 */
#ifndef HFT_STORE_H
#define HFT_STORE_H

#include <linux/ptrace.h>
#include <linux/types.h>

/*
 * The instruction of `regs` is about to be run: what it will make of *value,
 * `length` bytes at `address`. False: not known, *value is as before.
 */
#ifdef CONFIG_ARM64
bool hft_store_foresee(struct pt_regs *regs, u64 address, unsigned int length, u64 *value);
#else
static inline bool hft_store_foresee(struct pt_regs *regs, u64 address, unsigned int length,
				     u64 *value)
{
	return true;
}
#endif

#endif /* HFT_STORE_H */
