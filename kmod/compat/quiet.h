/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a visit to the kernel tell at its start that it is a system call? On x86
 * its number stands in the registers by then, and -1 where none was made. On
 * arm64 it is put there later, and an interrupt looks like the call before it.
 */
#ifndef HFT_COMPAT_QUIET_H
#define HFT_COMPAT_QUIET_H

#include <linux/sched.h>
#include <asm/syscall.h>

#ifdef CONFIG_X86_64
#define HFT_VISITS_TELL_CALLS	true
#else
#define HFT_VISITS_TELL_CALLS	false
#endif

#endif /* HFT_COMPAT_QUIET_H */
