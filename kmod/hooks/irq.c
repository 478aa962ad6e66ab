// SPDX-License-Identifier: GPL-2.0
/* irq: each action of a device interrupt, as an interval. */
#include <linux/interrupt.h>
#include <trace/events/irq.h>

#include "frame.h"
#include "hook.h"

static notrace void probe_entry(void *data, int irq, struct irqaction *action)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_IRQ))
		hft_frame_push(HFT_HOOK_IRQ, irq);
	hft_exit();
}

HFT_PROVE(irq_handler_entry, probe_entry)

static notrace void probe_exit(void *data, int irq, struct irqaction *action, int ret)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_IRQ))
		hft_frame_end(HFT_HOOK_IRQ, HFT_REC_IRQ, HFT_CTX_HARDIRQ, irq, ret);
	hft_exit();
}

HFT_PROVE(irq_handler_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("irq_handler_entry", probe_entry),
	HFT_TAP("irq_handler_exit", probe_exit),
};

struct hft_hook hft_hook_irq = {
	.id		= HFT_HOOK_IRQ,
	.name		= "irq",
	.summary	= "device interrupts, per action, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
