// SPDX-License-Identifier: GPL-2.0
/*
 * fault, on arm64, which has no tracepoint for it: page faults that come to
 * handle_mm_fault(). Those of addresses where nothing is mapped do not.
 */
#include <linux/mm.h>

#include "compat/tracepoint.h"
#include "hook.h"
#include "hooks/fault_record.h"

/*
 * A fault that could not be handled with the lock of its mapping alone comes
 * again with another lock. In between nothing has been counted for the task,
 * which is done when a fault has been handled.
 */
struct attempt {
	const struct task_struct *task;
	unsigned long address;
	unsigned long handled;
};

static DEFINE_PER_CPU(struct attempt, attempts);

static __always_inline bool comes_again(unsigned long address, unsigned int flags)
{
	const struct attempt now = {
		.task		= current,
		.address	= address,
		.handled	= current->min_flt + current->maj_flt,
	};
	struct attempt *last = this_cpu_ptr(&attempts);
	bool again = last->task == now.task && last->address == now.address &&
		     last->handled == now.handled;

	*last = now;
	return again || flags & FAULT_FLAG_TRIED;
}

static __always_inline u32 error_code(unsigned int flags)
{
	return (flags & FAULT_FLAG_WRITE ? HFT_FAULT_WRITE : 0) |
	       (flags & FAULT_FLAG_USER ? HFT_FAULT_USER : 0) |
	       (flags & FAULT_FLAG_INSTRUCTION ? HFT_FAULT_INSTRUCTION : 0);
}

/* handle_mm_fault(vma, address, flags, regs): without regs it is a look-up of pages. */
static int entry(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long address = regs_get_kernel_argument(regs, 1);
	unsigned int flags = regs_get_kernel_argument(regs, 2);
	const struct pt_regs *faulted = (void *)regs_get_kernel_argument(regs, 3);

	if (!hft_armed(HFT_HOOK_FAULT) || !faulted || comes_again(address, flags))
		return 0;
	if (flags & FAULT_FLAG_USER)
		hft_fault_of_user(address, faulted->pc, error_code(flags));
	else
		hft_fault_of_kernel(address, faulted->pc, error_code(flags));
	return 0;
}

NOKPROBE_SYMBOL(entry);

static struct hft_function functions[] = {
	HFT_FUNCTION("handle_mm_fault", entry),
};

struct hft_hook hft_hook_fault = {
	.id		= HFT_HOOK_FAULT,
	.name		= "fault",
	.summary	= "page faults with address, ip and kind",
	.functions	= functions,
	.functions_count = ARRAY_SIZE(functions),
};
