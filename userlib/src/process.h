/* SPDX-License-Identifier: LGPL-2.1 */
/* Telling a process from others that have, or had, the same pid. */
#ifndef HFT_PROCESS_H
#define HFT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When it was made, in ticks of 10 ms since boot; 0: there is none, or it cannot be told. */
uint64_t hft_process_start(pid_t pid);

/*
 * Whether a region of `pid`, made by the process that began at `start` (0: not
 * known), is an earlier one's: it has ended, and another has the pid now.
 */
bool hft_process_is_another(pid_t pid, uint64_t start);

#endif /* HFT_PROCESS_H */
