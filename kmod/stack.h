/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the running code came from: frames of user mode by frame pointers,
 * frames of the kernel by its own unwinder. Callable in task, interrupt and
 * NMI context with preemption off, before hft_reserve() and never behind it:
 * reading a user stack may fault.
 */
#ifndef HFT_STACK_H
#define HFT_STACK_H

#include <linux/ptrace.h>
#include <linux/types.h>

/*
 * Return addresses of the running task's user mode, the innermost first, into
 * ips[count]; 0 fills up the rest. `regs` are those of user mode, or NULL for
 * what the task entered the kernel with. The first address is where user mode
 * stood. A function without a frame pointer hides its caller. Returns
 * HFT_STACK_* of <hftrace/abi.h>.
 */
u32 hft_stack_user(struct pt_regs *regs, u64 *ips, unsigned int count);

/*
 * The same for the kernel, from the frame at address `from` outwards, which
 * leaves out whatever interrupted it, or from the caller when 0. As shown:
 * kptr_restrict may hide the addresses, then all are 0.
 */
u32 hft_stack_kernel(u64 from, u64 *ips, unsigned int count);

#endif /* HFT_STACK_H */
