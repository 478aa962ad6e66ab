// SPDX-License-Identifier: GPL-2.0
/* Who may do what, and who sees addresses of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define KPTR_RESTRICT	"/proc/sys/kernel/kptr_restrict"
#define ADDRESSES	(BIT_OF(NMI) | BIT_OF(FAULT))

#define CHECK(condition)	do { if (!(condition)) _exit(__LINE__ % 256); } while (0)

/* Runs `test` in a child; its exit status is the line of the check that failed. */
static int in_child(void (*test)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (!pid) {
		test(arg);
		_exit(0);
	}
	return wait_for(pid);
}

FIXTURE(rights)
{
	int none;
};

/* New rings: what earlier tests have recorded in them does not count. */
FIXTURE_SETUP(rights)
{
	ASSERT_EQ(hftrace_reload(""), 0);
	ASSERT_EQ(write_file(KPTR_RESTRICT, "0"), 0);
}

FIXTURE_TEARDOWN(rights)
{
	EXPECT_EQ(write_file(KPTR_RESTRICT, "0"), 0);
}

static void as_trader(void *arg)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 };
	struct hft_hook_info hook = { .size = sizeof(hook) };
	struct hft_clock_sample sample = { .size = sizeof(sample) };
	struct hft_region_create create;
	struct hft_region_open open;
	struct hft_region_info info;
	struct hft_hello hello;
	__u64 roots = *(__u64 *)arg;
	int fd, read_only, err;

	CHECK(!become("trader"));
	fd = device_open(O_RDWR);
	CHECK(fd >= 0);
	CHECK(!device_hello(fd, &hello) && hello.may == HFT_MAY_WRITE);
	/* what tells nothing of others is for all */
	CHECK(!control(fd, HFT_IOC_HOOK_INFO, &hook));
	CHECK(!control(fd, HFT_IOC_CLOCK, &sample));
	/* the kernel's rings are not */
	CHECK(device_arm(fd, &arming) == -EPERM);
	CHECK(device_disarm(fd) == -EPERM);
	CHECK(device_attach(fd, BIT_OF(SYSCALL), 0) == -EPERM);
	CHECK(device_detach(fd, BIT_OF(SWITCH), 0) == -EPERM);
	CHECK(device_resize(fd, 1024) == -EPERM);
	CHECK(!device_map(fd, HFT_MAP_CPU(0), 4096, PROT_READ, &err) && err == -EPERM);
	/* nor are others' regions, of which it does not even hear */
	CHECK(region_info(fd, 0, &info) == -ENOENT);
	CHECK(region_open(fd, roots, &open) == -EACCES);
	CHECK(!device_map(fd, HFT_MAP_REGION, 4096, PROT_READ, &err) && err == -ENXIO);
	/* its own is */
	CHECK(!region_create(fd, 1, 256, &create));
	CHECK(device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE, &err));
	CHECK(!region_info(fd, 0, &info) && info.region == create.region && info.euid == 1001);
	read_only = device_open(O_RDONLY);
	CHECK(read_only >= 0);
	CHECK(!device_hello(read_only, &hello) && !hello.may);
	CHECK(region_create(read_only, 1, 256, &create) == -EPERM);
	CHECK(!region_open(read_only, info.region, &open));
	CHECK(device_map(read_only, HFT_MAP_REGION, open.map_size, PROT_READ, &err));
}

TEST_F(rights, of_the_group)
{
	struct hft_region_create create;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 1, 256, &create), 0);
	EXPECT_EQ(in_child(as_trader, &create.region), 0);
	close(fd);
}

static void as_alice(void *user)
{
	CHECK(!become(user));
	CHECK(device_open_mute(O_RDWR) == -EACCES);
	CHECK(device_open_mute(O_RDONLY) == -EACCES);
	CHECK(device_open_mute(O_WRONLY) == -EACCES);
}

TEST_F(rights, of_all_others)
{
	EXPECT_EQ(in_child(as_alice, "alice"), 0);
	EXPECT_EQ(in_child(as_alice, "nobody"), 0);
}

/* Opened with rights, used without: the rights of who asks count. */
static void without_rights(void *arg)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 };
	int fd = *(int *)arg, err;

	CHECK(!become("alice"));
	CHECK(device_arm(fd, &arming) == -EPERM);
	CHECK(!device_map(fd, HFT_MAP_CPU(0), 4096, PROT_READ, &err) && err == -EPERM);
}

TEST_F(rights, are_asked_again_each_time)
{
	int fd = device_open(O_RDWR);

	EXPECT_EQ(in_child(without_rights, &fd), 0);
	close(fd);
}

static void as_perfmon(void *arg)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 };
	struct hft_region_open open;
	struct hft_hello hello;
	__u64 roots = *(__u64 *)arg;
	int fd, err;

	CHECK(!become_with("trader", CAP_PERFMON));
	fd = device_open(O_RDWR);
	CHECK(!device_hello(fd, &hello) && hello.may == (HFT_MAY_WRITE | HFT_MAY_READ));
	CHECK(!device_arm(fd, &arming));
	CHECK(!device_disarm(fd));
	CHECK(device_map(fd, HFT_MAP_CPU(0), 4096, PROT_READ, &err));
	CHECK(!device_attach(fd, BIT_OF(SWITCH), 0));
	CHECK(!region_open(fd, roots, &open));
	CHECK(device_map(fd, HFT_MAP_REGION, open.map_size, PROT_READ, &err));
}

TEST_F(rights, of_cap_perfmon)
{
	struct hft_region_create create;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(region_create(fd, 1, 256, &create), 0);
	EXPECT_EQ(in_child(as_perfmon, &create.region), 0);
	close(fd);
}

static void open_one(void *region)
{
	struct hft_region_open open;
	int fd;

	CHECK(!become("trader"));
	fd = device_open(O_RDONLY);
	CHECK(region_open(fd, *(__u64 *)region, &open) == -EACCES);
}

/* A process that has become another user is not read by the old one, then or later. */
TEST_F(rights, to_a_process_that_became_another)
{
	struct hft_region_create create;
	int tell[2], told[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(pipe(tell), 0);
	ASSERT_EQ(pipe(told), 0);
	pid = fork();
	if (!pid) {
		int fd, err;

		CHECK(!become_with("trader", CAP_SETUID));
		fd = device_open(O_RDWR);
		CHECK(!region_create(fd, 1, 256, &create));
		CHECK(device_map(fd, HFT_MAP_REGION, create.map_size, PROT_READ | PROT_WRITE,
				 &err));
		CHECK(!setresuid(1002, 1002, 1002));
		CHECK(write(told[1], &create, sizeof(create)) == sizeof(create));
		CHECK(read(tell[0], &byte, 1) == 1);
		_exit(0);
	}
	ASSERT_EQ(read(told[0], &create, sizeof(create)), sizeof(create));
	EXPECT_EQ(in_child(open_one, &create.region), 0);
	EXPECT_EQ(write(tell[1], "", 1), 1);
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_EQ(in_child(open_one, &create.region), 0);
}

#define ENOUGH	20	/* records */

static bool is_kernel(__u64 address)
{
	return address >> 63;
}

/*
 * Arms what records addresses, while there are NMIs and faults of the kernel,
 * and counts records with and without an address of the kernel, until there
 * are enough of the one kind or the other.
 */
static void count_addresses(int fd, unsigned int *shown, unsigned int *hidden)
{
	const struct arming arming = {
		.hooks = ADDRESSES & device_attached(fd), .cpus = 1 << QUIET_CPU,
	};
	const __u64 until = now_ns() + PATIENCE_MS * 1000000ULL;
	struct record record;
	struct ring ring;

	*shown = 0;
	*hidden = 0;
	CHECK(!ring_map(&ring, fd, QUIET_CPU));
	CHECK(!device_arm(fd, &arming));
	while (*shown + *hidden <= ENOUGH && now_ns() < until) {
		if (!ring_next(&ring, &record, false))
			sleep_ms(1);
		else if (record.type == HFT_REC_NMI)
			*(is_kernel(record.nmi.handler) ? shown : hidden) += 1;
		else if (record.type == HFT_REC_FAULT && !record.fault.user)
			*(is_kernel(record.fault.ip) ? shown : hidden) += 1;
	}
	CHECK(!device_disarm(fd));
	ring_unmap(&ring);
}

static void sees_addresses(void *unused)
{
	unsigned int shown, hidden;
	int fd = device_open(O_RDONLY);

	(void)unused;
	count_addresses(fd, &shown, &hidden);
	CHECK(shown > ENOUGH);
	CHECK(!hidden);
}

static void sees_none(void *unused)
{
	unsigned int shown, hidden;
	int fd;

	(void)unused;
	CHECK(!become_with("trader", CAP_PERFMON));
	fd = device_open(O_RDONLY);
	CHECK(fd >= 0);
	count_addresses(fd, &shown, &hidden);
	CHECK(!shown);
	CHECK(hidden > ENOUGH);
}

static void may_not_map(void *unused)
{
	int fd, err;

	(void)unused;
	CHECK(!become_with("trader", CAP_PERFMON));
	fd = device_open(O_RDONLY);
	CHECK(fd >= 0);
	CHECK(!device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err) && err == -EPERM);
}

/* The capabilities that it may have: in force, or not. */
static int use_capabilities(bool use)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	unsigned int i;

	if (syscall(SYS_capget, &header, data))
		return -errno;
	for (i = 0; i < 2; i++)
		data[i].effective = use ? data[i].permitted : 0;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

/* Nothing of the rings goes by a resize to the size that they have. */
static void may_not_map_resized(void *unused)
{
	struct hft_hello hello;
	int fd, err;

	(void)unused;
	CHECK(!become_with("trader", CAP_PERFMON));
	fd = device_open(O_RDONLY);
	CHECK(!device_hello(fd, &hello));
	CHECK(!device_resize(fd, hello.ring_slots));
	CHECK(!device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err) && err == -EPERM);
	/* new ones have none */
	CHECK(!device_resize(fd, hello.ring_slots * 2));
	CHECK(device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err));
}

/* Addresses are kept out for a file that was opened by one who may read: not for this one. */
static void may_not_map_what_it_opened_before(void *unused)
{
	int fd, err;

	(void)unused;
	CHECK(!become_with("trader", CAP_PERFMON));
	CHECK(!use_capabilities(false));
	fd = device_open(O_RDONLY);
	CHECK(fd >= 0);
	CHECK(!device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err) && err == -EPERM);
	CHECK(!use_capabilities(true));
	CHECK(!device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err) && err == -EPERM);
	fd = device_open(O_RDONLY);
	CHECK(device_map(fd, HFT_MAP_CPU(QUIET_CPU), 4096, PROT_READ, &err));
}

TEST_F(rights, to_addresses_cannot_be_come_by)
{
	struct arming arming = { .cpus = 1 << QUIET_CPU };
	int fd;

	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	EXPECT_EQ(in_child(may_not_map_what_it_opened_before, NULL), 0);
	fd = device_open(O_RDONLY);
	arming.hooks = ADDRESSES & device_attached(fd);
	ASSERT_EQ(device_arm(fd, &arming), 0);
	close(fd);
	EXPECT_EQ(in_child(may_not_map, NULL), 0);
	EXPECT_EQ(in_child(may_not_map_resized, NULL), 0);
}

static pid_t start_noise(void)
{
	if (storm_load(500) || storm_run(1))
		return -1;
	return load_faults(QUIET_CPU);
}

static void stop_noise(pid_t noise)
{
	stop(noise);
	storm_run(0);
	storm_unload();
}

/* Faults of the kernel itself on user addresses: read() into pages not yet there. */
static pid_t start_kernel_faults(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	pin(QUIET_CPU);
	for (;;) {
		int zero = open("/dev/zero", O_RDONLY);
		char *at = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);

		if (zero < 0 || read(zero, at, 65536) != 65536)
			_exit(1);
		munmap(at, 65536);
		close(zero);
	}
}

TEST_F(rights, to_addresses_follow_kptr_restrict)
{
	pid_t noise = start_noise(), faults = start_kernel_faults();

	ASSERT_GT(noise, 0);
	/* 1: for CAP_SYSLOG alone */
	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	EXPECT_EQ(in_child(sees_none, NULL), 0);
	/* 2: for nobody */
	ASSERT_EQ(write_file(KPTR_RESTRICT, "2"), 0);
	EXPECT_EQ(in_child(sees_none, NULL), 0);
	EXPECT_NE(in_child(sees_addresses, NULL), 0);
	/* root, under 1, has CAP_SYSLOG; from then on the rings hold addresses */
	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	EXPECT_EQ(in_child(sees_addresses, NULL), 0);
	EXPECT_EQ(in_child(may_not_map, NULL), 0);
	ASSERT_EQ(write_file(KPTR_RESTRICT, "2"), 0);
	EXPECT_EQ(in_child(may_not_map, NULL), 0);
	/* 0: for all who may read */
	ASSERT_EQ(write_file(KPTR_RESTRICT, "0"), 0);
	EXPECT_EQ(in_child(sees_addresses, NULL), 0);
	stop(faults);
	stop_noise(noise);
}

static void looks_on(void *arg)
{
	int *pipes = arg;
	struct record record;
	struct ring ring;
	char byte;
	int fd;

	CHECK(!become_with("trader", CAP_PERFMON));
	fd = device_open(O_RDONLY);
	CHECK(!ring_map(&ring, fd, QUIET_CPU));
	/* the mapping alone is enough to look */
	close(fd);
	CHECK(write(pipes[3], "", 1) == 1);
	CHECK(read(pipes[0], &byte, 1) == 1);
	while (ring_next(&ring, &record, true)) {
		CHECK(record.type != HFT_REC_NMI || !is_kernel(record.nmi.handler));
		CHECK(record.type != HFT_REC_FAULT || !is_kernel(record.fault.ip));
	}
	CHECK(ring.records_read > ENOUGH);
}

/* While one who may not see addresses has a ring mapped, none get into it. */
TEST_F(rights, to_addresses_of_one_who_looks_on)
{
	struct arming arming = { .cpus = 1 << QUIET_CPU };
	pid_t noise = start_noise(), faults = start_kernel_faults(), pid;
	struct ring ring;
	int pipes[4], fd;
	char byte;

	ASSERT_GT(noise, 0);
	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	ASSERT_EQ(pipe(pipes), 0);
	ASSERT_EQ(pipe(pipes + 2), 0);
	pid = fork();
	if (!pid) {
		looks_on(pipes);
		_exit(0);
	}
	ASSERT_EQ(read(pipes[2], &byte, 1), 1);
	fd = device_open(O_RDONLY);
	ASSERT_EQ(ring_map(&ring, fd, QUIET_CPU), 0);
	arming.hooks = ADDRESSES & device_attached(fd);
	ASSERT_EQ(device_arm(fd, &arming), 0);
	EXPECT_TRUE(wait_until(ring_records_written(&ring) > 10 * ENOUGH));
	ASSERT_EQ(device_disarm(fd), 0);
	ASSERT_EQ(settle(), 0);
	ring_unmap(&ring);
	EXPECT_EQ(write(pipes[1], "", 1), 1);
	EXPECT_EQ(wait_for(pid), 0);
	close(fd);
	/* when it is gone, they are shown again */
	EXPECT_EQ(in_child(sees_addresses, NULL), 0);
	stop(faults);
	stop_noise(noise);
}

/* Of those that are in the ring now. */
static unsigned int count_shown(struct ring *ring)
{
	struct record record;
	unsigned int shown = 0;

	while (ring_next(ring, &record, true))
		shown += record.type == HFT_REC_FAULT && is_kernel(record.fault.ip);
	return shown;
}

/* What was armed before is shown again when he is gone. */
TEST_F(rights, to_addresses_return_with_who_has_them)
{
	const int fd = device_open(O_RDONLY);
	const struct arming arming = {
		.hooks = ADDRESSES & device_attached(fd), .cpus = 1 << QUIET_CPU,
	};
	pid_t faults = start_kernel_faults(), pid;
	struct ring ring;
	__u64 written;
	int pipes[4];
	char byte;

	ASSERT_EQ(write_file(KPTR_RESTRICT, "1"), 0);
	ASSERT_EQ(pipe(pipes), 0);
	ASSERT_EQ(pipe(pipes + 2), 0);
	ASSERT_EQ(ring_map(&ring, fd, QUIET_CPU), 0);
	ASSERT_EQ(device_arm(fd, &arming), 0);
	EXPECT_TRUE(wait_until(count_shown(&ring) > 20));
	pid = fork();
	if (!pid) {
		CHECK(!become_with("trader", CAP_PERFMON));
		CHECK(device_open(O_RDONLY) >= 0);
		CHECK(write(pipes[3], "", 1) == 1);
		CHECK(read(pipes[0], &byte, 1) == 1);
		_exit(0);
	}
	ASSERT_EQ(read(pipes[2], &byte, 1), 1);
	ASSERT_EQ(settle(), 0);
	ring_skip(&ring);
	written = ring_records_written(&ring);
	EXPECT_TRUE(wait_until(ring_records_written(&ring) > written + ENOUGH));
	EXPECT_EQ(count_shown(&ring), 0);
	EXPECT_EQ(write(pipes[1], "", 1), 1);
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_TRUE(wait_until(count_shown(&ring) > 20));
	ring_unmap(&ring);
	close(fd);
	stop(faults);
}

TEST_HARNESS_MAIN
