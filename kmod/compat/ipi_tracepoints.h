/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupts to other CPUs by tracepoints, from 6.5: see ipi.h. */
#ifndef HFT_COMPAT_IPI_TRACEPOINTS_H
#define HFT_COMPAT_IPI_TRACEPOINTS_H

#include <trace/events/csd.h>
#include <trace/events/ipi.h>

#include "compat/ipi_arch.h"

static __always_inline void
hft_ipi_record_queued(unsigned int cpu, u64 caller, u64 function,
		      const struct __call_single_data *csd)
{
	const struct hft_ipi ipi = {
		.function = function,
		.caller = caller,
		.kind = hft_ipi_kind_of_queued(csd, function),
	};

	hft_ipi_record_cpu(ipi, cpu);
}

static notrace void hft_ipi_probe_queue(void *data, const unsigned int cpu,
					unsigned long caller, smp_call_func_t function,
					call_single_data_t *csd)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_queued(cpu, caller, (uintptr_t)function, csd);
	hft_exit();
}

HFT_PROVE(csd_queue_cpu, hft_ipi_probe_queue)

/*
 * Without a callback it is a reschedule; with one and to this CPU itself, an
 * irq_work. What is left has been recorded when it was queued.
 */
static __always_inline void
hft_ipi_record_sent(unsigned int cpu, u64 caller, u64 callback)
{
	const struct hft_ipi ipi = {
		.function = callback,
		.caller = caller,
		.kind = callback ? HFT_IPI_IRQ_WORK : HFT_IPI_RESCHEDULE,
	};

	if (!callback || cpu == raw_smp_processor_id())
		hft_ipi_record_cpu(ipi, cpu);
}

static notrace void hft_ipi_probe_send(void *data, const unsigned int cpu,
				       unsigned long caller, void *callback)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_sent(cpu, caller, (uintptr_t)callback);
	hft_exit();
}

HFT_PROVE(ipi_send_cpu, hft_ipi_probe_send)

#ifndef CONFIG_X86_64
/* What ipi_send_cpu has told already is left out. */
static notrace void hft_ipi_probe_raise(void *data, const struct cpumask *mask,
					const char *text)
{
	const enum hft_vector_kind reason = hft_ipi_reason_kind(text);

	hft_enter();
	if (hft_armed(HFT_HOOK_IPI) && reason != HFT_VECTOR_RESCHEDULE &&
	    reason != HFT_VECTOR_IRQ_WORK)
		hft_ipi_record_raise(mask, reason, 0);
	hft_exit();
}
#endif

static struct hft_tap hft_ipi_taps[] = {
	HFT_TAP("csd_queue_cpu", hft_ipi_probe_queue),
	HFT_TAP("ipi_send_cpu", hft_ipi_probe_send),
	HFT_IPI_ARCH_TAPS
};

static struct hft_function hft_ipi_probes[] = {
	HFT_IPI_ARCH_PROBES
};

static inline void hft_ipi_find_symbols(void)
{
	hft_symbols_find(hft_ipi_functions, HFT_IPI_FUNCTIONS);
}

#endif /* HFT_COMPAT_IPI_TRACEPOINTS_H */
