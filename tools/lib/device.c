// SPDX-License-Identifier: GPL-2.0
/* /dev/hftrace: opened, agreed on the ABI, its refusals put into words. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/device.h"
#include "lib/hooks.h"

static const char *const needs_read =
	"reading kernel rings and arming hooks needs CAP_PERFMON: run as root";

static const char *const no_syscalls_seen =
	"the hook visit on nohz_full CPUs of x86 sees system calls, elsewhere 'attach syscall'";

const char device_hidden_addresses[] =
	"the rings hold kernel addresses, which sysctl kernel.kptr_restrict hides from you";

static int open_error(int err, char *why)
{
	switch (err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		snprintf(why, DEVICE_WHY,
			 "no %s: load the module with 'modprobe hftrace' or 'insmod hftrace.ko'",
			 HFT_DEVICE_PATH);
		break;
	case EACCES:
	case EPERM:
		snprintf(why, DEVICE_WHY,
			 "no permission to open %s: join the group hftrace, or run as root",
			 HFT_DEVICE_PATH);
		break;
	default:
		snprintf(why, DEVICE_WHY, "cannot open %s: %s", HFT_DEVICE_PATH, strerror(err));
	}
	return -err;
}

static int hello_error(const struct hft_hello *hello, int err, char *why)
{
	if (err == ENOTTY) {
		snprintf(why, DEVICE_WHY,
			 "%s is not hftrace's: remove it, then load the module", HFT_DEVICE_PATH);
	} else if (err == EPROTO && hello->abi_major != HFT_ABI_MAJOR) {
		snprintf(why, DEVICE_WHY,
			 "the loaded module speaks ABI %u, this tool ABI %u: load the module of hftrace %s",
			 hello->abi_major, HFT_ABI_MAJOR, HFT_VERSION);
	} else if (err == EPROTO || err == E2BIG) {
		snprintf(why, DEVICE_WHY,
			 "the loaded module does not speak ABI %u.%u of this tool: load the module of hftrace %s",
			 HFT_ABI_MAJOR, HFT_ABI_MINOR, HFT_VERSION);
	} else {
		snprintf(why, DEVICE_WHY, "%s does not answer: %s", HFT_DEVICE_PATH, strerror(err));
	}
	return -err;
}

int device_open(struct device *device, char why[DEVICE_WHY])
{
	struct hft_hello *hello = &device->hello;
	int err;

	memset(hello, 0, sizeof(*hello));
	device->fd = open(HFT_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (device->fd < 0)
		return open_error(errno, why);
	hello->size = sizeof(*hello);
	hello->abi_major = HFT_ABI_MAJOR;
	hello->abi_minor = HFT_ABI_MINOR;
	err = ioctl(device->fd, HFT_IOC_HELLO, hello) ? errno : 0;
	if (!err && hello->abi_major != HFT_ABI_MAJOR)
		err = EPROTO;
	if (err) {
		err = hello_error(hello, err, why);
		device_close(device);
		return err;
	}
	hello->version[sizeof(hello->version) - 1] = 0;
	return 0;
}

void device_close(struct device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}

int device_may_read(const struct device *device, char why[DEVICE_WHY])
{
	if (device->hello.may & HFT_MAY_READ)
		return 0;
	snprintf(why, DEVICE_WHY, "%s", needs_read);
	return -EACCES;
}

int device_hook_info(const struct device *device, int hook, struct hft_hook_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->id = hook;
	if (ioctl(device->fd, HFT_IOC_HOOK_INFO, info))
		return -errno;
	info->name[sizeof(info->name) - 1] = 0;
	info->summary[sizeof(info->summary) - 1] = 0;
	info->reason[sizeof(info->reason) - 1] = 0;
	return 0;
}

static int change_hooks(const struct device *device, unsigned long request, const char *verb,
			__u64 mask, int force, char *why)
{
	struct hft_attach attach = {
		.size = sizeof(attach),
		.flags = force ? HFT_ATTACH_FORCE : 0,
		.hooks = mask,
	};
	char text[HOOKS_TEXT];
	int err;

	if (!ioctl(device->fd, request, &attach))
		return 0;
	err = errno;
	hooks_format(mask, text);
	switch (err) {
	case EBUSY:
		snprintf(why, DEVICE_WHY,
			 "cannot %s %.60s while a CPU is armed: stop the recording, or say -y",
			 verb, text);
		break;
	case EACCES:
	case EPERM:
		snprintf(why, DEVICE_WHY, "%s", needs_read);
		break;
	case EOPNOTSUPP:
		snprintf(why, DEVICE_WHY,
			 "cannot %s %.60s: not supported by this kernel; 'hftrace list' says why",
			 verb, text);
		break;
	default:
		snprintf(why, DEVICE_WHY, "cannot %s %.60s: %s", verb, text, strerror(err));
	}
	return -err;
}

int device_attach(const struct device *device, __u64 mask, int force, char why[DEVICE_WHY])
{
	return change_hooks(device, HFT_IOC_ATTACH, "attach", mask, force, why);
}

int device_detach(const struct device *device, __u64 mask, int force, char why[DEVICE_WHY])
{
	return change_hooks(device, HFT_IOC_DETACH, "detach", mask, force, why);
}

int device_resize(const struct device *device, __u64 slots, char why[DEVICE_WHY])
{
	struct hft_resize resize = { .size = sizeof(resize), .slots = slots };
	int err;

	if (!ioctl(device->fd, HFT_IOC_RESIZE, &resize))
		return 0;
	err = errno;
	switch (err) {
	case EBUSY:
		snprintf(why, DEVICE_WHY,
			 "cannot change the rings' size: another program reads or has armed them");
		break;
	case ENOMEM:
		snprintf(why, DEVICE_WHY, "not enough memory for rings of %llu KiB per CPU",
			 slots * HFT_SLOT_SIZE / 1024);
		break;
	case EACCES:
	case EPERM:
		snprintf(why, DEVICE_WHY, "%s", needs_read);
		break;
	default:
		snprintf(why, DEVICE_WHY, "cannot change the rings' size to %llu KiB: %s",
			 slots * HFT_SLOT_SIZE / 1024, strerror(err));
	}
	return -err;
}

int device_pmu(const struct device *device, struct hft_pmu *pmu, enum hft_pmu_op op,
	       const struct cpus *cpus)
{
	pmu->size = sizeof(*pmu);
	pmu->op = op;
	pmu->cpus = (unsigned long)cpus->word;
	/* The module refuses bits of CPUs that cannot be. */
	pmu->cpus_bytes = (device->hello.cpus + 63) / 64 * 8;
	return ioctl(device->fd, HFT_IOC_PMU, pmu) ? -errno : 0;
}

int device_watch(const struct device *device, const struct watchpoint *watch, __s32 pid,
		 const struct cpus *cpus, int force, __u32 *number)
{
	struct hft_watch want = {
		.size = sizeof(want),
		.op = HFT_WATCH_OPEN,
		.flags = force ? HFT_WATCH_FORCE : 0,
		.address = watch->address,
		.length = watch->length,
		.access = watch->access,
		.tgid = pid,
		.cpus = (unsigned long)cpus->word,
	};

	if (!pid)
		want.cpus_bytes = (device->hello.cpus + 63) / 64 * 8;
	if (ioctl(device->fd, HFT_IOC_WATCH, &want))
		return -errno;
	*number = want.watch;
	return 0;
}

int device_arm(const struct device *device, const struct arming *arming, char why[DEVICE_WHY])
{
	struct hft_arm arm = {
		.size = sizeof(arm),
		.hooks = arming->hooks,
		.hooks_elsewhere = arming->hooks_elsewhere,
		.cpus = (unsigned long)arming->cpus.word,
		.lease_ms = arming->lease_ms,
	};
	struct hft_sampling sampling[HFT_HOOKS];
	int hook, err;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (arming->every[hook] > 1)
			sampling[arm.samplings++] = (struct hft_sampling){
				.hook = hook, .every = arming->every[hook],
			};
	}
	arm.sampling = (unsigned long)sampling;
	/* The module refuses bits of CPUs that cannot be. */
	arm.cpus_bytes = (device->hello.cpus + 63) / 64 * 8;
	memcpy(arm.tgid, arming->tgid, sizeof(arm.tgid));
	memcpy(arm.no_syscalls, arming->quiet, sizeof(arm.no_syscalls));
	if (!ioctl(device->fd, HFT_IOC_ARM, &arm))
		return 0;
	err = errno;
	switch (err) {
	case EACCES:
	case EPERM:
		snprintf(why, DEVICE_WHY, "%s", needs_read);
		break;
	case ESRCH:
		snprintf(why, DEVICE_WHY, "cannot arm: a process that was chosen has ended");
		break;
	case ENOLINK:
		snprintf(why, DEVICE_WHY, "cannot arm: %s",
			 arming->quiet[0] ? no_syscalls_seen : "a hook was detached meanwhile");
		break;
	default:
		snprintf(why, DEVICE_WHY, "cannot arm: %s", strerror(err));
	}
	return -err;
}

int device_disarm(const struct device *device)
{
	struct hft_arm arm = { .size = sizeof(arm) };

	return ioctl(device->fd, HFT_IOC_ARM, &arm) ? -errno : 0;
}
