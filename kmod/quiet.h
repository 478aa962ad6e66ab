/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that are to make no system call: each that they make is recorded, with its stack. */
#ifndef HFT_QUIET_H
#define HFT_QUIET_H

#include <hftrace/abi.h>

/*
 * Which hook's probe sees the system calls of a CPU: visit's where it can, as
 * that costs no other task, else syscall's; HFT_HOOKS when neither is attached.
 */
enum hft_hook_id hft_quiet_source(unsigned int cpu);

/* The running task has come into the kernel, seen by this CPU's source. */
void hft_quiet_check(void);

#endif /* HFT_QUIET_H */
