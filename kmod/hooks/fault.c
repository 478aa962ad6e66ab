// SPDX-License-Identifier: GPL-2.0
/* fault: x86 page faults, at their start; the visit around one has its length. */
#include "compat/fault_trace.h"
#include "hook.h"
#include "ring_write.h"

static __always_inline void record(const struct task_struct *task, u64 address, u64 ip,
				   u32 error_code, bool user)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_fault *rec = (struct hft_rec_fault *)e.slot->arg;

	rec->address = address;
	rec->ip = ip;
	rec->error_code = error_code;
	rec->tid = task->pid;
	rec->tgid = task->tgid;
	rec->user = user;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(e, HFT_REC_FAULT, 2, user ? HFT_CTX_TASK : hft_level());
}

static notrace void probe_user(void *data, unsigned long address, struct pt_regs *regs,
			       unsigned long error_code)
{
	struct task_struct *task;

	hft_enter();
	if (hft_armed(HFT_HOOK_FAULT)) {
		task = current;
		/* for the visit that it began: see visit.c */
		__this_cpu_write(hft_cpu.fault_task, task);
		__this_cpu_write(hft_cpu.fault_major, task->maj_flt);
		/* both addresses are user mode's own doing: there is nothing to hide */
		record(task, address, regs->ip, error_code, true);
	}
	hft_exit();
}

HFT_PROVE(page_fault_user, probe_user)

static notrace void probe_kernel(void *data, unsigned long address, struct pt_regs *regs,
				 unsigned long error_code)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_FAULT))
		record(current, hft_shown(address), hft_shown(regs->ip), error_code, false);
	hft_exit();
}

HFT_PROVE(page_fault_kernel, probe_kernel)

static struct hft_tap taps[] = {
	HFT_TAP("page_fault_user", probe_user),
	HFT_TAP("page_fault_kernel", probe_kernel),
};

struct hft_hook hft_hook_fault = {
	.id		= HFT_HOOK_FAULT,
	.name		= "fault",
	.summary	= "page faults with address, ip and kind",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
