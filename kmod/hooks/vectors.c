// SPDX-License-Identifier: GPL-2.0
/* vectors: the x86 system vectors (timer, IPIs, thermal...), as intervals. */
#include <asm/trace/irq_vectors.h>

#include "frame.h"
#include "hook.h"

static void probe_entry(void *kind, int vector)
{
	struct hft_cpu *cpu;

	hft_enter();
	cpu = hft_armed(HFT_HOOK_VECTORS);
	if (cpu)
		hft_frame_push(cpu, HFT_HOOK_VECTORS, vector);
	hft_exit();
}

HFT_PROVE(local_timer_entry, probe_entry)

static void probe_exit(void *kind, int vector)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_VECTORS))
		hft_frame_end(HFT_HOOK_VECTORS, HFT_REC_VECTOR, HFT_CTX_HARDIRQ, vector,
			      (u32)(uintptr_t)kind);
	hft_exit();
}

HFT_PROVE(local_timer_exit, probe_exit)

#define TAP(name, function, kind, lackable)				\
	{ .tracepoint = (name), .probe = (function),			\
	  .data = (void *)(uintptr_t)(kind), .optional = (lackable) }

#define VECTOR(name, kind)						\
	TAP(name "_entry", probe_entry, kind, false),			\
	TAP(name "_exit", probe_exit, kind, false)

/* Not in every configuration: those of machine-check and thermal hardware. */
#define RARE_VECTOR(name, kind)						\
	TAP(name "_entry", probe_entry, kind, true),			\
	TAP(name "_exit", probe_exit, kind, true)

static struct hft_tap taps[] = {
	VECTOR("local_timer", HFT_VECTOR_LOCAL_TIMER),
	VECTOR("reschedule", HFT_VECTOR_RESCHEDULE),
	VECTOR("call_function", HFT_VECTOR_CALL_FUNCTION),
	VECTOR("call_function_single", HFT_VECTOR_CALL_FUNCTION_SINGLE),
	VECTOR("irq_work", HFT_VECTOR_IRQ_WORK),
	VECTOR("x86_platform_ipi", HFT_VECTOR_X86_PLATFORM_IPI),
	VECTOR("spurious_apic", HFT_VECTOR_SPURIOUS_APIC),
	VECTOR("error_apic", HFT_VECTOR_ERROR_APIC),
	RARE_VECTOR("thermal_apic", HFT_VECTOR_THERMAL_APIC),
	RARE_VECTOR("threshold_apic", HFT_VECTOR_THRESHOLD_APIC),
	RARE_VECTOR("deferred_error_apic", HFT_VECTOR_DEFERRED_ERROR),
};

struct hft_hook hft_hook_vectors = {
	.id		= HFT_HOOK_VECTORS,
	.name		= "vectors",
	.summary	= "x86 system vectors (timer, IPIs, thermal...), as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
