// SPDX-License-Identifier: GPL-2.0
/* vectors: the x86 system vectors (timer, IPIs, thermal...), as intervals. */
#include <asm/trace/irq_vectors.h>

#include "frame.h"
#include "hook.h"

static notrace void probe_entry(void *data, int vector)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_VECTORS))
		hft_frame_push(HFT_HOOK_VECTORS, vector);
	hft_exit();
}

HFT_PROVE(local_timer_entry, probe_entry)

static notrace void probe_exit(void *kind, int vector)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_VECTORS))
		hft_frame_end(HFT_HOOK_VECTORS, HFT_REC_VECTOR, HFT_CTX_HARDIRQ, vector,
			      (u32)(uintptr_t)kind);
	hft_exit();
}

HFT_PROVE(local_timer_exit, probe_exit)

#define ENTRY(name, lackable)	\
	{ .tracepoint = name "_entry", .probe = probe_entry, .optional = (lackable) }

#define EXIT(name, kind, lackable)	\
	{ .tracepoint = name "_exit", .probe = probe_exit, .optional = (lackable), \
	  .data = (void *)(uintptr_t)(kind) }

/* Those of machine-check and thermal hardware are not in every configuration. */
static struct hft_tap taps[] = {
	ENTRY("local_timer", false),
	EXIT("local_timer", HFT_VECTOR_LOCAL_TIMER, false),
	ENTRY("reschedule", false),
	EXIT("reschedule", HFT_VECTOR_RESCHEDULE, false),
	ENTRY("call_function", false),
	EXIT("call_function", HFT_VECTOR_CALL_FUNCTION, false),
	ENTRY("call_function_single", false),
	EXIT("call_function_single", HFT_VECTOR_CALL_FUNCTION_SINGLE, false),
	ENTRY("irq_work", false),
	EXIT("irq_work", HFT_VECTOR_IRQ_WORK, false),
	ENTRY("x86_platform_ipi", false),
	EXIT("x86_platform_ipi", HFT_VECTOR_X86_PLATFORM_IPI, false),
	ENTRY("spurious_apic", false),
	EXIT("spurious_apic", HFT_VECTOR_SPURIOUS_APIC, false),
	ENTRY("error_apic", false),
	EXIT("error_apic", HFT_VECTOR_ERROR_APIC, false),
	ENTRY("thermal_apic", true),
	EXIT("thermal_apic", HFT_VECTOR_THERMAL_APIC, true),
	ENTRY("threshold_apic", true),
	EXIT("threshold_apic", HFT_VECTOR_THRESHOLD_APIC, true),
	ENTRY("deferred_error_apic", true),
	EXIT("deferred_error_apic", HFT_VECTOR_DEFERRED_ERROR, true),
};

struct hft_hook hft_hook_vectors = {
	.id		= HFT_HOOK_VECTORS,
	.name		= "vectors",
	.summary	= "x86 system vectors (timer, IPIs, thermal...), as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
