// SPDX-License-Identifier: GPL-2.0
/*
 * nmi: each NMI handler's run, as an interval. The tracepoint fires once, at
 * the end, with a length in ns of its own; so no frame is needed.
 */
#include <trace/events/nmi.h>

#include "frame.h"
#include "hook.h"

static void probe_nmi(void *data, void *handler, s64 delta_ns, int handled)
{
	struct hft_rec_nmi *rec;
	struct hft_cpu *cpu;
	struct hft_entry e;
	u8 ctx = HFT_CTX_NMI;
	u64 ticks;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_NMI);
	if (cpu) {
		ticks = hft_clock_ns_to_ticks(delta_ns);
		e = hft_reserve(cpu, 1, false);
		hft_add_local(&e.ctl->nested, ticks);
		rec = (struct hft_rec_nmi *)e.slot->arg;
		rec->duration = hft_saturate(ticks, &ctx);
		rec->handled = handled;
		rec->handler = (uintptr_t)handler & READ_ONCE(cpu->kernel_address_mask);
		hft_commit(&e, HFT_REC_NMI, 1, ctx);
	}
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
