// SPDX-License-Identifier: GPL-2.0
#include <hftrace/abi.h>
#include <stdio.h>
#include <string.h>

#include "lib/cause_text.h"
#include "lib/causes.h"
#include "lib/irqs.h"
#include "lib/mmcalls.h"
#include "lib/own_code.h"
#include "lib/senders.h"
#include "lib/symbols.h"
#include "lib/syscalls.h"
#include "lib/tasks.h"

const char *cause_name(enum cause cause)
{
	static const char *const names[CAUSES] = {
		[CAUSE_USER] = "user",
		[CAUSE_IRQ] = "irq",
		[CAUSE_SOFTIRQ] = "softirq",
		[CAUSE_VECTOR] = "vector",
		[CAUSE_NMI] = "nmi",
		[CAUSE_TLB_SHOOTDOWN] = "tlb_shootdown",
		[CAUSE_PAGE_FAULT] = "page_fault",
		[CAUSE_SYSCALL] = "syscall",
		[CAUSE_MMCALL] = "mmcall",
		[CAUSE_RECLAIM] = "reclaim",
		[CAUSE_COMPACTION] = "compaction",
		[CAUSE_COREDUMP] = "coredump",
		[CAUSE_SIGNAL] = "signal",
		[CAUSE_HRTIMER] = "hrtimer",
		[CAUSE_TIMER] = "timer",
		[CAUSE_WORK] = "work",
		[CAUSE_OFF_CPU] = "off_cpu",
		[CAUSE_KERNEL_ENTRY] = "kernel_entry",
		[CAUSE_STEAL] = "steal",
		[CAUSE_HIDDEN] = "hidden",
		[CAUSE_OWN_CODE] = "own_code",
		[CAUSE_UNEXPLAINED] = "unexplained",
		[CAUSE_LOST] = "lost",
		[CAUSE_NOT_RECORDED] = "not_recorded",
		[CAUSE_VISIT] = "visit",
		[CAUSE_TASK] = "task",
	};

	return cause < CAUSES ? names[cause] : "?";
}

static const char *task_text(const struct causes *causes, __u32 number, char *buf, size_t size)
{
	const struct task *task = tasks_get(causes_namer(causes)->tasks, number);

	if (!task)
		snprintf(buf, size, "a task that was not recorded");
	else if (!task->tid)
		snprintf(buf, size, "idle");
	else
		snprintf(buf, size, "%s/%d", task->comm[0] ? task->comm : "?", task->tid);
	return buf;
}

static void fault_text(struct causes *causes, const struct culprit *culprit, char *buf,
		       size_t size)
{
	const struct namer *namer = causes_namer(causes);
	const char *kind = culprit->flags & CULPRIT_MAJOR ? "major" : "minor";
	char code[SYMBOLS_TEXT], area[SYMBOLS_TEXT];
	const char *access = culprit->flags & HFT_FAULT_INSTRUCTION ? "execute" :
			     culprit->flags & HFT_FAULT_WRITE ? "write" : "read";

	if (culprit->flags & CULPRIT_CLASS) {
		snprintf(buf, size, "%s, in %s mode", kind,
			 culprit->flags & CULPRIT_KERNEL ? "kernel" : "user");
		return;
	}
	if (culprit->flags & CULPRIT_NO_RECORD) {
		snprintf(buf, size, "%s, address not recorded", kind);
		return;
	}
	if (culprit->flags & CULPRIT_KERNEL)
		symbols_kernel(namer->symbols, culprit->address, code, sizeof(code));
	else
		symbols_user(namer->symbols, culprit->tgid, culprit->address, code, sizeof(code));
	if (!culprit->address)
		snprintf(code, sizeof(code), "hidden code");
	symbols_mapping(namer->symbols, culprit->tgid, culprit->data, area, sizeof(area));
	snprintf(buf, size, "%s %s%s by %s at 0x%llx in %s", kind, access,
		 culprit->flags & CULPRIT_KERNEL ? " in the kernel" : "", code, culprit->data,
		 area);
}

static const char *state_text(__s32 state)
{
	switch (state) {
	case SLEPT_INTERRUPTIBLE: return "sleeping";
	case SLEPT_UNINTERRUPTIBLE: return "uninterruptible";
	case SLEPT_STOPPED: return "stopped";
	case SLEPT_TRACED: return "traced";
	case SLEPT_DEAD:
	case SLEPT_ZOMBIE: return "exiting";
	case SLEPT_PARKED: return "parked";
	default: return "waiting";
	}
}

static void off_cpu_text(struct causes *causes, const struct culprit *culprit, char *buf,
			 size_t size)
{
	const struct task *task = tasks_get(causes_namer(causes)->tasks, culprit->task);
	char who[64], waker[64], work[SYMBOLS_TEXT], why[SYMBOLS_TEXT + 16] = "";
	const char *call;

	task_text(causes, culprit->task, who, sizeof(who));
	task_text(causes, culprit->other, waker, sizeof(waker));
	switch ((enum off_cpu_kind)culprit->kind) {
	case OFF_CPU_PREEMPTED:
		if (culprit->data)
			snprintf(why, sizeof(why), " for %s",
				 symbols_kernel(causes_namer(causes)->symbols, culprit->data, work,
						sizeof(work)));
		if (culprit->flags & CULPRIT_MOVED)
			snprintf(buf, size, "moved from CPU %d to CPU %d, which was idle, by %s",
				 culprit->tgid, culprit->number, waker);
		else if (task && !task->tid)
			snprintf(buf, size, "woken late: CPU %d was idle", culprit->number);
		else if (culprit->other == TASK_NONE)
			snprintf(buf, size, "%s had CPU %d%s", who, culprit->number, why);
		else
			snprintf(buf, size, "%s had CPU %d%s, woken by %s", who, culprit->number,
				 why, waker);
		return;
	case OFF_CPU_SLEPT:
		if (SLEPT_WHY(culprit->address) == 1) {
			call = syscall_name(causes_namer(causes)->machine, (__s32)culprit->address);
			snprintf(why, sizeof(why), " in %s", call ? call : "a system call");
		} else if (SLEPT_WHY(culprit->address) == 2) {
			snprintf(why, sizeof(why), " in a page fault");
		}
		if (culprit->task == TASK_NONE)
			snprintf(buf, size, "%s%s, waker not recorded", state_text(culprit->number),
				 why);
		else
			snprintf(buf, size, "%s%s until woken by %s%s", state_text(culprit->number),
				 why, culprit->flags & CULPRIT_INTERRUPT ?
				 "an interrupt over " : "", who);
		return;
	case OFF_CPU_UNSEEN:
		snprintf(buf, size, "on or waiting for CPU %d, which was not recorded",
			 culprit->number);
		return;
	case OFF_CPU_UNKNOWN:
		snprintf(buf, size, "since before the recording");
		return;
	}
}

static void entry_text(struct causes *causes, const struct culprit *culprit, char *buf,
		       size_t size)
{
	const struct culprit *inside = causes_get(causes, culprit->other);
	char who[64], next[64];

	if (culprit->flags & CULPRIT_CLASS) {
		snprintf(buf, size, culprit->kind == KERNEL_ENTRY_SWITCH ? "around task switches" :
			 "around system calls");
		return;
	}
	switch ((enum kernel_entry_kind)culprit->kind) {
	case KERNEL_ENTRY_BARE:
		snprintf(buf, size, "system call or exception that no hook saw");
		return;
	case KERNEL_ENTRY_AROUND:
		snprintf(buf, size, "around %s %s", inside ? cause_name(inside->cause) : "?",
			 inside ? causes_text(causes, culprit->other) : "");
		return;
	case KERNEL_ENTRY_DELIVERY:
		snprintf(buf, size, "delivery of %s %s", inside ? cause_name(inside->cause) : "?",
			 inside ? causes_text(causes, culprit->other) : "");
		return;
	case KERNEL_ENTRY_PROBE:
		snprintf(buf, size, "traps of the probe itself");
		return;
	case KERNEL_ENTRY_SWITCH:
		snprintf(buf, size, "task switch from %s to %s",
			 task_text(causes, culprit->task, who, sizeof(who)),
			 task_text(causes, culprit->other, next, sizeof(next)));
		return;
	}
}

/* The sender as senders.h has it. */
static struct sender sender_of(const struct causes *causes, const struct culprit *culprit)
{
	const struct task *task = tasks_get(causes_namer(causes)->tasks, culprit->task);
	struct sender sender = { .kind = culprit->other, .cpu = culprit->tgid,
				 .function = culprit->data };

	if (!(culprit->flags & CULPRIT_SENT)) {
		sender.state = SENDER_NO_NEED;
	} else if (culprit->flags & CULPRIT_INTERRUPT) {
		sender.state = SENDER_KNOWN;
		sender.interrupt = true;
		sender.caller = culprit->cause == CAUSE_NMI ? 0 : culprit->address;
	} else if (!task) {
		sender.state = SENDER_NOT_RECORDED;
	} else {
		sender.state = SENDER_KNOWN;
		sender.tid = task->tid;
		snprintf(sender.comm, sizeof(sender.comm), "%.16s",
			 task->tid ? task->comm : "idle");
	}
	return sender;
}

void causes_sender_json(const struct causes *causes, __u32 number, struct json *json)
{
	const struct culprit *culprit = causes_get(causes, number);
	struct sender sender = sender_of(causes, culprit);

	sender_json(&sender, causes_namer(causes)->symbols, json);
}

/* "dl_task_timer in an interrupt" */
static void interrupt_text(const struct causes *causes, const struct sender *sender, char *buf,
			   size_t size)
{
	char code[SYMBOLS_TEXT] = "";

	if (sender->caller)
		symbols_kernel(causes_namer(causes)->symbols, sender->caller, code, sizeof(code));
	/* the function is enough */
	code[strcspn(code, "+")] = '\0';
	snprintf(buf, size, "%s%san interrupt", code, code[0] ? " in " : "");
}

/* ": membarrier by sender/123 on CPU 0", behind `name`, the interrupt's; kinds of that name go. */
static void sent_text(const struct causes *causes, const struct culprit *culprit,
		      const char *name, char *buf, size_t size)
{
	const struct sender sender = sender_of(causes, culprit);
	const char *kind = ipi_kind_name(sender.kind), *function;
	char symbol[SYMBOLS_TEXT], who[SYMBOLS_TEXT + 32], what[SYMBOLS_TEXT + 32] = "";

	if (sender.state == SENDER_NOT_RECORDED) {
		snprintf(buf, size, "%s%ssender not recorded", name, name[0] ? ", " : "");
		return;
	}
	function = sender_function(&sender, causes_namer(causes)->symbols, symbol,
				   sizeof(symbol));
	/* of the other kinds the function says no more than the kind */
	if (sender.kind != HFT_IPI_CALL && sender.kind != HFT_IPI_REMOTE_WORK &&
	    sender.kind != HFT_IPI_IRQ_WORK)
		function = NULL;
	if (kind && strcmp(kind, name) && name[0] && culprit->cause != CAUSE_TLB_SHOOTDOWN)
		snprintf(what, sizeof(what), ": %s", kind);
	if (sender.interrupt)
		interrupt_text(causes, &sender, who, sizeof(who));
	else
		task_text(causes, culprit->task, who, sizeof(who));
	snprintf(buf, size, "%s%s%s%s%s%s on CPU %d", name, what, function ? " of " : "",
		 function ? function : "", name[0] ? " by " : "", who, sender.cpu);
}

static void signal_text(const struct causes *causes, const struct culprit *culprit, char *buf,
			size_t size)
{
	const char *name = sigabbrev_np(culprit->number);
	char who[64], sig[32];

	if (name)
		snprintf(sig, sizeof(sig), "SIG%s", name);
	else
		snprintf(sig, sizeof(sig), "signal %d", culprit->number);
	task_text(causes, culprit->task, who, sizeof(who));
	switch ((enum signal_kind)culprit->kind) {
	case SIGNAL_TASK:
		snprintf(buf, size, "%s from %s", sig, who);
		return;
	case SIGNAL_KERNEL:
		snprintf(buf, size, "%s from the kernel, over %s", sig, who);
		return;
	case SIGNAL_INTERRUPT:
		snprintf(buf, size, "%s from an interrupt: a timer", sig);
		return;
	case SIGNAL_FAULT:
		snprintf(buf, size, "%s, raised by the code itself", sig);
		return;
	case SIGNAL_UNKNOWN:
		snprintf(buf, size, "%s, sender not recorded", sig);
		return;
	}
}

/* In whom memory was short, or was being moved, or was written to a core. */
static void memory_text(const struct causes *causes, const struct culprit *culprit, char *buf,
			size_t size)
{
	const char *name = sigabbrev_np(culprit->number);
	char who[64];

	task_text(causes, culprit->task, who, sizeof(who));
	if (culprit->cause == CAUSE_COREDUMP)
		snprintf(buf, size, "%s, killed by SIG%s", who, name ? name : "?");
	else if (culprit->cause == CAUSE_COMPACTION)
		snprintf(buf, size, "by %s", who);
	else
		snprintf(buf, size, "%s, in %s", culprit->kind == HFT_RECLAIM_DIRECT ?
			 "direct: the machine is short of memory" :
			 culprit->kind == HFT_RECLAIM_LIMIT ? "a memory cgroup met its limit" :
			 "a memory cgroup is over its soft limit", who);
}

/* The function of a timer or a work item, and for whom it ran. */
static void function_text(const struct causes *causes, const struct culprit *culprit, char *buf,
			  size_t size)
{
	char function[SYMBOLS_TEXT] = "a function whose address is hidden", who[64];

	if (culprit->address)
		symbols_kernel(causes_namer(causes)->symbols, culprit->address, function,
			       sizeof(function));
	task_text(causes, culprit->task, who, sizeof(who));
	if (culprit->cause == CAUSE_HRTIMER && culprit->kind)
		snprintf(buf, size, "%s, kept by %s while %s ran", function,
			 tick_dependency_name(culprit->kind), who);
	else if (culprit->cause == CAUSE_WORK && culprit->task != TASK_NONE)
		snprintf(buf, size, "%s, queued by %s", function, who);
	else
		snprintf(buf, size, "%s", function);
}

static void hidden_text(const struct culprit *culprit, char *buf, size_t size)
{
	if (culprit->kind == HFT_HIDDEN_SMI)
		snprintf(buf, size, "system management interrupts were counted about then");
	else
		snprintf(buf, size, "the clock went from %u to %u MHz about then",
			 (__u32)(culprit->data >> 32) / 1000, (__u32)culprit->data / 1000);
}

/* By a thread that was to make none, so its place is known. */
static void call_text(struct causes *causes, const struct culprit *culprit, const char *name,
		      char *buf, size_t size)
{
	char code[SYMBOLS_TEXT];

	symbols_user(causes_namer(causes)->symbols, culprit->tgid, culprit->address, code,
		     sizeof(code));
	if (name)
		snprintf(buf, size, "%s at %s, by a thread that was to make none", name, code);
	else
		snprintf(buf, size, "system call %d at %s, by a thread that was to make none",
			 culprit->number, code);
}

const char *cause_text(struct causes *causes, const struct culprit *culprit, char *buf,
		       size_t size)
{
	const struct namer *namer = causes_namer(causes);
	char handler[SYMBOLS_TEXT];
	const char *name = NULL;

	buf[0] = '\0';
	if (culprit->flags == CULPRIT_OTHERS) {
		snprintf(buf, size, "others, too many to tell apart");
		return buf;
	}
	switch ((enum cause)culprit->cause) {
	case CAUSE_USER:
		snprintf(buf, size, culprit->kind == OWN_TIME_SEEN ? "own code" :
			 "own code, and kernel time that no hook saw");
		return buf;
	case CAUSE_IRQ:
		name = irqs_name(namer->irqs, (__u32)culprit->number);
		snprintf(buf, size, "%d%s%s", culprit->number, name ? " " : "", name ? name : "");
		return buf;
	case CAUSE_SOFTIRQ:
		name = softirq_name((__u32)culprit->number);
		break;
	case CAUSE_VECTOR:
		name = vector_name(culprit->kind);
		if (!name || !(culprit->flags & CULPRIT_SENT))
			break;
		sent_text(causes, culprit, name, buf, size);
		return buf;
	case CAUSE_NMI:
		snprintf(handler, sizeof(handler), "handler's address is hidden");
		if (culprit->address)
			symbols_kernel(namer->symbols, culprit->address, handler, sizeof(handler));
		if (culprit->flags & CULPRIT_SENT)
			sent_text(causes, culprit, handler, buf, size);
		else
			snprintf(buf, size, "%s", handler);
		return buf;
	case CAUSE_TLB_SHOOTDOWN:
		name = culprit->number ? mmcall_name((__u32)culprit->number - 1) : NULL;
		sent_text(causes, culprit, name ? name : "", buf, size);
		return buf;
	case CAUSE_PAGE_FAULT:
		fault_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_SYSCALL:
		name = syscall_name(causes_namer(causes)->machine, culprit->number);
		if (!(culprit->flags & CULPRIT_FORBIDDEN))
			break;
		call_text(causes, culprit, name, buf, size);
		return buf;
	case CAUSE_MMCALL:
		name = mmcall_name(culprit->kind);
		break;
	case CAUSE_RECLAIM:
	case CAUSE_COMPACTION:
	case CAUSE_COREDUMP:
		memory_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_SIGNAL:
		signal_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_HRTIMER:
	case CAUSE_TIMER:
	case CAUSE_WORK:
		function_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_HIDDEN:
		hidden_text(culprit, buf, size);
		return buf;
	case CAUSE_OFF_CPU:
		off_cpu_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_KERNEL_ENTRY:
		entry_text(causes, culprit, buf, size);
		return buf;
	case CAUSE_STEAL:
		snprintf(buf, size, "the hypervisor ran something else%s",
			 culprit->kind == STEAL_COUNTED ? ", as much as was counted about then" :
			 "");
		return buf;
	case CAUSE_OWN_CODE:
		return own_code_text(causes, culprit, buf, size);
	case CAUSE_UNEXPLAINED:
		if (culprit->kind == OWN_TIME_COUNTED)
			snprintf(buf, size,
				 "own time beyond the usual, with its usual instructions and cycles: hidden time");
		else
			snprintf(buf, size,
				 "own time %s beyond the usual, nothing seen: its code, or hidden time",
				 culprit->kind == OWN_TIME_SEEN ? "in user mode" : "on the CPU");
		return buf;
	case CAUSE_LOST:
		snprintf(buf, size, "records of CPU %d were lost here", culprit->number);
		return buf;
	case CAUSE_NOT_RECORDED:
		if (culprit->kind == NOT_RECORDED_TIME)
			snprintf(buf, size, "outside of the recording of CPU %d", culprit->number);
		else if (culprit->kind == NOT_RECORDED_CPU)
			snprintf(buf, size, "ran on CPU %d, which was not traced", culprit->number);
		else
			snprintf(buf, size, "not known on which CPU the thread ran");
		return buf;
	case CAUSE_TASK:
		task_text(causes, culprit->task, buf, size);
		return buf;
	case CAUSE_VISIT:
	case CAUSES:
		return buf;
	}
	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "number %d", culprit->number);
	return buf;
}
