// SPDX-License-Identifier: GPL-2.0
/* See quiet.h. */
#include <linux/sched/isolation.h>
#include <linux/sched/task_stack.h>

#include "compat/quiet.h"
#include "compat/stack.h"
#include "hook.h"
#include "quiet.h"
#include "ring_write.h"
#include "stack.h"

enum hft_hook_id hft_quiet_source(unsigned int cpu)
{
	const u64 attached = hft_hooks_attached();

	if (HFT_VISITS_TELL_CALLS && attached & HFT_HOOK_BIT(HFT_HOOK_VISIT) &&
	    !housekeeping_test_cpu(cpu, HK_TYPE_TICK))
		return HFT_HOOK_VISIT;
	return attached & HFT_HOOK_BIT(HFT_HOOK_SYSCALL) ? HFT_HOOK_SYSCALL : HFT_HOOKS;
}

static bool is_quiet(s32 tid)
{
	int i;

	for (i = 0; i < HFT_QUIET_THREADS; i++) {
		if (__this_cpu_read(hft_cpu.quiet[i]) == tid)
			return true;
	}
	return false;
}

static noinline void record(const struct task_struct *task, struct pt_regs *regs, int nr)
{
	u64 user[ARRAY_SIZE(((struct hft_rec_syscall_stack *)NULL)->user)];
	const u32 flags = hft_stack_user(regs, user, ARRAY_SIZE(user));
	const u64 top = hft_stack_top(regs);
	const struct hft_entry e = hft_reserve(hft_ring(), 6, false);
	struct hft_rec_syscall_stack *rec = (struct hft_rec_syscall_stack *)e.slot->arg;

	rec->nr = nr;
	rec->tid = task->pid;
	rec->tgid = task->tgid;
	rec->flags = flags;
	memcpy(rec->user, user, sizeof(user));
	rec->top = top;
	hft_commit(e, HFT_REC_SYSCALL_STACK, 6, HFT_CTX_TASK);
}

/* Of an interrupt or a fault the number is -1. */
void hft_quiet_check(void)
{
	struct task_struct *task = current;
	struct pt_regs *regs = task_pt_regs(task);
	int nr;

	if (!is_quiet(task->pid))
		return;
	nr = syscall_get_nr(task, regs);
	if (nr >= 0)
		record(task, regs, nr);
}
