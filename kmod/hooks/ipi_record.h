/* SPDX-License-Identifier: GPL-2.0 */
/* Records of interrupts that are sent to CPUs: what every source of them writes. */
#ifndef HFT_IPI_RECORD_H
#define HFT_IPI_RECORD_H

#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "ring_write.h"
#include "symbol.h"

/* Functions that are known by their address. */
#define HFT_IPI_FUNCTIONS	8

extern struct hft_symbol hft_ipi_functions[HFT_IPI_FUNCTIONS];
extern const u8 hft_ipi_function_kinds[HFT_IPI_FUNCTIONS];

static __always_inline enum hft_ipi_kind hft_ipi_kind_of_function(u64 function)
{
	unsigned int i;

	for (i = 0; i < HFT_IPI_FUNCTIONS; i++) {
		if (hft_ipi_functions[i].address == function)
			return hft_ipi_function_kinds[i];
	}
	return HFT_IPI_CALL;
}

/* What waits in a CPU's queue: a function, a task to wake, or an irq_work, which look alike. */
static __always_inline enum hft_ipi_kind
hft_ipi_kind_of_queued(const struct __call_single_data *csd, u64 function)
{
	switch (csd->node.u_flags & CSD_FLAG_TYPE_MASK) {
	case CSD_TYPE_TTWU:
		return HFT_IPI_WAKEUP;
	case CSD_TYPE_IRQ_WORK:
		return HFT_IPI_REMOTE_WORK;
	default:
		return hft_ipi_kind_of_function(function);
	}
}

/* A send without its targets. */
struct hft_ipi {
	u64 function;
	u64 caller;
	u8 kind;
	u8 flags;
};

static __always_inline void
hft_ipi_record(const struct hft_ipi ipi, unsigned int first_cpu, u64 targets)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_ipi_send *rec = (struct hft_rec_ipi_send *)e.slot->arg;

	rec->targets = targets;
	rec->function = hft_shown(ipi.function);
	rec->caller = hft_shown(ipi.caller);
	rec->tid = current->pid;
	rec->first_cpu = first_cpu;
	rec->kind = ipi.kind;
	rec->flags = ipi.flags;
	memcpy(rec->comm, current->comm, TASK_COMM_LEN);
	hft_commit(e, HFT_REC_IPI_SEND, 2, hft_level());
}

static __always_inline void hft_ipi_record_cpu(const struct hft_ipi ipi, unsigned int cpu)
{
	hft_ipi_record(ipi, round_down(cpu, 64), 1ULL << cpu % 64);
}

/* One record for each 64 CPUs of which there is one in the mask. */
static __always_inline void
hft_ipi_record_mask(const struct hft_ipi ipi, const struct cpumask *mask)
{
	unsigned int first;

	for (first = 0; first < nr_cpu_ids; first += 64) {
		const u64 targets = cpumask_bits(mask)[first / 64];

		if (targets)
			hft_ipi_record(ipi, first, targets);
	}
}

#endif /* HFT_IPI_RECORD_H */
