/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/hftrace by its ABI alone. What fails ends the program with a line. */
#ifndef WITNESS_DEVICE_H
#define WITNESS_DEVICE_H

#include <sys/types.h>
#include <hftrace/abi.h>

/* The open file; `hello` is filled unless it is NULL. */
int device_open(struct hft_hello *hello);
void device_attach(int fd, __u64 hooks);
void device_detach(int fd, __u64 hooks);

/* `cpus`: a bit for each. tgid 0: every process. Hooks 0 disarms. */
void device_arm(int fd, __u64 hooks, __u64 cpus, pid_t tgid, __u32 lease_ms);
void device_disarm(int fd);
void device_resize(int fd, __u64 slots);

/* A CPU's ring, read-only; the slots are one page further. */
const struct hft_ring_ctl *device_map(int fd, unsigned int cpu, __u64 slots);
void device_unmap(const struct hft_ring_ctl *ring, __u64 slots);

static inline const struct hft_slot *device_slots(const struct hft_ring_ctl *ring)
{
	return (const struct hft_slot *)((const char *)ring + HFT_PAGE_SIZE);
}

#endif /* WITNESS_DEVICE_H */
