/* SPDX-License-Identifier: GPL-2.0 */
/* What stands where a kprobe is: a trap, or the jump that x86 kernels make of some of them. */
#ifndef HFT_COMPAT_TRAP_H
#define HFT_COMPAT_TRAP_H

#include <linux/types.h>

#ifdef CONFIG_OPTPROBES
#include <asm/text-patching.h>

static inline bool hft_code_is_trap(u8 first)
{
	return first == INT3_INSN_OPCODE;
}

static inline bool hft_code_is_jump(u8 first)
{
	return first == JMP32_INSN_OPCODE;
}
#else
static inline bool hft_code_is_trap(u8 first)
{
	return false;
}

static inline bool hft_code_is_jump(u8 first)
{
	return false;
}
#endif

#endif /* HFT_COMPAT_TRAP_H */
