/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupts to other CPUs by probes of the functions that send, before 6.5: see ipi.h. */
#ifndef HFT_COMPAT_IPI_FUNCTIONS_H
#define HFT_COMPAT_IPI_FUNCTIONS_H

#include <linux/irq_work.h>

#include "compat/ipi_arch.h"

/*
 * Predicates that do nothing but look whether a CPU has the memory mapped: the
 * probe asks them as the kernel will do next. Of other ones it is not known
 * what they do, so the record says "maybe".
 */
#define HFT_IPI_PREDICATES	2

static struct hft_symbol hft_ipi_predicates[HFT_IPI_PREDICATES] = {
	{ "should_flush_tlb" },
	{ "tlb_is_not_lazy" },
};

static inline void hft_ipi_find_symbols(void)
{
	hft_symbols_find(hft_ipi_functions, HFT_IPI_FUNCTIONS);
	hft_symbols_find(hft_ipi_predicates, HFT_IPI_PREDICATES);
}

static __always_inline bool hft_ipi_may_ask(smp_cond_func_t predicate)
{
	return (uintptr_t)predicate == hft_ipi_predicates[0].address ||
	       (uintptr_t)predicate == hft_ipi_predicates[1].address;
}

static inline notrace u64
hft_ipi_ask(smp_cond_func_t predicate, void *info, unsigned int first, u64 targets)
{
	u64 rest = targets;

	while (rest) {
		unsigned int bit = __ffs64(rest);

		rest &= rest - 1;
		if (!predicate(first + bit, info))
			targets &= ~(1ULL << bit);
	}
	return targets;
}

/* smp_call_function_many_cond(mask, func, info, scf_flags, cond_func) */
static __always_inline void hft_ipi_record_many(struct pt_regs *regs)
{
	const struct cpumask *mask = (void *)regs_get_kernel_argument(regs, 0);
	const u64 function = regs_get_kernel_argument(regs, 1);
	void *info = (void *)regs_get_kernel_argument(regs, 2);
	smp_cond_func_t predicate = (void *)regs_get_kernel_argument(regs, 4);
	struct hft_ipi ipi = {
		.function = function,
		.caller = hft_ipi_caller(regs),
		.kind = hft_ipi_kind_of_function(function),
	};
	unsigned int first, cpu = raw_smp_processor_id();
	bool ask = false;

	if (predicate) {
		ask = hft_ipi_may_ask(predicate);
		ipi.flags = ask ? 0 : HFT_IPI_MAYBE;
	}
	for (first = 0; first < nr_cpu_ids; first += 64) {
		u64 targets = cpumask_bits(mask)[first / 64] &
			      cpumask_bits(cpu_online_mask)[first / 64];

		if (first == round_down(cpu, 64))
			targets &= ~(1ULL << cpu % 64);
		if (ask)
			targets = hft_ipi_ask(predicate, info, first, targets);
		if (targets)
			hft_ipi_record(ipi, first, targets);
	}
}

static notrace int hft_ipi_probe_many(struct kprobe *probe, struct pt_regs *regs)
{
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_many(regs);
	return 0;
}

/* To another CPU that is there; to its own the kernel sends nothing. */
static __always_inline void
hft_ipi_record_single(struct pt_regs *regs, unsigned int cpu, u64 function)
{
	const struct hft_ipi ipi = {
		.function = function,
		.caller = hft_ipi_caller(regs),
		.kind = hft_ipi_kind_of_function(function),
	};

	if (cpu != raw_smp_processor_id() && cpu < nr_cpu_ids && cpu_online(cpu))
		hft_ipi_record_cpu(ipi, cpu);
}

/* smp_call_function_single(cpu, func, info, wait) */
static notrace int hft_ipi_probe_single(struct kprobe *probe, struct pt_regs *regs)
{
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_single(regs, regs_get_kernel_argument(regs, 0),
				      regs_get_kernel_argument(regs, 1));
	return 0;
}

/* smp_call_function_single_async(cpu, csd): one that waits already is refused. */
static notrace int hft_ipi_probe_async(struct kprobe *probe, struct pt_regs *regs)
{
	const struct __call_single_data *csd = (void *)regs_get_kernel_argument(regs, 1);

	if (hft_armed(HFT_HOOK_IPI) && !(csd->node.u_flags & CSD_FLAG_LOCK))
		hft_ipi_record_single(regs, regs_get_kernel_argument(regs, 0),
				      (uintptr_t)csd->func);
	return 0;
}

/* Functions come from the three above, where they are recorded; the rest from elsewhere. */
static __always_inline void hft_ipi_record_queued(struct pt_regs *regs)
{
	const struct __call_single_data *csd = (void *)regs_get_kernel_argument(regs, 1);
	struct hft_ipi ipi = { .caller = hft_ipi_caller(regs) };

	switch (csd->node.u_flags & CSD_FLAG_TYPE_MASK) {
	case CSD_TYPE_TTWU:
		ipi.kind = HFT_IPI_WAKEUP;
		break;
	case CSD_TYPE_IRQ_WORK:
		ipi.kind = HFT_IPI_REMOTE_WORK;
		ipi.function = (uintptr_t)csd->func;
		break;
	default:
		return;
	}
	hft_ipi_record_cpu(ipi, regs_get_kernel_argument(regs, 0));
}

/* __smp_call_single_queue(cpu, node) */
static notrace int hft_ipi_probe_queue(struct kprobe *probe, struct pt_regs *regs)
{
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_queued(regs);
	return 0;
}

/*
 * An irq_work is queued in one function and, when it is the first, its
 * interrupt raised in another one that this calls.
 */
static DEFINE_PER_CPU(u64, hft_ipi_work);

/* __irq_work_queue_local(work) */
static notrace int hft_ipi_probe_work(struct kprobe *probe, struct pt_regs *regs)
{
	const struct irq_work *work = (void *)regs_get_kernel_argument(regs, 0);

	if (hft_armed(HFT_HOOK_IPI))
		__this_cpu_write(hft_ipi_work, (uintptr_t)work->func);
	return 0;
}

/* An NMI's work that came between the two took the place: then it is not known. */
static __always_inline u64 hft_ipi_take_work(void)
{
	const u64 function = __this_cpu_read(hft_ipi_work);

	__this_cpu_write(hft_ipi_work, 0);
	return function;
}

#ifdef CONFIG_X86_64
/* native_smp_send_reschedule(cpu) */
static notrace int hft_ipi_probe_reschedule(struct kprobe *probe, struct pt_regs *regs)
{
	const struct hft_ipi ipi = {
		.kind = HFT_IPI_RESCHEDULE, .caller = hft_ipi_caller(regs),
	};

	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_cpu(ipi, regs_get_kernel_argument(regs, 0));
	return 0;
}

/* arch_irq_work_raise() */
static notrace int hft_ipi_probe_raise_work(struct kprobe *probe, struct pt_regs *regs)
{
	struct hft_ipi ipi = { .kind = HFT_IPI_IRQ_WORK, .caller = hft_ipi_caller(regs) };

	if (hft_armed(HFT_HOOK_IPI)) {
		ipi.function = hft_ipi_take_work();
		hft_ipi_record_cpu(ipi, raw_smp_processor_id());
	}
	return 0;
}

#define HFT_IPI_OLD_PROBES						\
	HFT_FUNCTION("native_smp_send_reschedule", hft_ipi_probe_reschedule), \
	HFT_FUNCTION("arch_irq_work_raise", hft_ipi_probe_raise_work),
#else
static notrace void hft_ipi_probe_raise(void *data, const struct cpumask *mask,
					const char *text)
{
	const enum hft_vector_kind reason = hft_ipi_reason_kind(text);

	hft_enter();
	if (hft_armed(HFT_HOOK_IPI))
		hft_ipi_record_raise(mask, reason,
				     reason == HFT_VECTOR_IRQ_WORK ? hft_ipi_take_work() : 0);
	hft_exit();
}

#define HFT_IPI_OLD_PROBES
#endif

static struct hft_tap hft_ipi_taps[] = {
	HFT_IPI_ARCH_TAPS
};

static struct hft_function hft_ipi_probes[] = {
	HFT_FUNCTION("smp_call_function_many_cond", hft_ipi_probe_many),
	HFT_FUNCTION("smp_call_function_single", hft_ipi_probe_single),
	HFT_FUNCTION("smp_call_function_single_async", hft_ipi_probe_async),
	HFT_FUNCTION("__smp_call_single_queue", hft_ipi_probe_queue),
	{ .symbol = "__irq_work_queue_local", .entry = hft_ipi_probe_work, .optional = true },
	HFT_IPI_OLD_PROBES
	HFT_IPI_ARCH_PROBES
};

#endif /* HFT_COMPAT_IPI_FUNCTIONS_H */
