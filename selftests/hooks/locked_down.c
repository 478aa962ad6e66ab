// SPDX-License-Identifier: GPL-2.0
/*
 * watch, probe: a kernel that is locked down for confidentiality lets nobody
 * watch its memory or probe its code. It stays so until it ends.
 *
 * Machine: -c 2
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "hook_test.h"
#include "probes.h"

#define FUNCTION	"do_sys_openat2"
#define SECURITY	"/sys/kernel/security"

static __u64 user_memory;

static int watch_at(int fd, __u64 address)
{
	return device_watch(fd, 0, (const void *)(uintptr_t)address, 8, HFT_WATCH_WRITE, 0,
			    1 << QUIET_CPU);
}

static int before_and_after(void)
{
	const __u64 address = kernel_address("saved_command_line");
	int fd = device_open(O_RDWR);

	CHECK(address);
	CHECK_EQ(device_attach(fd, BIT_OF(WATCH), 0), 0);
	if (access(SECURITY "/lockdown", F_OK) && mount("none", SECURITY, "securityfs", 0, NULL))
		CHECK_EQ(errno, EBUSY);
	if (access(SECURITY "/lockdown", W_OK))
		case_skip("this kernel cannot be locked down");
	CHECK_EQ(watch_at(fd, address), 0);
	CHECK_EQ(watch_at(fd, (uintptr_t)&user_memory), 0);
	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0) > 0);

	CHECK_EQ(write_file(SECURITY "/lockdown", "confidentiality"), 0);
	CHECK_EQ(watch_at(fd, address), -EPERM);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0), -EPERM);
	CHECK_EQ(watch_at(fd, (uintptr_t)&user_memory), 0);
	return 0;
}

HOOK_TEST_MAIN("watch", NULL, NULL,
	       { "a kernel that is locked down does not show its memory", before_and_after })
