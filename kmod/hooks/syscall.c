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
#include <trace/events/syscalls.h>

#include "compat/sched_trace.h"
#include "frame.h"
#include "hook.h"

/* At the start: execve() and rt_sigreturn() leave other values in the registers. */
static __always_inline void remember(struct task_struct *task, struct pt_regs *regs, long nr)
{
	struct hft_cpu *cpu = this_cpu_ptr(&hft_cpu);
	const u32 tag = hft_frame_tag(HFT_HOOK_SYSCALL);
	const struct hft_start start = hft_start_now(hft_ring());

	cpu->syscall_nr = nr;
	cpu->syscall_tag = tag;
	cpu->syscall_nested = start.nested;
	cpu->syscall_start = start.tsc;
	syscall_get_arguments(task, regs, cpu->syscall_args);
	/* an interrupt's sched_switch probe looks at the tid first */
	barrier();
	WRITE_ONCE(cpu->syscall_tid, task->pid);
}

static notrace void probe_enter(void *data, struct pt_regs *regs, long nr)
{
	hft_enter();
	if (hft_armed_enter(HFT_HOOK_SYSCALL))
		remember(current, regs, nr);
	hft_exit();
}

HFT_PROVE(sys_enter, probe_enter)

/*
 * Forgets the call that the CPU remembers. Its start, if it is `task`'s and of
 * this arming.
 */
static __always_inline struct hft_start forget(const struct task_struct *task)
{
	struct hft_start start = { 0 };

	if (likely(__this_cpu_read(hft_cpu.syscall_tid) == task->pid &&
		   __this_cpu_read(hft_cpu.syscall_tag) == hft_frame_tag(HFT_HOOK_SYSCALL))) {
		start.tsc = __this_cpu_read(hft_cpu.syscall_start);
		start.nested = __this_cpu_read(hft_cpu.syscall_nested);
		start.seen = true;
	}
	__this_cpu_write(hft_cpu.syscall_tid, 0);
	return start;
}

/* The call, or a segment of it, that began where `start` says. */
static __always_inline void record(const struct hft_start start, s64 ret, u8 ctx)
{
	const struct hft_cpu *cpu = this_cpu_ptr(&hft_cpu);
	const struct hft_entry e = hft_reserve(hft_ring(), 3, true);
	struct hft_rec_syscall *rec = (struct hft_rec_syscall *)e.slot->arg;
	const struct hft_length len = hft_length(e, start);

	rec->duration = len.duration;
	rec->net = len.net;
	rec->nr = cpu->syscall_nr;
	rec->tid = current->pid;
	rec->ret = ret;
	memcpy(rec->args, cpu->syscall_args, sizeof(rec->args));
	hft_commit(e, HFT_REC_SYSCALL, 3, ctx);
}

/* The end of a call that began on another CPU, before a switch or before arming. */
static noinline notrace void record_continued(struct pt_regs *regs, s64 ret)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 3, false);
	struct hft_rec_syscall *rec = (struct hft_rec_syscall *)e.slot->arg;

	rec->duration = 0;
	rec->net = 0;
	rec->nr = syscall_get_nr(current, regs);
	rec->tid = current->pid;
	rec->ret = ret;
	syscall_get_arguments(current, regs, (unsigned long *)rec->args);
	hft_commit(e, HFT_REC_SYSCALL, 3, HFT_CTX_TASK | HFT_CTX_CONTINUED);
}

void hft_syscall_drop(void)
{
	struct hft_ring_ctl *ctl = hft_ring();
	const struct hft_start start = forget(current), end = hft_start_now(ctl);

	if (start.seen)
		hft_add_local(&ctl->nested, (end.tsc - start.tsc) - (end.nested - start.nested));
}

static __always_inline void record_end(struct pt_regs *regs, s64 ret)
{
	const struct hft_start start = forget(current);

	if (likely(start.seen))
		record(start, ret, HFT_CTX_TASK);
	else
		record_continued(regs, ret);
}

static notrace void probe_exit(void *data, struct pt_regs *regs, long ret)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_SYSCALL))
		record_end(regs, ret);
	hft_exit();
}

HFT_PROVE(sys_exit, probe_exit)

static notrace void probe_switch(void *data, bool preempt, struct task_struct *prev,
				 struct task_struct *next, unsigned int prev_state)
{
	struct hft_start start;

	hft_enter();
	if (hft_armed_start(HFT_HOOK_SYSCALL) && __this_cpu_read(hft_cpu.syscall_tid)) {
		start = forget(prev);
		if (start.seen)
			record(start, 0, HFT_CTX_TASK | HFT_CTX_SWITCHED_OUT);
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
