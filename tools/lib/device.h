/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/hftrace: opened, agreed on the ABI, its refusals put into words. */
#ifndef HFT_DEVICE_H
#define HFT_DEVICE_H

#include <stddef.h>
#include <hftrace/abi.h>
#include "lib/cpus.h"
#include "lib/watchpoint.h"

struct device {
	int fd;			/* -1: not open */
	struct hft_hello hello;
};

/*
 * Opens and says hello. 0; or -errno with a line for people, way out included,
 * in `why`.
 */
#define DEVICE_WHY 200
int device_open(struct device *device, char why[DEVICE_WHY]);
void device_close(struct device *device);

/* Why a ring cannot be mapped by one who may read. */
extern const char device_hidden_addresses[];

/* -EACCES with a line in `why` unless the caller may read CPU rings and arm; else 0. */
int device_may_read(const struct device *device, char why[DEVICE_WHY]);

/* What the module says of a hook. 0 or -errno. */
int device_hook_info(const struct device *device, int hook, struct hft_hook_info *info);

/* 0 or -errno, also in words. */
int device_attach(const struct device *device, __u64 hooks, int force, char why[DEVICE_WHY]);
int device_detach(const struct device *device, __u64 hooks, int force, char why[DEVICE_WHY]);
int device_resize(const struct device *device, __u64 slots, char why[DEVICE_WHY]);

/* Opens the counters of a set, or closes it; `pmu` comes back filled in. 0 or -errno. */
int device_pmu(const struct device *device, struct hft_pmu *pmu, enum hft_pmu_op op,
	       const struct cpus *cpus);

/* Watches in process `pid`, or with 0 on the CPUs. 0 or -errno. */
int device_watch(const struct device *device, const struct watchpoint *watch, __s32 pid,
		 const struct cpus *cpus, int force, __u32 *number);

struct arming {
	__u64 hooks;
	__u64 hooks_elsewhere;
	struct cpus cpus;
	__u32 lease_ms;
	__s32 tgid[HFT_FILTERS];
	__u32 every[HFT_HOOKS];	/* one record in so many; 0: each */
	__s32 quiet[HFT_QUIET_THREADS];	/* are to make no system call */
};

/* Arms, or renews the lease of the same arming. 0 or -errno, also in words. */
int device_arm(const struct device *device, const struct arming *arming, char why[DEVICE_WHY]);
int device_disarm(const struct device *device);

#endif /* HFT_DEVICE_H */
