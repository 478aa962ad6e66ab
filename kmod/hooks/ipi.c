// SPDX-License-Identifier: GPL-2.0
/*
 * ipi: who interrupts which CPU, what for, and which function is to run there;
 * recorded by the sender. Where the kernel has no tracepoint for it, the
 * functions that send are probed: compat/ipi.h.
 *
 * Up to 6.1 one record says which CPUs of 64, from 6.5 on there is one for
 * each of them, as the kernel queues them one by one.
 */
#include "compat/ipi.h"
#include "hook.h"
#include "hooks/ipi_record.h"

struct hft_symbol hft_ipi_functions[HFT_IPI_FUNCTIONS] = {
	{ "flush_tlb_func" },
	{ "ipi_mb" },
	{ "ipi_sync_core" },
	{ "ipi_rseq" },
	{ "ipi_sync_rq_state" },
	{ "do_sync_core" },
	{ "do_flush_tlb_all" },
	{ "do_kernel_range_flush" },
};

const u8 hft_ipi_function_kinds[HFT_IPI_FUNCTIONS] = {
	HFT_IPI_TLB, HFT_IPI_MEMBARRIER, HFT_IPI_MEMBARRIER, HFT_IPI_MEMBARRIER,
	HFT_IPI_MEMBARRIER, HFT_IPI_SYNC_CORE, HFT_IPI_TLB_KERNEL, HFT_IPI_TLB_KERNEL,
};

/* Once the probes stand; nothing is armed yet. */
static int attach(void)
{
	hft_ipi_find_symbols();
	return 0;
}

struct hft_hook hft_hook_ipi = {
	.id		= HFT_HOOK_IPI,
	.name		= "ipi",
	.summary	= "who interrupts which CPU, what for, with which function",
	.taps		= hft_ipi_taps,
	.taps_count	= ARRAY_SIZE(hft_ipi_taps),
	.functions	= hft_ipi_probes,
	.functions_count = ARRAY_SIZE(hft_ipi_probes),
	.attach		= attach,
};
