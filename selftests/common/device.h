/* SPDX-License-Identifier: GPL-2.0 */
/* The device as the tests use it: the bare ioctls, without the library. */
#ifndef SELFTEST_DEVICE_H
#define SELFTEST_DEVICE_H

#include <hftrace/abi.h>
#include <stddef.h>

#define BIT_OF(hook)	HFT_HOOK_BIT(HFT_HOOK_##hook)
#define ALL_HOOKS	(HFT_HOOK_BIT(HFT_HOOKS) - 1)

/* An ioctl's result, or -errno. */
int control(int fd, unsigned long command, void *arg);

/* Opens without HELLO, and with it. A file descriptor, or -errno. */
int device_open_mute(int flags);
int device_open(int flags);

/* HELLO with all of its fields. 0 or -errno. */
int device_hello(int fd, struct hft_hello *hello);

/* What an arming says; the rest is zero. */
struct arming {
	__u64 hooks;
	__u64 elsewhere;
	__u64 cpus;		/* bits of CPUs 0..63 */
	unsigned int lease_ms;
	int tgid[HFT_FILTERS];
};

int device_arm(int fd, const struct arming *arming);

/* The same, with one record of `hook` in `every`. */
int device_arm_sampled(int fd, const struct arming *arming, __u32 hook, __u32 every);

/* The governor's limits on CPUs 0..63 as bits; arming again what it disarmed. */
int device_budget(int fd, __u64 cpus, __u64 events_per_s, __u64 ns_per_s);
int device_rearm(int fd, __u64 cpus, __u64 hooks);

/* How `hook` does on `cpu`. 0 or -errno. */
int device_hook_cpu(int fd, enum hft_hook_id hook, unsigned int cpu, struct hft_hook_cpu *about);
int device_disarm(int fd);
int device_attach(int fd, __u64 hooks, unsigned int flags);
int device_detach(int fd, __u64 hooks, unsigned int flags);
int device_resize(int fd, __u64 slots);

/* Opens counters on CPUs 0..63 as bits, closes them, asks for them; *pmu comes back. */
int device_pmu(int fd, enum hft_pmu_op op, unsigned int flags, const struct hft_pmu_event *events,
	       unsigned int count, __u64 cpus, struct hft_pmu *pmu);

/* Watches in process `tgid`, or with 0 on CPUs 0..63 as bits. 0 or -errno. */
int device_watch(int fd, unsigned int flags, const volatile void *address, unsigned int length,
		 unsigned int access, int tgid, __u64 cpus);

/* Bits of the hooks that are attached, or supported. */
__u64 device_attached(int fd);
__u64 device_supported(int fd);

/* Bits of those that are attached on request only. */
__u64 device_costly(int fd);

/* How many CPUs have it armed. */
int device_cpus_armed(int fd, enum hft_hook_id hook);

/* A region of this process's own; *create has what the module said. 0 or -errno. */
int region_create(int fd, unsigned int rings, __u64 slots, struct hft_region_create *create);

/* Its first description behind region number `after`. 0 or -errno. */
int region_info(int fd, __u64 after, struct hft_region_info *info);
int region_open(int fd, __u64 region, struct hft_region_open *open);

/* mmap of the device: an address, or NULL and -errno in *err. */
void *device_map(int fd, __u64 offset, size_t bytes, int prot, int *err);

#endif /* SELFTEST_DEVICE_H */
