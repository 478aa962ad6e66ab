// SPDX-License-Identifier: GPL-2.0
/*
 * nmi: each NMI handler's run, as an interval. The tracepoint fires once, at
 * the end, with a length in ns of its own; so no frame is needed.
 */
#include <trace/events/nmi.h>

#include "frame.h"
#include "hook.h"

static __always_inline void record(void *handler, u64 ticks, int handled)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);
	struct hft_rec_nmi *rec = (struct hft_rec_nmi *)e.slot->arg;
	const u8 ctx = likely(ticks <= U32_MAX) ? HFT_CTX_NMI : HFT_CTX_NMI | HFT_CTX_SATURATED;

	hft_add_local(&e.ctl->nested, ticks);
	rec->duration = hft_saturate(ticks);
	rec->handled = handled;
	rec->handler = hft_shown((uintptr_t)handler);
	hft_commit(e, HFT_REC_NMI, 1, ctx);
}

static notrace void probe_nmi(void *data, void *handler, s64 delta_ns, int handled)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_NMI))
		/* its caller passes an int: from 2.1 s on, up to 4.2 s, it comes negative */
		record(handler, hft_clock_ns_to_ticks((u32)delta_ns), handled);
	hft_exit();
}

HFT_PROVE(nmi_handler, probe_nmi)

static struct hft_tap taps[] = {
	HFT_TAP("nmi_handler", probe_nmi),
};

struct hft_hook hft_hook_nmi = {
	.id		= HFT_HOOK_NMI,
	.name		= "nmi",
	.summary	= "NMI handlers, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
