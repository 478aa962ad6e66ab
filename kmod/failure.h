/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to do when the module finds its own data as they cannot be: disarm every
 * CPU for good, say so once, and leave the kernel alone. Reloading begins anew.
 */
#ifndef HFT_FAILURE_H
#define HFT_FAILURE_H

#include <linux/types.h>

/* In any context up to NMI. `what` stays. */
void hft_fail(const char *what);

/* Disarms a CPU: what was armed while it failed. */
void hft_fail_cpu(unsigned int cpu);

/* Arming fails with EIO from then on. */
bool hft_failed(void);

void hft_failure_uninit(void);

#endif /* HFT_FAILURE_H */
