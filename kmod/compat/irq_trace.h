/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints of tasklets came in 6.4 and, later, to stable releases of
 * 6.1, whose headers need not have them: they are looked for by name there.
 */
#ifndef HFT_COMPAT_IRQ_TRACE_H
#define HFT_COMPAT_IRQ_TRACE_H

#include <linux/interrupt.h>
#include <linux/version.h>
#include <trace/events/irq.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define HFT_PROVE_TASKLET(tracepoint, probe)	HFT_PROVE(tracepoint, probe)
#else
#define HFT_PROVE_TASKLET(tracepoint, probe)
#endif

#endif /* HFT_COMPAT_IRQ_TRACE_H */
