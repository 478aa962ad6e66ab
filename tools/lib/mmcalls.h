/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that change mappings, by whom and when. Their records come at their
 * ends, behind what they did to other CPUs: so they are read from the recording
 * when one is asked for, before the rest.
 */
#ifndef HFT_MMCALLS_H
#define HFT_MMCALLS_H

#include <linux/types.h>

struct mmcalls;

/* Of a recording; none if the hook was not recorded. 0 or -errno. */
int mmcalls_open(struct mmcalls **mmcalls, const char *recording);
void mmcalls_close(struct mmcalls *mmcalls);

/* The call that a task was in at a time, enum hft_mmcall; -1: none that is known. 0 or -errno. */
int mmcalls_at(struct mmcalls *mmcalls, __s32 tid, __u64 tsc, int *call);

/* "munmap", or NULL. */
const char *mmcall_name(__u32 call);

#endif /* HFT_MMCALLS_H */
