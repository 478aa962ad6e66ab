/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a machine counts of the time that it takes away unseen: SMIs, steal of
 * a hypervisor, the clock's real frequency. rdmsrl_safe() is rdmsrq_safe() from
 * 6.16; the two MSR sources are x86's own.
 */
#ifndef HFT_COMPAT_HIDDEN_H
#define HFT_COMPAT_HIDDEN_H

#include <linux/types.h>
#include <linux/version.h>

#ifdef CONFIG_X86_64
#include <linux/bits.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/hypervisor.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define hft_rdmsr_safe(msr, value)	rdmsrq_safe(msr, value)
#else
#define hft_rdmsr_safe(msr, value)	rdmsrl_safe(msr, value)
#endif

static inline bool hft_in_virtual_machine(void)
{
	return boot_cpu_has(X86_FEATURE_HYPERVISOR);
}

/* NULL, or why SMIs cannot be counted. In a virtual machine each read would be an exit. */
static inline const char *hft_smi_missing(void)
{
	unsigned long long count;

	if (hft_in_virtual_machine())
		return "no SMI count: hypervisor";
	if (boot_cpu_data.x86_vendor != X86_VENDOR_INTEL)
		return "no SMI count: not Intel";
	return hft_rdmsr_safe(MSR_SMI_COUNT, &count) ? "no SMI count: this CPU" : NULL;
}

static __always_inline u32 hft_smi_count(void)
{
	return __rdmsr(MSR_SMI_COUNT);
}

static inline const char *hft_frequency_missing(void)
{
	if (hft_in_virtual_machine())
		return "no APERF: hypervisor";
	return boot_cpu_has(X86_FEATURE_APERFMPERF) ? NULL : "no APERF: this CPU";
}

/* Both count while the CPU does not sleep: as it runs, and at the rate of hft_base_khz(). */
static __always_inline void hft_read_frequency(u64 *actual, u64 *base)
{
	*actual = __rdmsr(MSR_IA32_APERF);
	*base = __rdmsr(MSR_IA32_MPERF);
}

static __always_inline u32 hft_base_khz(void)
{
	return tsc_khz;
}

/* Bit 5 of KVM's features: its guests have a steal clock. */
static inline bool hft_kvm_has_steal(void)
{
	unsigned int base, max, signature[3];

	for (base = 0x40000000; base < 0x40010000; base += 0x100) {
		cpuid(base, &max, &signature[0], &signature[1], &signature[2]);
		if (!memcmp(signature, "KVMKVMKVM\0\0\0", sizeof(signature)))
			return cpuid_eax(base + 1) & BIT(5);
	}
	return false;
}

static inline const char *hft_steal_missing(void)
{
	if (!hft_in_virtual_machine())
		return "no steal: no hypervisor";
	switch (x86_hyper_type) {
	case X86_HYPER_KVM:
		return hft_kvm_has_steal() ? NULL : "no steal: KVM offers none";
	case X86_HYPER_VMWARE:
	case X86_HYPER_XEN_PV:
	case X86_HYPER_XEN_HVM:
		return NULL;
	default:
		return "no steal: none offered";
	}
}
#else
#include <linux/arm-smccc.h>

static inline const char *hft_smi_missing(void)
{
	return "no SMI count: arm64";
}

static __always_inline u32 hft_smi_count(void)
{
	return 0;
}

static inline const char *hft_frequency_missing(void)
{
	return "no APERF: arm64";
}

static __always_inline void hft_read_frequency(u64 *actual, u64 *base)
{
	*actual = 0;
	*base = 0;
}

static __always_inline u32 hft_base_khz(void)
{
	return 0;
}

/* Asks the hypervisor as the kernel does. */
static inline const char *hft_steal_missing(void)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_NONE)
		return "no steal: no hypervisor";
	arm_smccc_1_1_invoke(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, ARM_SMCCC_HV_PV_TIME_FEATURES,
			     &res);
	if (res.a0 != SMCCC_RET_SUCCESS)
		return "no steal: none offered";
	return NULL;
}
#endif

#endif /* HFT_COMPAT_HIDDEN_H */
