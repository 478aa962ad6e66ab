/* SPDX-License-Identifier: GPL-2.0 */
/* Names of system calls, by the architecture that a recording comes from. */
#ifndef HFT_SYSCALLS_H
#define HFT_SYSCALLS_H

#include <linux/types.h>

/* `machine` as in uname(2): "x86_64", "aarch64". NULL if it or the number is not known. */
const char *syscall_name(const char *machine, __s32 nr);

#endif /* HFT_SYSCALLS_H */
