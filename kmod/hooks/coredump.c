// SPDX-License-Identifier: GPL-2.0
/*
 * coredump: a thread writes the core of its process, an interval; its length
 * is 0 or little when limits or the pattern forbid it.
 */
#include <linux/ptrace.h>
#include <linux/signal_types.h>

#include "compat/coredump.h"
#include "hook.h"
#include "task_frame.h"

/* Its start, kept for the end: a core is never written without sleeping. */
static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kernel_siginfo *info = (void *)regs_get_kernel_argument(regs, 0);
	struct hft_rec_coredump *rec = (struct hft_rec_coredump *)ri->data;

	if (!hft_armed_start(HFT_HOOK_COREDUMP))
		return 1;
	rec->duration = 0;
	rec->net = 0;
	rec->sig = info->si_signo;
	rec->code = info->si_code;
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	memcpy(rec->comm, current->comm, TASK_COMM_LEN);
	hft_task_begin(HFT_HOOK_COREDUMP, 0, HFT_REC_COREDUMP, rec, sizeof(*rec));
	return 0;
}

static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct hft_rec_coredump *rec = (struct hft_rec_coredump *)ri->data;
	struct hft_task_end end;

	if (!hft_armed_end(HFT_HOOK_COREDUMP))
		return 0;
	end = hft_task_end(HFT_HOOK_COREDUMP, 0, sizeof(*rec));
	hft_task_copy(hft_task_payload(end.e), (const u64 *)rec + 2, sizeof(*rec));
	hft_task_commit(end, HFT_REC_COREDUMP, sizeof(*rec));
	return 0;
}

static struct hft_function functions[] = {
	{
		.symbol	= HFT_COREDUMP_SYMBOL,
		.enter	= enter,
		.leave	= leave,
		.data	= sizeof(struct hft_rec_coredump),
	},
};

struct hft_hook hft_hook_coredump = {
	.id		= HFT_HOOK_COREDUMP,
	.name		= "coredump",
	.summary	= "processes that write their core, as intervals",
	.functions	= functions,
	.functions_count = ARRAY_SIZE(functions),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
