// SPDX-License-Identifier: GPL-2.0
/*
 * probe: what is refused, and how probes end: with the file that added them,
 * by number, with their hook, with the module; /sys/kernel/debug/kprobes/list
 * says whether the kernel has them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook_test.h"
#include "probes.h"

#define FUNCTION	"do_nanosleep"
#define ORDINARY	1234
#define KPROBES		"/sys/kernel/debug/kprobes/"

static const char *const sources[] = { NULL };

static int open_device(void)
{
	int fd = device_open(O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

static int open_attached(void)
{
	int fd = open_device();

	CHECK_EQ(device_attach(fd, BIT_OF(PROBE), 0), 0);
	return fd;
}

static FILE *open_list(const char *name)
{
	char path[64];

	if (access(KPROBES, F_OK))
		CHECK_EQ(mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL), 0);
	snprintf(path, sizeof(path), KPROBES "%s", name);
	return fopen(path, "r");
}

/* How many probes of a function the kernel has. */
static int kernel_probes(const char *function)
{
	FILE *list = open_list("list");
	char line[256];
	int count = 0;

	CHECK(list);
	while (fgets(line, sizeof(line), list))
		count += !!strstr(line, function);
	fclose(list);
	return count;
}

/* A function that the kernel itself forbids to probe. */
static void forbidden(char name[128])
{
	FILE *list = open_list("blacklist");
	char line[256];

	CHECK(list);
	name[0] = '\0';
	while (!name[0] && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%*s %127s", name) != 1 || strchr(name, '.') ||
		    !kernel_has_symbol(name))
			name[0] = '\0';
	}
	CHECK(name[0]);
	fclose(list);
}

static int kernel_inputs(void)
{
	struct hft_probe probe = { .kind = HFT_PROBE_KERNEL };
	int fd = open_attached();
	char name[128];

	forbidden(name);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "no_such_function", 0), -ENOENT);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "no_such_module:function", 0), -ENOENT);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, name, 0), -EOPNOTSUPP);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL_CALL, name, 0), -EOPNOTSUPP);
	/* in an instruction; to return from the middle of a function; no code at all */
	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 1) < 0);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL_CALL, FUNCTION, 64), -EOPNOTSUPP);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "", 0), -EOPNOTSUPP);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "", 1ULL << 40), -EOPNOTSUPP);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 1ULL << 40), -ERANGE);
	CHECK_EQ(probe_kernel(fd, 0, FUNCTION, 0), -EINVAL);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_USER_CALL + 1, FUNCTION, 0), -EINVAL);
	memset(probe.symbol, 'a', sizeof(probe.symbol));
	CHECK_EQ(probe_add(fd, &probe), -EINVAL);
	probe = (struct hft_probe){ .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION, .flags = 0x40 };
	CHECK_EQ(probe_add(fd, &probe), -EINVAL);
	probe = (struct hft_probe){ .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION, .tgid = 1 };
	CHECK_EQ(probe_add(fd, &probe), -EINVAL);
	CHECK_EQ(probe_remove(fd, 12345, 0), -ENOENT);
	CHECK_EQ(probe_remove(fd, 0, 0x40), -EINVAL);
	CHECK_EQ(probes_count(fd), 0);
	CHECK_EQ(kernel_probes(FUNCTION), 0);
	return 0;
}

static int user_input(int fd, const char *path, int flags, __u64 offset, int tgid)
{
	struct hft_probe probe = { .kind = HFT_PROBE_USER_CALL, .offset = offset, .tgid = tgid };
	int result;

	probe.file = path ? open(path, flags) : 999;
	CHECK(probe.file >= 0);
	result = probe_add(fd, &probe);
	close(probe.file);
	return result;
}

static int user_inputs(void)
{
	int fd = open_attached();
	const char *self = "/proc/self/exe";

	CHECK_EQ(user_input(fd, NULL, 0, 64, 0), -EBADF);
	CHECK_EQ(user_input(fd, "/tmp", O_RDONLY, 0, 0), -EOPNOTSUPP);
	CHECK_EQ(user_input(fd, "/dev/null", O_RDONLY, 0, 0), -EOPNOTSUPP);
	CHECK_EQ(user_input(fd, "/tmp/written", O_WRONLY | O_CREAT, 0, 0), -EBADF);
	CHECK_EQ(user_input(fd, self, O_PATH, 64, 0), -EBADF);
	CHECK_EQ(user_input(fd, self, O_RDONLY, 1ULL << 40, 0), -ERANGE);
	CHECK_EQ(user_input(fd, self, O_RDONLY, ~0ULL, 0), -EINVAL);
	CHECK_EQ(user_input(fd, self, O_RDONLY, 64, -1), -EINVAL);
	CHECK_EQ(user_input(fd, self, O_RDONLY, 64, 4194303), -ESRCH);
	/* a kernel thread */
	CHECK_EQ(user_input(fd, self, O_RDONLY, 64, 2), -ESRCH);
	CHECK_EQ(user_input(fd, "/proc/version", O_RDONLY, 0, 0), -ERANGE);
	CHECK_EQ(probes_count(fd), 0);
	return 0;
}

/* An ordinary user, with one capability or, 0, none. */
static void become_ordinary(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (capability)
		data[capability / 32].permitted = 1U << capability % 32;
	data[capability / 32].effective = data[capability / 32].permitted;
	CHECK_EQ(prctl(PR_SET_KEEPCAPS, 1), 0);
	CHECK_EQ(setresuid(ORDINARY, ORDINARY, ORDINARY), 0);
	CHECK_EQ(syscall(SYS_capset, &header, data), 0);
}

static void in_child(void (*run)(int fd))
{
	int fd = open_attached(), status;
	pid_t pid = fork();

	if (!pid) {
		run(fd);
		_exit(0);
	}
	status = wait_for(pid);
	close(fd);
	CHECK_EQ(status, 0);
}

static void without_rights(int fd)
{
	struct hft_probe info = { .size = sizeof(info) };

	become_ordinary(0);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0), -EPERM);
	CHECK_EQ(probe_own(fd, HFT_PROBE_USER, without_rights), -EPERM);
	CHECK_EQ(probe_remove(fd, 0, 0), -EPERM);
	CHECK_EQ(control(fd, HFT_IOC_PROBE_INFO, &info), -EPERM);
}

static void without_addresses(int fd)
{
	become_ordinary(CAP_PERFMON);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, "", 0xffffffff81000000ULL), -EACCES);
	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0) > 0);
}

static int rights(void)
{
	in_child(without_rights);
	CHECK_EQ(write_file("/proc/sys/kernel/kptr_restrict", "1"), 0);
	in_child(without_addresses);
	CHECK_EQ(write_file("/proc/sys/kernel/kptr_restrict", "0"), 0);
	return 0;
}

static int while_armed(void)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 2 };
	struct hft_probe probe = { .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION,
				   .flags = HFT_PROBE_FORCE };
	int fd = open_attached(), id;

	CHECK_EQ(device_attach(fd, BIT_OF(SWITCH), 0), 0);
	CHECK_EQ(device_arm(fd, &arming), 0);
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0), -EBUSY);
	id = probe_add(fd, &probe);
	CHECK(id > 0);
	CHECK_EQ(probe_remove(fd, id, 0), -EBUSY);
	CHECK_EQ(probe_remove(fd, 0, 0), -EBUSY);
	CHECK_EQ(probes_count(fd), 1);
	CHECK_EQ(probe_remove(fd, id, HFT_PROBE_FORCE), 0);
	CHECK_EQ(probes_count(fd), 0);
	return 0;
}

static int too_many(void)
{
	int fd = open_attached(), i, id = 0;

	for (i = 0; i < HFT_PROBES; i++) {
		id = probe_kernel(fd, i % 2 ? HFT_PROBE_KERNEL : HFT_PROBE_KERNEL_CALL, FUNCTION,
				  0);
		CHECK(id > 0);
	}
	CHECK_EQ(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0), -ENOSPC);
	CHECK_EQ(probe_remove(fd, id, 0), 0);
	CHECK_EQ(probe_remove(fd, id, 0), -ENOENT);
	/* a number is not given twice */
	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL, FUNCTION, 0) > id);
	CHECK_EQ(probe_remove(fd, 0, 0), 0);
	CHECK_EQ(kernel_probes(FUNCTION), 0);
	return 0;
}

static int ends(void)
{
	struct hft_probe kept = { .kind = HFT_PROBE_KERNEL, .symbol = FUNCTION,
				  .flags = HFT_PROBE_KEEP, .label = "kept" };
	struct hft_probe info;
	int watcher = open_attached(), fd = open_device(), id;

	CHECK(probe_kernel(fd, HFT_PROBE_KERNEL_CALL, FUNCTION, 0) > 0);
	CHECK(probe_own(fd, HFT_PROBE_USER_CALL, ends) > 0);
	id = probe_add(fd, &kept);
	CHECK(id > 0);
	CHECK_EQ(probe_info(fd, id, &info), 0);
	CHECK_EQ(info.flags, HFT_PROBE_KEEP | HFT_PROBE_OWN);
	CHECK_EQ(probes_count(watcher), 3);
	/* both are probes at one address */
	CHECK(kernel_probes(FUNCTION) >= 1);
	close(fd);
	CHECK_EQ(probes_count(watcher), 1);
	CHECK_EQ(probe_info(watcher, id, &info), 0);
	CHECK_EQ(info.flags, HFT_PROBE_KEEP);
	CHECK(!strcmp(info.label, "kept") && !strcmp(info.symbol, FUNCTION));
	CHECK_EQ(kernel_probes(FUNCTION), 1);
	/* they go with their hook, and need it */
	CHECK_EQ(device_detach(watcher, BIT_OF(PROBE), 0), 0);
	CHECK_EQ(probes_count(watcher), 0);
	CHECK_EQ(kernel_probes(FUNCTION), 0);
	CHECK_EQ(probe_kernel(watcher, HFT_PROBE_KERNEL, FUNCTION, 0), -ENOLINK);
	CHECK_EQ(device_attach(watcher, BIT_OF(PROBE), 0), 0);
	/* and with the module */
	CHECK(probe_add(watcher, &kept) > 0);
	close(watcher);
	CHECK_EQ(kernel_probes(FUNCTION), 1);
	CHECK_EQ(module_unload("hftrace"), 0);
	CHECK_EQ(kernel_probes(FUNCTION), 0);
	CHECK_EQ(hftrace_reload("ring_kb=8192"), 0);
	return 0;
}

HOOK_TEST_MAIN("probe", sources, NULL,
	       { "what cannot be probed in the kernel", kernel_inputs },
	       { "what cannot be probed in programs", user_inputs },
	       { "who may not", rights },
	       { "not while a CPU is armed, unless forced", while_armed },
	       { "32 and no more; numbers are not given twice", too_many },
	       { "they end with file, hook and module", ends })
