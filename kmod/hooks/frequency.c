// SPDX-License-Identifier: GPL-2.0
/*
 * frequency: a CPU's clock frequency is set by the kernel. That is what a
 * cpufreq driver without hardware-chosen states does (acpi-cpufreq,
 * intel_cpufreq, cppc_cpufreq...); with HWP the hardware chooses by itself, and
 * most virtual machines have no driver at all. See hidden.c for what runs.
 */
#include <linux/cpufreq.h>
#include <trace/events/power.h>

#include "hook.h"
#include "ring_write.h"

static __always_inline void record(unsigned int khz, unsigned int cpu)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);
	struct hft_rec_frequency *rec = (struct hft_rec_frequency *)e.slot->arg;

	rec->khz = khz;
	rec->cpu = cpu;
	rec->tid = current->pid;
	rec->reserved = 0;
	hft_commit(e, HFT_REC_FREQUENCY, 1, hft_level());
}

static notrace void probe_frequency(void *data, unsigned int khz, unsigned int cpu)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_FREQUENCY))
		record(khz, cpu);
	hft_exit();
}

HFT_PROVE(cpu_frequency, probe_frequency)

/* Asked again each time: drivers are modules. */
static const char *unsupported(void)
{
#ifdef CONFIG_CPU_FREQ
	return cpufreq_get_current_driver() ? NULL : "no cpufreq driver runs on this machine";
#else
	return "this kernel was built without cpufreq";
#endif
}

static struct hft_tap taps[] = {
	HFT_TAP("cpu_frequency", probe_frequency),
};

struct hft_hook hft_hook_frequency = {
	.id		= HFT_HOOK_FREQUENCY,
	.name		= "frequency",
	.summary	= "clock frequencies that the kernel sets (not what hardware chooses)",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.unsupported	= unsupported,
};
