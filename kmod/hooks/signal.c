// SPDX-License-Identifier: GPL-2.0
/*
 * signal: a signal is sent, recorded in its sender, and delivered, recorded in
 * its receiver.
 */
#include <linux/sched/signal.h>
#include <trace/events/signal.h>

#include "hook.h"
#include "ring_write.h"

/*
 * A signal may come without its siginfo: from a process that is known no more,
 * from the kernel, or SIGKILL of a whole group.
 */
static __always_inline bool is_special(const struct kernel_siginfo *info)
{
	return info == SEND_SIG_NOINFO || info == SEND_SIG_PRIV;
}

static __always_inline s32 code(const struct kernel_siginfo *info)
{
	if (is_special(info))
		return info == SEND_SIG_NOINFO ? SI_USER : SI_KERNEL;
	return info->si_code;
}

/* What was touched, of a signal that a fault of the task itself has raised. */
static __always_inline u64 fault_address(const struct kernel_siginfo *info)
{
	const u32 with_address = BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGBUS) | BIT(SIGFPE) |
				 BIT(SIGSEGV);

	if (is_special(info) || info->si_signo >= 32 || !(with_address & BIT(info->si_signo)) ||
	    info->si_code <= 0 || info->si_code == SI_KERNEL)
		return 0;
	return (uintptr_t)info->si_addr;
}

/* The pid that siginfo has, 0 when it has none: faults, timers, the kernel itself. */
static __always_inline s32 sender(const struct kernel_siginfo *info)
{
	if (is_special(info))
		return 0;
	switch (info->si_code) {
	case SI_USER:
	case SI_QUEUE:
	case SI_TKILL:
	case SI_MESGQ:
		return info->si_pid;
	default:
		return info->si_signo == SIGCHLD && info->si_code > 0 &&
		       info->si_code != SI_KERNEL ? info->si_pid : 0;
	}
}

static __always_inline void
record_sent(int sig, const struct kernel_siginfo *info, const struct task_struct *to, int group,
	    int result)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_signal *rec = (struct hft_rec_signal *)e.slot->arg;

	rec->sig = sig;
	rec->code = code(info);
	rec->tid = to->pid;
	rec->tgid = to->tgid;
	rec->by_tid = current->pid;
	rec->by_tgid = current->tgid;
	rec->group = !!group;
	rec->result = result;
	rec->handler = 0;
	rec->address = fault_address(info);
	hft_commit(e, HFT_REC_SIGNAL, 2, hft_level());
}

static notrace void probe_generate(void *data, int sig, struct kernel_siginfo *info,
				   struct task_struct *task, int group, int result)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_SIGNAL))
		record_sent(sig, info, task, group, result);
	hft_exit();
}

HFT_PROVE(signal_generate, probe_generate)

static __always_inline void
record_delivered(int sig, const struct kernel_siginfo *info, const struct k_sigaction *action)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_signal *rec = (struct hft_rec_signal *)e.slot->arg;

	rec->sig = sig;
	rec->code = code(info);
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rec->by_tid = sender(info);
	rec->by_tgid = 0;
	rec->group = 0;
	rec->result = 0;
	rec->handler = (uintptr_t)action->sa.sa_handler;
	rec->address = fault_address(info);
	hft_commit(e, HFT_REC_SIGNAL_DELIVER, 2, HFT_CTX_TASK);
}

static notrace void probe_deliver(void *data, int sig, struct kernel_siginfo *info,
				  struct k_sigaction *action)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_SIGNAL))
		record_delivered(sig, info, action);
	hft_exit();
}

HFT_PROVE(signal_deliver, probe_deliver)

static struct hft_tap taps[] = {
	HFT_TAP("signal_generate", probe_generate),
	HFT_TAP("signal_deliver", probe_deliver),
};

struct hft_hook hft_hook_signal = {
	.id		= HFT_HOOK_SIGNAL,
	.name		= "signal",
	.summary	= "signals, as they are sent and as they are delivered",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
