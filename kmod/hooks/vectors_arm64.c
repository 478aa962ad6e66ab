// SPDX-License-Identifier: GPL-2.0
/*
 * vectors, on arm64: what other CPUs sent, as intervals. Each lies inside one
 * of the hook irq, as it is a device interrupt there, without a name.
 */
#include <trace/events/ipi.h>

#include "frame.h"
#include "hook.h"
#include "hooks/ipi_reason.h"

static notrace void probe_entry(void *data, const char *reason)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_VECTORS))
		hft_frame_push(HFT_HOOK_VECTORS, 0);
	hft_exit();
}

HFT_PROVE(ipi_entry, probe_entry)

static notrace void probe_exit(void *data, const char *reason)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_VECTORS))
		hft_frame_end(HFT_HOOK_VECTORS, HFT_REC_VECTOR, HFT_CTX_HARDIRQ, 0,
			      hft_ipi_reason_kind(reason));
	hft_exit();
}

HFT_PROVE(ipi_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("ipi_entry", probe_entry),
	HFT_TAP("ipi_exit", probe_exit),
};

struct hft_hook hft_hook_vectors = {
	.id		= HFT_HOOK_VECTORS,
	.name		= "vectors",
	.summary	= "what other CPUs sent (reschedule, function call...), as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
