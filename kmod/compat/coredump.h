/* SPDX-License-Identifier: GPL-2.0 */
/* The function that writes a core, whose first argument is the siginfo, was renamed in 6.17. */
#ifndef HFT_COMPAT_COREDUMP_H
#define HFT_COMPAT_COREDUMP_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define HFT_COREDUMP_SYMBOL	"vfs_coredump"
#else
#define HFT_COREDUMP_SYMBOL	"do_coredump"
#endif

#endif /* HFT_COMPAT_COREDUMP_H */
