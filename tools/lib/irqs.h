/* SPDX-License-Identifier: GPL-2.0 */
/* Names of device interrupts, softirqs and system vectors. */
#ifndef HFT_IRQS_H
#define HFT_IRQS_H

#include <linux/types.h>

struct irqs;

/* Reads facts/interrupts of a recording, if it is there. 0 or -errno. */
int irqs_open(struct irqs **irqs, const char *recording);
void irqs_close(struct irqs *irqs);

/* The drivers on an interrupt line, NULL if not known. */
const char *irqs_name(const struct irqs *irqs, __u32 irq);

/* "NET_RX", NULL if there is no such softirq. */
const char *softirq_name(__u32 vec);

/* "local_timer" for HFT_VECTOR_LOCAL_TIMER, NULL if there is no such kind. */
const char *vector_name(__u32 kind);

/* "membarrier" for HFT_IPI_MEMBARRIER, NULL if there is no such kind. */
const char *ipi_kind_name(__u32 kind);

/* "POSIX_TIMER" for HFT_TICK_POSIX_TIMER, NULL if there is no such reason. */
const char *tick_dependency_name(__u32 dependency);

#endif /* HFT_IRQS_H */
