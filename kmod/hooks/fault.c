// SPDX-License-Identifier: GPL-2.0
/* fault: x86 page faults, at their start; the visit around one has its length. */
#include "compat/fault_trace.h"
#include "hook.h"
#include "hooks/fault_record.h"

static notrace void probe_user(void *data, unsigned long address, struct pt_regs *regs,
			       unsigned long error_code)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_FAULT))
		hft_fault_of_user(address, regs->ip, error_code);
	hft_exit();
}

HFT_PROVE(page_fault_user, probe_user)

static notrace void probe_kernel(void *data, unsigned long address, struct pt_regs *regs,
				 unsigned long error_code)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_FAULT))
		hft_fault_of_kernel(address, regs->ip, error_code);
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
