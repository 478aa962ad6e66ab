// SPDX-License-Identifier: GPL-2.0
/*
 * fault, on arm64, which has no tracepoint for it: page faults that come to
 * handle_mm_fault(). Those of addresses where nothing is mapped do not.
 */
#include <linux/hash.h>
#include <linux/mm.h>

#include "compat/tracepoint.h"
#include "hook.h"
#include "hooks/fault_record.h"

/*
 * A fault that could not be handled with the lock of its mapping alone comes
 * again with another lock, after a wait for it perhaps, in which other tasks
 * fault here, and on another CPU perhaps. In between nothing has been counted
 * for the task, which is done when a fault has been handled. So the last
 * attempt of a task is remembered by task; of two that share an entry, a
 * repeated attempt may count as a fault of its own.
 */
struct attempt {
	const struct task_struct *task;
	unsigned long address;
	unsigned long handled;
} ____cacheline_aligned;

#define ATTEMPTS_BITS	8

static struct attempt attempts[1 << ATTEMPTS_BITS];

static __always_inline bool comes_again(unsigned long address, unsigned int flags)
{
	struct attempt *last = &attempts[hash_ptr(current, ATTEMPTS_BITS)];
	const unsigned long handled = current->min_flt + current->maj_flt;
	bool again = READ_ONCE(last->task) == current && READ_ONCE(last->address) == address &&
		     READ_ONCE(last->handled) == handled;

	WRITE_ONCE(last->task, current);
	WRITE_ONCE(last->address, address);
	WRITE_ONCE(last->handled, handled);
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
