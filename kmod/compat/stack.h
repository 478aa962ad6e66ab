/* SPDX-License-Identifier: GPL-2.0 */
/* User mode's frame as the architecture lays it out. */
#ifndef HFT_COMPAT_STACK_H
#define HFT_COMPAT_STACK_H

#include <linux/processor.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/types.h>

/* Threads of the kernel's that use a process's memory: those of io_uring alone until 6.4. */
#ifdef PF_USER_WORKER
#define HFT_PF_USER_WORKER	PF_USER_WORKER
#else
#define HFT_PF_USER_WORKER	PF_IO_WORKER
#endif

#ifdef CONFIG_X86_64
static inline bool hft_stack_compat(struct pt_regs *regs)
{
	return !user_64bit_mode(regs);
}

static inline u64 hft_stack_fp(struct pt_regs *regs)
{
	return regs->bp;
}

/* Where a function without a frame returns to; of another, some word. 0: not readable. */
static inline u64 hft_stack_top(struct pt_regs *regs)
{
	u64 top;

	if (hft_stack_compat(regs) ||
	    copy_from_user_nofault(&top, (const void __user *)regs->sp, sizeof(top)))
		return 0;
	return top;
}

static inline u64 hft_stack_code(u64 address)
{
	return address;
}

#define HFT_STACK_ALIGN		8
#else
static inline bool hft_stack_compat(struct pt_regs *regs)
{
	return compat_user_mode(regs);
}

static inline u64 hft_stack_fp(struct pt_regs *regs)
{
	return regs->regs[29];
}

static inline u64 hft_stack_top(struct pt_regs *regs)
{
	return hft_stack_compat(regs) ? 0 : regs->regs[30] & (TASK_SIZE_64 - 1);
}

/* Return addresses may be signed in the bits that no user address has. */
static inline u64 hft_stack_code(u64 address)
{
	return address & (TASK_SIZE_64 - 1);
}

#define HFT_STACK_ALIGN		16
#endif

#endif /* HFT_COMPAT_STACK_H */
