// SPDX-License-Identifier: GPL-2.0
/* fault: x86 page faults, at their start; the visit around one has its length. */
#include <asm/trace/exceptions.h>

#include "hook.h"
#include "ring_write.h"

/* A user address stands as it is, a kernel's own only for who may see them. */
static __always_inline u64 shown(const struct hft_cpu *cpu, unsigned long address)
{
	return (long)address < 0 ? address & READ_ONCE(cpu->kernel_address_mask) : address;
}

static __always_inline void record(struct hft_cpu *cpu, unsigned long address,
				   const struct pt_regs *regs, unsigned long error_code,
				   bool user)
{
	struct hft_rec_fault *rec;
	struct hft_entry e;

	e = hft_reserve(cpu, 2, false);
	rec = (struct hft_rec_fault *)e.slot->arg;
	rec->address = shown(cpu, address);
	rec->ip = shown(cpu, regs->ip);
	rec->error_code = error_code;
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rec->user = user;
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(&e, HFT_REC_FAULT, 2, user ? HFT_CTX_TASK : hft_level());
}

static void probe_user(void *data, unsigned long address, struct pt_regs *regs,
		       unsigned long error_code)
{
	struct hft_cpu *cpu;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_FAULT);
	if (cpu && hft_task_wanted(cpu)) {
		/* for the visit that is open: see visit.c */
		if (!cpu->faults++) {
			cpu->fault_task = current;
			cpu->fault_major = current->maj_flt;
		}
		record(cpu, address, regs, error_code, true);
	}
	hft_exit();
}

HFT_PROVE(page_fault_user, probe_user)

static void probe_kernel(void *data, unsigned long address, struct pt_regs *regs,
			 unsigned long error_code)
{
	struct hft_cpu *cpu;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_FAULT);
	if (cpu && hft_task_wanted(cpu))
		record(cpu, address, regs, error_code, false);
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
