// SPDX-License-Identifier: GPL-2.0
/* Hooks of hftrace, attached and, if wanted, armed on CPU 0. */
#include "cost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <hftrace/abi.h>

static int open_device(void)
{
	struct hft_hello hello = {
		.size = sizeof(hello),
		.abi_major = HFT_ABI_MAJOR,
		.abi_minor = HFT_ABI_MINOR,
	};
	int fd = open(HFT_DEVICE_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", HFT_DEVICE_PATH, strerror(errno));
	if (ioctl(fd, HFT_IOC_HELLO, &hello))
		die("%s: hello: %s", HFT_DEVICE_PATH, strerror(errno));
	return fd;
}

/* Of "default": all that are supported and not costly. */
static uint64_t hook_bits(int fd, const char *name)
{
	bool usual = !strcmp(name, "default");
	uint64_t bits = 0;
	uint32_t id;

	for (id = 0; id < HFT_HOOKS; id++) {
		struct hft_hook_info info = { .size = sizeof(info), .id = id };

		if (ioctl(fd, HFT_IOC_HOOK_INFO, &info))
			die("hook %u: %s", id, strerror(errno));
		if (!strcmp(info.name, name) && !(info.flags & HFT_HOOK_SUPPORTED))
			die("hook %s: %s", name, info.reason);
		if (usual && (info.flags & HFT_HOOK_COSTLY || !(info.flags & HFT_HOOK_SUPPORTED)))
			continue;
		if (usual || !strcmp(info.name, name))
			bits |= HFT_HOOK_BIT(id);
	}
	if (!bits)
		die("there is no hook %s", name);
	return bits;
}

void hooks_arm(const char *names, bool arm)
{
	struct hft_attach attach = { .size = sizeof(attach) };
	uint64_t cpu0 = 1;
	struct hft_arm armed = {
		.size = sizeof(armed),
		.cpus = (uintptr_t)&cpu0,
		.cpus_bytes = sizeof(cpu0),
	};
	char copy[256], *rest = copy, *name;
	int fd = open_device();

	if ((size_t)snprintf(copy, sizeof(copy), "%s", names) >= sizeof(copy))
		die("too many hooks: %s", names);
	while ((name = strsep(&rest, ",")))
		attach.hooks |= hook_bits(fd, name);
	if (ioctl(fd, HFT_IOC_ATTACH, &attach))
		die("attach %s: %s", names, strerror(errno));
	armed.hooks = attach.hooks;
	if (arm && ioctl(fd, HFT_IOC_ARM, &armed))
		die("arm %s: %s", names, strerror(errno));
	/* the file stays open: what it armed ends with it */
}
