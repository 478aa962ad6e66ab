// SPDX-License-Identifier: GPL-2.0
/* tlb: TLB flushes, and who sent the shootdown that hit another CPU. */
#include <trace/events/tlb.h>

#include "hook.h"
#include "ring_write.h"

static __always_inline void record(int reason, unsigned long pages)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);
	struct hft_rec_tlb_flush *rec = (struct hft_rec_tlb_flush *)e.slot->arg;

	rec->reason = reason;
	rec->tid = current->pid;
	rec->pages = pages;
	hft_commit(e, HFT_REC_TLB_FLUSH, 1, hft_level());
}

static notrace void probe_flush(void *data, int reason, unsigned long pages)
{
	hft_enter();
	/* one for each switch of address spaces would only repeat "switch" */
	if (hft_armed(HFT_HOOK_TLB) && reason != TLB_FLUSH_ON_TASK_SWITCH)
		record(reason, pages);
	hft_exit();
}

HFT_PROVE(tlb_flush, probe_flush)

static const char *unsupported(void)
{
	if (IS_ENABLED(CONFIG_ARM64))
		return "the hardware tells other CPUs to flush: none of them is interrupted";
	return NULL;
}

static struct hft_tap taps[] = {
	HFT_TAP("tlb_flush", probe_flush),
};

struct hft_hook hft_hook_tlb = {
	.id		= HFT_HOOK_TLB,
	.name		= "tlb",
	.summary	= "TLB shootdowns: sent, by which task, and received",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.unsupported	= unsupported,
};
