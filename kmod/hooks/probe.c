// SPDX-License-Identifier: GPL-2.0
/*
 * probe: what the probes of ../probe.c run. A probe of the kernel may be hit
 * in any context and with preemption off; one of user mode in task context,
 * preemptible, after the trap that brought the task into the kernel.
 */
#include "compat/stack.h"
#include "frame.h"
#include "hook.h"
#include "probe.h"

#define ARGS	6

/* A register's value: what looks like a kernel address is one. Errors do not. */
static __always_inline u64 shown_value(u64 value)
{
	return value >= (u64)-MAX_ERRNO ? value : hft_shown(value);
}

static __always_inline void fill_args(u64 *args, struct pt_regs *regs)
{
	unsigned int i;

	for (i = 0; i < ARGS; i++)
		args[i] = shown_value(regs_get_kernel_argument(regs, i));
}

/* A 32-bit program passes them elsewhere. */
static __always_inline void fill_user_args(u64 *args, struct pt_regs *regs)
{
	unsigned int i;

	for (i = 0; i < ARGS; i++)
		args[i] = hft_stack_compat(regs) ? 0 : regs_get_kernel_argument(regs, i);
}

static __always_inline void
record_hit(const struct hft_probe_at *probe, u64 ip, struct pt_regs *regs, bool user)
{
	const struct task_struct *task = current;
	const struct hft_entry e = hft_reserve(hft_ring(), 3, false);
	struct hft_rec_probe *rec = (struct hft_rec_probe *)e.slot->arg;

	rec->ip = ip;
	rec->tid = task->pid;
	rec->tgid = task->tgid;
	rec->probe = probe->id;
	rec->reserved = 0;
	if (user)
		fill_user_args(rec->args, regs);
	else
		fill_args(rec->args, regs);
	rec->reserved2 = 0;
	hft_commit(e, HFT_REC_PROBE, 3, user ? HFT_CTX_TASK : hft_level());
	__this_cpu_inc(*probe->hits);
}

static __always_inline unsigned long task_switches(const struct task_struct *task)
{
	return task->nvcsw + task->nivcsw;
}

/* Its args are the caller's to fill, before. */
static __always_inline void begin_call(struct hft_call *call)
{
	struct hft_start start;

	call->cpu = smp_processor_id();
	call->tag = hft_frame_tag(HFT_HOOK_PROBE);
	call->switches = task_switches(current);
	start = hft_start_now(hft_ring());
	call->nested = start.nested;
	call->start = start.tsc;
}

/* Was the CPU where it began armed anew since, so that its time is not to be trusted? */
static __always_inline bool is_of_this_arming(const struct hft_call *call)
{
	const u64 armed = READ_ONCE(per_cpu(hft_cpu.armed, call->cpu));

	return call->tag == ((u32)(armed >> (HFT_GENERATION_SHIFT - 8)) | HFT_HOOK_PROBE);
}

/* NULL: the call began unseen. */
static __always_inline void
record_call(const struct hft_probe_at *probe, const struct hft_call *call, s64 ret, u8 ctx)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 3, true);
	struct hft_rec_call *rec = (struct hft_rec_call *)e.slot->arg;
	unsigned long switches = 0;

	if (call) {
		switches = task_switches(current) - call->switches;
		rec->duration = e.tsc - call->start;
		rec->net = switches ? 0 : rec->duration - (e.nested - call->nested);
		memcpy(rec->args, call->args, sizeof(rec->args));
	} else {
		rec->duration = 0;
		rec->net = 0;
		memset(rec->args, 0, sizeof(rec->args));
		ctx |= HFT_CTX_CONTINUED;
	}
	rec->ret = ret;
	rec->tid = current->pid;
	rec->probe = probe->id;
	rec->switches = min_t(unsigned long, switches, U16_MAX);
	hft_commit(e, HFT_REC_CALL, 3, ctx);
	__this_cpu_inc(*probe->hits);
}

/* ----------------------------------------------------------------- kernel */

static int kernel_hit(struct kprobe *kp, struct pt_regs *regs)
{
	const struct hft_probe_at *probe = container_of(kp, struct hft_probe_at, kernel.kp);

	if (hft_armed(HFT_HOOK_PROBE))
		record_hit(probe, hft_shown((unsigned long)kp->addr), regs, false);
	return 0;
}

NOKPROBE_SYMBOL(kernel_hit);

/* Not 0: this call is left out. */
static int kernel_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct hft_call *call = (struct hft_call *)ri->data;

	if (!hft_armed_start(HFT_HOOK_PROBE))
		return 1;
	fill_args(call->args, regs);
	begin_call(call);
	return 0;
}

NOKPROBE_SYMBOL(kernel_enter);

static int kernel_leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kretprobe *rp = get_kretprobe(ri);
	const struct hft_call *call = (const struct hft_call *)ri->data;
	const u64 ret = shown_value(regs_return_value(regs));

	/* removed meanwhile */
	if (!rp || !hft_armed(HFT_HOOK_PROBE))
		return 0;
	record_call(container_of(rp, struct hft_probe_at, kernel),
		    is_of_this_arming(call) ? call : NULL, ret, hft_level());
	return 0;
}

NOKPROBE_SYMBOL(kernel_leave);

/* ------------------------------------------------------------------- user */

static bool user_filter(HFT_UPROBE_FILTER_ARGS)
{
	const struct hft_probe_at *probe = container_of(self, struct hft_probe_at, user);

	return !probe->mm || probe->mm == mm;
}

/* A child of the one process has its breakpoints, too: they go when they are hit. */
static __always_inline bool is_strange(const struct hft_probe_at *probe)
{
	return probe->mm && probe->mm != current->mm;
}

static int user_hit(HFT_UPROBE_ARGS)
{
	const struct hft_probe_at *probe = container_of(self, struct hft_probe_at, user);

	if (is_strange(probe))
		return UPROBE_HANDLER_REMOVE;
	preempt_disable_notrace();
	if (hft_armed(HFT_HOOK_PROBE))
		record_hit(probe, instruction_pointer(regs), regs, true);
	preempt_enable_notrace();
	return 0;
}

static int user_enter(HFT_UPROBE_ARGS)
{
	const struct hft_probe_at *probe = container_of(self, struct hft_probe_at, user);
	const u64 key = hft_call_key(regs, true);
	struct hft_call call;

	if (is_strange(probe))
		return UPROBE_HANDLER_REMOVE;
	preempt_disable_notrace();
	if (hft_armed_start(HFT_HOOK_PROBE)) {
		fill_user_args(call.args, regs);
		begin_call(&call);
		hft_open_calls_enter(probe->calls, key, &call);
	} else {
		hft_open_calls_enter(probe->calls, key, NULL);
	}
	preempt_enable_notrace();
	return 0;
}

static int user_leave(HFT_URETPROBE_ARGS)
{
	const struct hft_probe_at *probe = container_of(self, struct hft_probe_at, user);
	const s64 ret = regs_return_value(regs);
	struct hft_call call;
	bool seen;

	/* a child that was forked inside of the call returns from it, too */
	if (is_strange(probe))
		return 0;
	preempt_disable_notrace();
	seen = hft_open_calls_leave(probe->calls, hft_call_key(regs, false), &call);
	if (hft_armed(HFT_HOOK_PROBE))
		record_call(probe, seen && is_of_this_arming(&call) ? &call : NULL, ret,
			    HFT_CTX_TASK);
	preempt_enable_notrace();
	return 0;
}

void hft_probe_set_handlers(struct hft_probe_at *probe)
{
	switch (probe->kind) {
	case HFT_PROBE_KERNEL:
		probe->kernel.kp.pre_handler = kernel_hit;
		break;
	case HFT_PROBE_KERNEL_CALL:
		probe->kernel.entry_handler = kernel_enter;
		probe->kernel.handler = kernel_leave;
		probe->kernel.data_size = sizeof(struct hft_call);
		break;
	case HFT_PROBE_USER:
		probe->user.handler = user_hit;
		probe->user.filter = user_filter;
		break;
	case HFT_PROBE_USER_CALL:
		probe->user.handler = user_enter;
		probe->user.ret_handler = user_leave;
		probe->user.filter = user_filter;
		break;
	}
}

/* ----------------------------------------------------------------- silent */

static int silent_hit(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

NOKPROBE_SYMBOL(silent_hit);

static int silent_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 1;
}

NOKPROBE_SYMBOL(silent_enter);

static int silent_leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}

NOKPROBE_SYMBOL(silent_leave);

static int silent_user(HFT_UPROBE_ARGS)
{
	return 0;
}

static int silent_user_leave(HFT_URETPROBE_ARGS)
{
	return 0;
}

/* The kernel loads them at each hit: no CPU has to be told, and none that hits pays for a test. */
void hft_probe_silence(struct hft_probe_at *probe)
{
	switch (probe->kind) {
	case HFT_PROBE_KERNEL:
		WRITE_ONCE(probe->kernel.kp.pre_handler, silent_hit);
		break;
	case HFT_PROBE_KERNEL_CALL:
		WRITE_ONCE(probe->kernel.entry_handler, silent_enter);
		WRITE_ONCE(probe->kernel.handler, silent_leave);
		break;
	case HFT_PROBE_USER_CALL:
		WRITE_ONCE(probe->user.ret_handler, silent_user_leave);
		fallthrough;
	case HFT_PROBE_USER:
		WRITE_ONCE(probe->user.handler, silent_user);
		break;
	}
}

/* Attaching is free: what costs is each probe, when it is added. */
struct hft_hook hft_hook_probe = {
	.id		= HFT_HOOK_PROBE,
	.name		= "probe",
	.summary	= "probes of functions, added by 'hftrace probe'; without them nothing",
	.missed		= hft_probes_missed,
	.detach		= hft_probes_remove_all,
};
