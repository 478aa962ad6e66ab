// SPDX-License-Identifier: GPL-2.0
/* See device.h. */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

int control(int fd, unsigned long command, void *arg)
{
	int result = ioctl(fd, command, arg);

	return result < 0 ? -errno : result;
}

int device_open_mute(int flags)
{
	int fd = open(HFT_DEVICE_PATH, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int device_hello(int fd, struct hft_hello *hello)
{
	memset(hello, 0, sizeof(*hello));
	hello->size = sizeof(*hello);
	hello->abi_major = HFT_ABI_MAJOR;
	hello->abi_minor = HFT_ABI_MINOR;
	return control(fd, HFT_IOC_HELLO, hello);
}

int device_open(int flags)
{
	struct hft_hello hello;
	int fd, err;

	fd = device_open_mute(flags);
	if (fd < 0)
		return fd;
	err = device_hello(fd, &hello);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int arm(int fd, const struct arming *arming, const struct hft_sampling *sampling)
{
	__u64 cpus = arming->cpus;
	struct hft_arm arm = {
		.size = sizeof(arm),
		.hooks = arming->hooks,
		.hooks_elsewhere = arming->elsewhere,
		.cpus = (uintptr_t)&cpus,
		.cpus_bytes = sizeof(cpus),
		.lease_ms = arming->lease_ms,
		.sampling = (uintptr_t)sampling,
		.samplings = !!sampling,
	};

	memcpy(arm.tgid, arming->tgid, sizeof(arm.tgid));
	return control(fd, HFT_IOC_ARM, &arm);
}

int device_arm(int fd, const struct arming *arming)
{
	return arm(fd, arming, NULL);
}

int device_arm_sampled(int fd, const struct arming *arming, __u32 hook, __u32 every)
{
	return arm(fd, arming, &(struct hft_sampling){ .hook = hook, .every = every });
}

int device_budget(int fd, __u64 cpus, __u64 events_per_s, __u64 ns_per_s)
{
	struct hft_budget budget = {
		.size = sizeof(budget),
		.cpus_bytes = sizeof(cpus),
		.cpus = (uintptr_t)&cpus,
		.events_per_s = events_per_s,
		.ns_per_s = ns_per_s,
	};

	return control(fd, HFT_IOC_BUDGET, &budget);
}

int device_rearm(int fd, __u64 cpus, __u64 hooks)
{
	struct hft_rearm rearm = {
		.size = sizeof(rearm),
		.cpus_bytes = sizeof(cpus),
		.cpus = (uintptr_t)&cpus,
		.hooks = hooks,
	};

	return control(fd, HFT_IOC_REARM, &rearm);
}

int device_hook_cpu(int fd, enum hft_hook_id hook, unsigned int cpu, struct hft_hook_cpu *about)
{
	*about = (struct hft_hook_cpu){ .size = sizeof(*about), .id = hook, .cpu = cpu };
	return control(fd, HFT_IOC_HOOK_CPU, about);
}

int device_disarm(int fd)
{
	return device_arm(fd, &(struct arming){ 0 });
}

static int change_hooks(int fd, unsigned long command, __u64 hooks, unsigned int flags)
{
	struct hft_attach want = { .size = sizeof(want), .flags = flags, .hooks = hooks };

	return control(fd, command, &want);
}

int device_attach(int fd, __u64 hooks, unsigned int flags)
{
	return change_hooks(fd, HFT_IOC_ATTACH, hooks, flags);
}

int device_detach(int fd, __u64 hooks, unsigned int flags)
{
	return change_hooks(fd, HFT_IOC_DETACH, hooks, flags);
}

int device_resize(int fd, __u64 slots)
{
	struct hft_resize want = { .size = sizeof(want), .slots = slots };

	return control(fd, HFT_IOC_RESIZE, &want);
}

__u64 device_attached(int fd)
{
	struct hft_hello hello;

	return device_hello(fd, &hello) ? 0 : hello.hooks_attached;
}

__u64 device_supported(int fd)
{
	struct hft_hello hello;

	return device_hello(fd, &hello) ? 0 : hello.hooks_supported;
}

__u64 device_costly(int fd)
{
	struct hft_hook_info info = { .size = sizeof(info) };
	__u64 costly = 0;

	for (info.id = 0; info.id < HFT_HOOKS; info.id++) {
		if (!control(fd, HFT_IOC_HOOK_INFO, &info) && info.flags & HFT_HOOK_COSTLY)
			costly |= HFT_HOOK_BIT(info.id);
	}
	return costly;
}

int device_cpus_armed(int fd, enum hft_hook_id hook)
{
	struct hft_hook_info info = { .size = sizeof(info), .id = hook };
	int err = control(fd, HFT_IOC_HOOK_INFO, &info);

	return err ? err : (int)info.cpus_armed;
}

int region_create(int fd, unsigned int rings, __u64 slots, struct hft_region_create *create)
{
	*create = (struct hft_region_create){
		.size = sizeof(*create), .rings = rings, .ring_slots = slots,
	};
	return control(fd, HFT_IOC_REGION_CREATE, create);
}

int region_info(int fd, __u64 after, struct hft_region_info *info)
{
	*info = (struct hft_region_info){ .size = sizeof(*info), .after = after };
	return control(fd, HFT_IOC_REGION_INFO, info);
}

int region_open(int fd, __u64 region, struct hft_region_open *open)
{
	*open = (struct hft_region_open){ .size = sizeof(*open), .region = region };
	return control(fd, HFT_IOC_REGION_OPEN, open);
}

void *device_map(int fd, __u64 offset, size_t bytes, int prot, int *err)
{
	void *at = mmap(NULL, bytes, prot, MAP_SHARED, fd, (off_t)offset);

	*err = at == MAP_FAILED ? -errno : 0;
	return at == MAP_FAILED ? NULL : at;
}

int device_pmu(int fd, enum hft_pmu_op op, unsigned int flags, const struct hft_pmu_event *events,
	       unsigned int count, __u64 cpus, struct hft_pmu *pmu)
{
	*pmu = (struct hft_pmu){
		.size = sizeof(*pmu),
		.op = op,
		.flags = flags,
		.count = count,
		.events = (uintptr_t)events,
		.cpus = (uintptr_t)&cpus,
		.cpus_bytes = sizeof(cpus),
	};
	return control(fd, HFT_IOC_PMU, pmu);
}

int device_watch(int fd, unsigned int flags, const volatile void *address, unsigned int length,
		 unsigned int access, int tgid, __u64 cpus)
{
	struct hft_watch watch = {
		.size = sizeof(watch),
		.op = HFT_WATCH_OPEN,
		.flags = flags,
		.address = (uintptr_t)address,
		.length = length,
		.access = access,
		.tgid = tgid,
		.cpus = (uintptr_t)&cpus,
		.cpus_bytes = tgid ? 0 : sizeof(cpus),
	};

	return control(fd, HFT_IOC_WATCH, &watch);
}
