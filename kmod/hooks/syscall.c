// SPDX-License-Identifier: GPL-2.0
/*
 * syscall: system calls, as intervals of a task. A module has no room in
 * task_struct, so the CPU remembers the call of the task that it runs; when
 * that task is switched out inside, the segment is closed there and then, and
 * the end, wherever it comes, is flagged CONTINUED.
 *
 * Attaching sets a work flag on every task of the machine, so each call of
 * each of them costs more even while nothing is armed.
 */
#include <asm/syscall.h>
#include <trace/events/sched.h>
#include <trace/events/syscalls.h>

#include "frame.h"
#include "hook.h"

static void probe_enter(void *data, struct pt_regs *regs, long nr)
{
	struct hft_cpu *cpu;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_SYSCALL);
	if (cpu && hft_task_wanted(cpu)) {
		cpu->syscall_nr = nr;
		cpu->syscall_tag = hft_frame_tag(cpu, HFT_HOOK_SYSCALL);
		cpu->syscall_nested = READ_ONCE(cpu->ctl->nested);
		cpu->syscall_start = hft_clock();
		/* an interrupt's sched_switch probe looks at the tid first */
		barrier();
		WRITE_ONCE(cpu->syscall_tid, current->pid);
	}
	hft_exit();
}

HFT_PROVE(sys_enter, probe_enter)

/* Is `task`'s call the one that the CPU remembers, and of this arming? */
static __always_inline bool remembered(const struct hft_cpu *cpu, const struct task_struct *task)
{
	return cpu->syscall_tid == task->pid &&
	       cpu->syscall_tag == hft_frame_tag(cpu, HFT_HOOK_SYSCALL);
}

static __always_inline struct hft_rec_syscall *
fill(struct hft_cpu *cpu, struct hft_entry *e, long nr, long ret, bool seen)
{
	struct hft_rec_syscall *rec;
	struct hft_length len = { 0 };

	*e = hft_reserve(cpu, 3, true);
	if (seen)
		len = hft_length(e, cpu->syscall_start, cpu->syscall_nested);
	rec = (struct hft_rec_syscall *)e->slot->arg;
	rec->duration = len.duration;
	rec->net = len.net;
	rec->nr = nr;
	rec->tid = current->pid;
	rec->ret = ret;
	return rec;
}

static void probe_exit(void *data, struct pt_regs *regs, long ret)
{
	unsigned long args[6];
	struct hft_rec_syscall *rec;
	struct hft_cpu *cpu;
	struct hft_entry e;
	bool seen;
	long nr;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_SYSCALL);
	if (cpu && hft_task_wanted(cpu)) {
		seen = remembered(cpu, current);
		/* rt_sigreturn has put the interrupted code's number in the registers */
		nr = seen ? cpu->syscall_nr : syscall_get_nr(current, regs);
		cpu->syscall_tid = 0;
		rec = fill(cpu, &e, nr, ret, seen);
		syscall_get_arguments(current, regs, args);
		memcpy(rec->args, args, sizeof(args));
		hft_commit(&e, HFT_REC_SYSCALL, 3,
			   seen ? HFT_CTX_TASK : HFT_CTX_TASK | HFT_CTX_CONTINUED);
	}
	hft_exit();
}

HFT_PROVE(sys_exit, probe_exit)

static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct hft_rec_syscall *rec;
	struct hft_cpu *cpu;
	struct hft_entry e;
	bool open;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_SYSCALL);
	if (cpu && cpu->syscall_tid) {
		open = remembered(cpu, prev);
		cpu->syscall_tid = 0;
		if (open) {
			rec = fill(cpu, &e, cpu->syscall_nr, 0, true);
			memset(rec->args, 0, sizeof(rec->args));
			hft_commit(&e, HFT_REC_SYSCALL, 3, HFT_CTX_TASK | HFT_CTX_SWITCHED_OUT);
		}
	}
	hft_exit();
}

HFT_PROVE(sched_switch, probe_switch)

static struct hft_tap taps[] = {
	HFT_TAP("sched_switch", probe_switch),
	HFT_TAP("sys_enter", probe_enter),
	HFT_TAP("sys_exit", probe_exit),
};

struct hft_hook hft_hook_syscall = {
	.id		= HFT_HOOK_SYSCALL,
	.name		= "syscall",
	.summary	= "system calls, as intervals with number, arguments and result",
	.flags		= HFT_HOOK_COSTLY,
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
