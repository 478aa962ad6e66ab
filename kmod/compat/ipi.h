/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tells that a CPU interrupts others. From 6.5 the kernel has tracepoints
 * where functions are queued for other CPUs and where interrupts are sent;
 * before, the functions that do so are probed.
 *
 * Either header defines hft_ipi_taps[], hft_ipi_probes[] and
 * hft_ipi_find_symbols().
 */
#ifndef HFT_COMPAT_IPI_H
#define HFT_COMPAT_IPI_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include "compat/ipi_tracepoints.h"
#else
#include "compat/ipi_functions.h"
#endif

#endif /* HFT_COMPAT_IPI_H */
