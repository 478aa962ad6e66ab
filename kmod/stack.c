// SPDX-License-Identifier: GPL-2.0
/* Call chains; see stack.h. Nothing of a user stack is believed. */
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cpu.h"
#include "stack.h"
#include "compat/stack.h"

/* What both architectures have where the frame pointer points. */
struct user_frame {
	u64 next;	/* the caller's frame, at a higher address */
	u64 ret;
};

#define KERNEL_FRAMES	40	/* of ours and of the interrupt, then those that are wanted */

static u32 walk(u64 fp, u64 *ips, unsigned int count)
{
	struct user_frame frame;
	u64 above = 0;
	unsigned int i;

	for (i = 0; fp; i++) {
		if (fp % HFT_STACK_ALIGN || fp <= above)
			return HFT_STACK_BROKEN;
		if (copy_from_user_nofault(&frame, (const void __user *)fp, sizeof(frame)))
			return HFT_STACK_BROKEN;
		/* the outermost function returns nowhere */
		if (!frame.ret)
			return 0;
		if (i == count)
			return HFT_STACK_CUT;
		ips[i] = hft_stack_code(frame.ret);
		above = fp;
		fp = frame.next;
	}
	return 0;
}

u32 hft_stack_user(struct pt_regs *regs, u64 *ips, unsigned int count)
{
	memset(ips, 0, count * sizeof(*ips));
	/* a kernel thread has no user mode, whosever memory it may have on loan */
	if (!current->mm || current->flags & (PF_KTHREAD | HFT_PF_USER_WORKER))
		return 0;
	if (!regs)
		regs = task_pt_regs(current);
	if (!user_mode(regs) || !count)
		return 0;
	ips[0] = instruction_pointer(regs);
	if (hft_stack_compat(regs))
		return HFT_STACK_COMPAT;
	return walk(hft_stack_fp(regs), ips + 1, count - 1);
}

u32 hft_stack_kernel(u64 from, u64 *ips, unsigned int count)
{
	unsigned long found[KERNEL_FRAMES];
	unsigned int frames, first = 0, i;

	memset(ips, 0, count * sizeof(*ips));
	frames = stack_trace_save(found, ARRAY_SIZE(found), 1);
	if (from) {
		while (first < frames && found[first] != from)
			first++;
	}
	/* unwinding stopped short of it: say what is known */
	if (first == frames) {
		if (count)
			ips[0] = hft_shown(from);
		return from ? HFT_STACK_KERNEL_BROKEN : 0;
	}
	for (i = 0; i < count && first + i < frames; i++)
		ips[i] = hft_shown(found[first + i]);
	return first + i < frames || frames == ARRAY_SIZE(found) ? HFT_STACK_KERNEL_CUT : 0;
}
