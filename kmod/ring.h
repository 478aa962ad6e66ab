/* SPDX-License-Identifier: GPL-2.0 */
/* Ring memory of the CPUs: a pool that lives from load to unload. */
#ifndef HFT_RING_H
#define HFT_RING_H

#include <linux/mm_types.h>
#include <linux/types.h>

int hft_rings_init(u64 slots);
void hft_rings_uninit(void);

/*
 * With hft_lock held, which keeps everything disarmed. EBUSY while mapped.
 * Waits for probes that run now: not for trading hours.
 */
int hft_rings_resize(u64 slots);

/* Capacity of each ring. */
u64 hft_rings_slots(void);

/* Maps CPU `cpu`'s control page and slots, read-only, into vma. */
int hft_ring_map(unsigned int cpu, struct vm_area_struct *vma);

/* For show only: the probes read hft_cpu.armed. */
void hft_ring_show_armed(unsigned int cpu, u64 armed);

#endif /* HFT_RING_H */
