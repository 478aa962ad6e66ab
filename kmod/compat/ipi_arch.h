/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is sent between CPUs in ways of the architecture's own, in every
 * version: NMIs on x86; on arm64 all goes through ipi_raise.
 */
#ifndef HFT_COMPAT_IPI_ARCH_H
#define HFT_COMPAT_IPI_ARCH_H

#include <linux/kprobes.h>

#include "hook.h"
#include "hooks/ipi_reason.h"
#include "hooks/ipi_record.h"

/* Where a function that was just entered returns to. */
static __always_inline u64 hft_ipi_caller(struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	return *(u64 *)regs->sp;
#else
	return procedure_link_pointer(regs);
#endif
}

#ifdef CONFIG_X86_64
/* nmi_raise_cpu_backtrace(mask) */
static notrace int hft_ipi_probe_backtrace(struct kprobe *probe, struct pt_regs *regs)
{
	const struct hft_ipi ipi = {
		.kind = HFT_IPI_BACKTRACE, .caller = hft_ipi_caller(regs),
	};

	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_mask(ipi, (void *)regs_get_kernel_argument(regs, 0));
	return 0;
}

#define HFT_IPI_ARCH_TAPS
#define HFT_IPI_ARCH_PROBES						\
	{ .symbol = "nmi_raise_cpu_backtrace", .entry = hft_ipi_probe_backtrace, \
	  .optional = true },
#else
#include <trace/events/ipi.h>

/* Calls of functions are recorded where they are queued. */
static __always_inline void
hft_ipi_record_raise(const struct cpumask *mask, enum hft_vector_kind reason, u64 function)
{
	struct hft_ipi ipi = { 0 };

	switch (reason) {
	case HFT_VECTOR_RESCHEDULE:
		ipi.kind = HFT_IPI_RESCHEDULE;
		break;
	case HFT_VECTOR_IRQ_WORK:
		ipi.kind = HFT_IPI_IRQ_WORK;
		ipi.function = function;
		break;
	case HFT_VECTOR_TIMER_BROADCAST:
		ipi.kind = HFT_IPI_TIMER;
		break;
	case HFT_VECTOR_BACKTRACE:
		ipi.kind = HFT_IPI_BACKTRACE;
		break;
	case HFT_VECTOR_CALL_FUNCTION:
		return;
	default:
		ipi.kind = HFT_IPI_OTHER;
	}
	hft_ipi_record_mask(ipi, mask);
}

static notrace void hft_ipi_probe_raise(void *data, const struct cpumask *mask,
					const char *reason);

HFT_PROVE(ipi_raise, hft_ipi_probe_raise)

#define HFT_IPI_ARCH_TAPS	HFT_TAP("ipi_raise", hft_ipi_probe_raise),
#define HFT_IPI_ARCH_PROBES
#endif

#endif /* HFT_COMPAT_IPI_ARCH_H */
