// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever the state of the module, the program runs, hft_status() says which
 * it is and what to do about it, and a mark takes the same instructions. The
 * device is played here: what is asked of it is answered as each state would.
 */
#include "ktap.h"
#include "live.h"
#include "steps.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define MARKS	100U

/* What the device answers: 0 or an errno; and what is to come of it. */
static struct device {
	const char *state;
	int open, hello, create;	/* errno */
	int no_map;
	__u16 major, minor;
	__u32 want_state;
	int want_error;
	const char *want_text;
} now;

static const struct device devices[] = {
	{ .state = "there", .major = 1, .minor = HFT_ABI_MINOR, .want_state = HFT_STATE_MODULE,
	  .want_text = "tracing through /dev/hftrace, 1 of 2 rings" },
	{ .state = "newer, and compatible", .major = 1, .minor = HFT_ABI_MINOR + 5,
	  .want_state = HFT_STATE_MODULE, .want_text = "tracing through" },
	{ .state = "absent", .open = ENOENT, .want_error = -ENOENT,
	  .want_text = "no /dev/hftrace: modprobe hftrace" },
	{ .state = "unloaded, its node left over", .open = ENXIO, .want_error = -ENXIO,
	  .want_text = "modprobe hftrace" },
	{ .state = "unloaded in between", .major = 1, .create = ENODEV, .want_error = -ENODEV,
	  .want_text = "modprobe hftrace" },
	{ .state = "not for us", .open = EACCES, .want_error = -EACCES,
	  .want_text = "join the group hftrace" },
	{ .state = "not for us, by its own word", .major = 1, .create = EPERM,
	  .want_error = -EPERM, .want_text = "a sandbox or container forbids" },
	{ .state = "of an older major", .major = 0, .want_error = -EPROTO,
	  .want_text = "(ABI 0.0) is older than" },
	{ .state = "of a newer major", .major = 2, .hello = EPROTO, .want_error = -EPROTO,
	  .want_text = "(ABI 2.0) is newer than" },
	{ .state = "older: it knows no board", .major = 1, .minor = 1, .create = E2BIG,
	  .want_error = -EPROTO, .want_text = "(ABI 1.1) is older than" },
	{ .state = "older: it knows no such request", .major = 1, .minor = 0, .create = ENOTTY,
	  .want_error = -EPROTO, .want_text = "(ABI 1.0) is older than" },
	{ .state = "out of this user's quota", .major = 1, .create = EDQUOT,
	  .want_error = -EDQUOT, .want_text = "user_mb" },
	{ .state = "out of all memory for rings", .major = 1, .create = ENOSPC,
	  .want_error = -ENOSPC, .want_text = "regions_mb" },
	{ .state = "out of memory", .major = 1, .create = ENOMEM, .want_error = -ENOMEM,
	  .want_text = "no memory" },
	{ .state = "not to be mapped", .major = 1, .no_map = 1, .want_error = -EBADF,
	  .want_text = "Bad file descriptor" },
	{ .state = "of another kind", .hello = ENOTTY, .want_error = -ENOTTY,
	  .want_text = "is another device" },
};

static int device_fd = -1;

static int answer(int error)
{
	errno = error;
	return error ? -1 : 0;
}

/* The device's pages lie where its mapping begins; nothing else of this file is there. */
static int open_device(void)
{
	if (answer(now.open))
		return -1;
	device_fd = memfd_create("device", MFD_CLOEXEC);
	CHECK(device_fd >= 0);
	CHECK_EQ(ftruncate(device_fd, (off_t)HFT_MAP_REGION + (64 << 20)), 0);
	return device_fd;
}

/* These stand in for the C library's. */
int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (!strcmp(path, HFT_DEVICE_PATH))
		return open_device();
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...)
{
	struct hft_region_create *create;
	struct hft_hello *hello;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (fd != device_fd)
		return (int)syscall(SYS_ioctl, fd, request, arg);
	if (request == HFT_IOC_HELLO) {
		hello = arg;
		hello->abi_major = now.major;
		hello->abi_minor = now.minor;
		return answer(now.hello);
	}
	CHECK_EQ(request, HFT_IOC_REGION_CREATE);
	if (answer(now.create))
		return -1;
	create = arg;
	create->map_size = HFT_BOARD_OFFSET(create->rings, create->ring_slots) + create->board_size;
	if (now.no_map)
		close(device_fd);
	return 0;
}

static int private_file_is_there(void)
{
	struct dirent *entry;
	int pid, there = 0;
	DIR *dir;

	dir = opendir("/dev/shm");
	CHECK(dir);
	while ((entry = readdir(dir)))
		there |= sscanf(entry->d_name, "hftrace-%d-", &pid) == 1 && pid == getpid();
	closedir(dir);
	return there;
}

static void mark_often(struct steps *steps)
{
	struct hft_options options = { .size = sizeof(options), .rings = 2, .ring_slots = 1024 };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;
	unsigned int i;

	CHECK_EQ(hft_init(&options), 0);
	thread = hft_thread_attach("engine");
	CHECK_EQ(hft_status(&status), 0);
	if (status.state != now.want_state || status.module_error != now.want_error ||
	    !strstr(status.text, now.want_text) || strchr(status.text, '\n'))
		printf("# %s: state %u error %d: %s\n", now.state, status.state,
		       status.module_error, status.text);
	CHECK_EQ(status.state, now.want_state);
	CHECK_EQ(status.module_error, now.want_error);
	CHECK(strstr(status.text, now.want_text) && !strchr(status.text, '\n'));
	if (steps)
		steps_begin(steps);
	for (i = 0; i < MARKS; i++)
		hft_mark(thread, 1, i);
	if (steps)
		steps_end(steps);
	CHECK_EQ(thread->ctl->records, MARKS);
	CHECK_EQ(private_file_is_there(), now.want_state == HFT_STATE_PRIVATE);
	hft_fini();
	for (i = 0; i < MARKS; i++)
		hft_mark(thread, 1, i);
}

/* Nobody gives memory at all: an error, and nothing happens from then on. */
static int no_memory_at_all(void)
{
	struct hft_options options = { .size = sizeof(options), .rings = HFT_REGION_RINGS_MAX,
				       .ring_slots = HFT_RING_SLOTS_MAX };
	struct hft_status status = { .size = sizeof(status) };
	struct hft_thread *thread;

	now = devices[2];
	CHECK(hft_init(&options) < 0);
	thread = hft_thread_attach("engine");
	CHECK(thread);
	hft_mark(thread, 1, 1);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.state, HFT_STATE_NONE);
	CHECK(strstr(status.text, "hft_init"));
	return 0;
}

static int each_state_has_its_line(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		now = devices[i];
		if (!now.want_state)
			now.want_state = HFT_STATE_PRIVATE;
		mark_often(NULL);
	}
	return 0;
}

static int a_mark_costs_the_same(void)
{
	unsigned long taken = 0;
	struct steps *steps;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		now = devices[i];
		if (!now.want_state)
			now.want_state = HFT_STATE_PRIVATE;
		steps = steps_make();
		CHECK(steps);
		CHECK_EQ(steps_run(steps, mark_often, NULL), 0);
		if (!i)
			taken = steps->taken;
		CHECK_EQ(steps->taken, taken);
		munmap(steps, sizeof(*steps));
	}
	printf("# %lu instructions for %u marks in each of %u states\n", taken, MARKS, i);
	CHECK(taken > 15 * MARKS);
	return 0;
}

KTAP_MAIN({ "each state of the module has its line", each_state_has_its_line },
	  { "a mark takes as many instructions in each", a_mark_costs_the_same },
	  { "no memory in any way: off, and said", no_memory_at_all })
