/* SPDX-License-Identifier: GPL-2.0 */
/* What arm64 sends between CPUs, from the kernel's texts for it. */
#ifndef HFT_IPI_REASON_H
#define HFT_IPI_REASON_H

#include <hftrace/abi.h>

/* The texts are those of /proc/interrupts: they differ in their first letters. */
static __always_inline enum hft_vector_kind hft_ipi_reason_kind(const char *reason)
{
	switch (reason[0]) {
	case 'R':	/* Rescheduling interrupts */
		return HFT_VECTOR_RESCHEDULE;
	case 'F':	/* Function call interrupts */
		return HFT_VECTOR_CALL_FUNCTION;
	case 'I':	/* IRQ work interrupts */
		return HFT_VECTOR_IRQ_WORK;
	case 'T':	/* Timer broadcast interrupts */
		return HFT_VECTOR_TIMER_BROADCAST;
	case 'C':	/* CPU backtrace interrupts, CPU stop interrupts... */
		return reason[4] == 'b' ? HFT_VECTOR_BACKTRACE : HFT_VECTOR_OTHER_IPI;
	default:
		return HFT_VECTOR_OTHER_IPI;
	}
}

#endif /* HFT_IPI_REASON_H */
