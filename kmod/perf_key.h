/* SPDX-License-Identifier: GPL-2.0 */
/*
 * perf patches the scheduler's code when the first event of a task comes, and
 * a second after the last one has gone: when somebody may be armed. So one that
 * counts nothing is kept from the first watch of a process until the hook goes,
 * and then that second is waited for. Until then each switch of a task, on any
 * CPU, asks perf whether it has to do something.
 */
#ifndef HFT_PERF_KEY_H
#define HFT_PERF_KEY_H

/* With hft_lock held. Before an event of a task is made: 0 or -errno. */
int hft_perf_key_hold(void);

/* When there are none any more. */
void hft_perf_key_release(void);

#endif /* HFT_PERF_KEY_H */
