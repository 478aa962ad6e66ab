// SPDX-License-Identifier: GPL-2.0
/* See device.h. */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "device.h"

int device_open(struct hft_hello *hello)
{
	struct hft_hello own = { .size = sizeof(own), .abi_major = HFT_ABI_MAJOR };
	int fd = open(HFT_DEVICE_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "%s", HFT_DEVICE_PATH);
	if (ioctl(fd, HFT_IOC_HELLO, &own))
		err(EXIT_FAILURE, "hello");
	if (hello)
		*hello = own;
	return fd;
}

void device_attach(int fd, __u64 hooks)
{
	struct hft_attach attach = { .size = sizeof(attach), .hooks = hooks };

	if (ioctl(fd, HFT_IOC_ATTACH, &attach))
		err(EXIT_FAILURE, "attach of %#llx", hooks);
}

void device_detach(int fd, __u64 hooks)
{
	struct hft_attach detach = { .size = sizeof(detach), .hooks = hooks };

	if (ioctl(fd, HFT_IOC_DETACH, &detach))
		err(EXIT_FAILURE, "detach of %#llx", hooks);
}

void device_arm(int fd, __u64 hooks, __u64 cpus, pid_t tgid, __u32 lease_ms)
{
	struct hft_arm arm = {
		.size = sizeof(arm), .hooks = hooks, .cpus = (uintptr_t)&cpus,
		.cpus_bytes = sizeof(cpus), .lease_ms = lease_ms, .tgid = { tgid },
	};

	if (ioctl(fd, HFT_IOC_ARM, &arm))
		err(EXIT_FAILURE, "arm of %#llx", hooks);
}

void device_disarm(int fd)
{
	device_arm(fd, 0, 0, 0, 0);
}

void device_resize(int fd, __u64 slots)
{
	struct hft_resize resize = { .size = sizeof(resize), .slots = slots };

	if (ioctl(fd, HFT_IOC_RESIZE, &resize))
		err(EXIT_FAILURE, "resize to %llu slots", slots);
}

const struct hft_ring_ctl *device_map(int fd, unsigned int cpu, __u64 slots)
{
	void *ring = mmap(NULL, HFT_RING_STRIDE(slots), PROT_READ, MAP_SHARED, fd,
			  HFT_MAP_CPU(cpu));

	if (ring == MAP_FAILED)
		err(EXIT_FAILURE, "the ring of CPU %u", cpu);
	return ring;
}

void device_unmap(const struct hft_ring_ctl *ring, __u64 slots)
{
	munmap((void *)ring, HFT_RING_STRIDE(slots));
}
