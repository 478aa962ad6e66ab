// SPDX-License-Identifier: GPL-2.0
/*
 * What those can do who have not the right to: each ioctl, each mapping, asked for by each kind of
 * user that might come by a file of the device. docs/SECURITY.md has the table.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "ring.h"

#define PAGE		4096UL
#define TRADER		1001	/* uid, as /etc/passwd of the guest has it */

#define CHECK(condition)	do { if (!(condition)) _exit(__LINE__ % 255 + 1); } while (0)

/* In their order. What reads or changes what the kernel records is for who may read it. */
static const struct {
	unsigned long command;
	bool readers;
} requests[] = {
	{ HFT_IOC_HELLO, false },
	{ HFT_IOC_HOOK_INFO, false },
	{ HFT_IOC_ATTACH, true },
	{ HFT_IOC_DETACH, true },
	{ HFT_IOC_ARM, true },
	{ HFT_IOC_RESIZE, true },
	{ HFT_IOC_REGION_CREATE, false },
	{ HFT_IOC_REGION_INFO, false },
	{ HFT_IOC_REGION_OPEN, false },
	{ HFT_IOC_CLOCK, false },
	{ HFT_IOC_AUDIT, true },
	{ HFT_IOC_BUDGET, true },
	{ HFT_IOC_REARM, true },
	{ HFT_IOC_PMU, true },
	{ HFT_IOC_WATCH, true },
	{ HFT_IOC_PROBE_ADD, true },
	{ HFT_IOC_PROBE_REMOVE, true },
	{ HFT_IOC_PROBE_INFO, true },
	{ HFT_IOC_HOOK_CPU, true },
};

#define REQUESTS	(sizeof(requests) / sizeof(requests[0]))

union request {
	__u32 size;
	struct hft_hello hello;
	struct hft_attach attach;
	char bytes[1024];
};

static int ask(int fd, unsigned int nr)
{
	union request request = { 0 };

	request.size = _IOC_SIZE(requests[nr].command);
	if (requests[nr].command == HFT_IOC_HELLO)
		request.hello.abi_major = HFT_ABI_MAJOR;
	return control(fd, requests[nr].command, &request);
}

/* What is written by force, past the mapping's own rights, as a debugger does it. */
static bool can_be_forced(const void *at)
{
	char byte = 1;
	struct iovec from = { &byte, 1 }, to = { (void *)at, 1 };
	int memory;
	bool forced;

	/* who changed its user may not open that file else */
	prctl(PR_SET_DUMPABLE, 1);
	memory = open("/proc/self/mem", O_RDWR);
	CHECK(memory >= 0);
	forced = pwrite(memory, &byte, 1, (off_t)at) == 1;
	close(memory);
	return forced || process_vm_writev(getpid(), &from, 1, &to, 1, 0) == 1;
}

/* Of `roots` region, of CPU rings, and of each request: nothing that is not for all. */
static void has_no_rights(int fd, __u64 roots)
{
	struct hft_region_open open;
	struct hft_region_info info;
	unsigned int nr;
	int err;

	for (nr = 0; nr < REQUESTS; nr++)
		CHECK((ask(fd, nr) == -EPERM) == requests[nr].readers);
	for (nr = 0; nr < 4; nr++) {
		CHECK(!device_map(fd, HFT_MAP_CPU(nr), PAGE, PROT_READ, &err));
		CHECK(err == -EPERM);
	}
	CHECK(region_open(fd, roots, &open) == -EACCES);
	CHECK(region_info(fd, roots - 1, &info) == -ENOENT || info.region != roots);
	CHECK(!device_map(fd, HFT_MAP_REGION, PAGE, PROT_READ, &err) && err == -ENXIO);
}

/* What they must not have changed. */
struct state {
	struct hft_hello hello;
	int armed;
	int log_lines;
};

/* Of the module's in the kernel's log. */
static int count_log_lines(void)
{
	static char log[1 << 20];
	int bytes = klogctl(3, log, sizeof(log) - 1), lines = 0;
	char *at;

	log[bytes > 0 ? bytes : 0] = 0;
	for (at = log; (at = strstr(at, "hftrace: ")); at++)
		lines++;
	return bytes < 0 ? -errno : lines;
}

static int look(int fd, struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->armed = device_cpus_armed(fd, HFT_HOOK_SWITCH);
	state->log_lines = count_log_lines();
	return device_hello(fd, &state->hello);
}

static const struct arming armed = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };

FIXTURE(privileges)
{
	struct hft_region_create region;	/* root's */
	struct state before;
	int fd;
};

FIXTURE_SETUP(privileges)
{
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(region_create(self->fd, 1, 256, &self->region), 0);
	ASSERT_EQ(device_arm(self->fd, &armed), 0);
	ASSERT_EQ(look(self->fd, &self->before), 0);
}

/* Whatever they did, all is as it was. */
FIXTURE_TEARDOWN(privileges)
{
	struct state after;

	EXPECT_EQ(look(self->fd, &after), 0);
	EXPECT_EQ(memcmp(&after, &self->before, sizeof(after)), 0);
	close(self->fd);
}

/* A child does it; its exit status is the line of the check that failed, as it were. */
#define IN_CHILD(...) ({						\
	pid_t pid_ = fork();						\
									\
	if (!pid_) {							\
		__VA_ARGS__;						\
		_exit(0);						\
	}								\
	wait_for(pid_);							\
})

TEST(every_request_is_known_here)
{
	unsigned int nr;

	for (nr = 0; nr < REQUESTS; nr++)
		EXPECT_EQ(_IOC_NR(requests[nr].command), nr);
}

TEST_F(privileges, of_the_group)
{
	EXPECT_EQ(IN_CHILD({
		CHECK(!become("trader"));
		has_no_rights(device_open(O_RDWR), self->region.region);
	}), 0);
}

TEST_F(privileges, after_setuid)
{
	EXPECT_EQ(IN_CHILD({
		int fd = device_open(O_RDWR);

		CHECK(!become("nobody"));
		has_no_rights(fd, self->region.region);
	}), 0);
}

/* The user 0 alone is nothing. */
TEST_F(privileges, of_root_without_capabilities)
{
	EXPECT_EQ(IN_CHILD({
		struct __user_cap_header_struct header = {
			.version = _LINUX_CAPABILITY_VERSION_3,
		};
		struct __user_cap_data_struct none[2] = { 0 };
		struct hft_region_open open;
		unsigned int nr;
		int fd = device_open(O_RDWR);

		CHECK(!syscall(SYS_capset, &header, none));
		for (nr = 0; nr < REQUESTS; nr++)
			CHECK((ask(fd, nr) == -EPERM) == requests[nr].readers);
		/* it is the same user */
		CHECK(!region_open(fd, self->region.region, &open));
	}), 0);
}

static void map_to_root(void)
{
	char line[64];

	prctl(PR_SET_DUMPABLE, 1);
	CHECK(!write_file("/proc/self/setgroups", "deny"));
	snprintf(line, sizeof(line), "0 %d 1", TRADER);
	CHECK(!write_file("/proc/self/uid_map", line));
}

/* All capabilities, of a namespace that the kernel's rings are not of. */
TEST_F(privileges, of_root_in_a_user_namespace)
{
	EXPECT_EQ(IN_CHILD({
		CHECK(!become("trader"));
		CHECK(!unshare(CLONE_NEWUSER));
		map_to_root();
		CHECK(!getuid() && !geteuid());
		has_no_rights(device_open(O_RDWR), self->region.region);
	}), 0);
}

/* In a container of its own: it sees its user's regions, and numbers as they are there. */
TEST_F(privileges, of_a_container)
{
	EXPECT_EQ(IN_CHILD({
		struct hft_region_create create;
		struct hft_region_info info;
		int outside;

		CHECK(!become("trader"));
		outside = device_open(O_RDWR);
		CHECK(!region_create(outside, 1, 256, &create));
		CHECK(!unshare(CLONE_NEWUSER | CLONE_NEWPID));
		map_to_root();
		CHECK(!IN_CHILD({
			int fd = device_open(O_RDWR);

			CHECK(getpid() == 1);
			has_no_rights(fd, self->region.region);
			CHECK(!region_info(fd, 0, &info));
			CHECK(info.region == create.region);
			CHECK(info.tgid == 0 && info.euid == 0);
		}));
	}), 0);
}

static int send_file(int to, int fd)
{
	char control_bytes[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control_bytes, .msg_controllen = sizeof(control_bytes),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(to, &message, 0) == 1 ? 0 : -errno;
}

static int receive_file(int from)
{
	char control_bytes[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control_bytes, .msg_controllen = sizeof(control_bytes),
	};
	int fd;

	if (recvmsg(from, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* A file of root's with something armed, in the hands of nobody: it stays armed, no more. */
TEST_F(privileges, of_a_file_that_was_passed_on)
{
	int sockets[2], bare;

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	bare = device_open(O_RDWR);
	ASSERT_GE(bare, 0);
	ASSERT_EQ(send_file(sockets[0], self->fd), 0);
	ASSERT_EQ(send_file(sockets[0], bare), 0);
	close(bare);
	EXPECT_EQ(IN_CHILD({
		unsigned int nr;
		int fd, err;

		CHECK(!become("nobody"));
		fd = receive_file(sockets[1]);
		for (nr = 0; nr < REQUESTS; nr++)
			CHECK((ask(fd, nr) == -EPERM) == requests[nr].readers);
		CHECK(!device_map(fd, HFT_MAP_CPU(QUIET_CPU), PAGE, PROT_READ, &err));
		/* the region of that file is its maker's memory alone */
		CHECK(!device_map(fd, HFT_MAP_REGION, self->region.map_size,
				  PROT_READ | PROT_WRITE, &err) && err == -EACCES);
		has_no_rights(receive_file(sockets[1]), self->region.region);
	}), 0);
	close(sockets[0]);
	close(sockets[1]);
}

/* Who passes a file on with which a region was opened passes on what it shows, nothing else. */
TEST_F(privileges, of_an_opened_region_that_was_passed_on)
{
	struct hft_region_open open;
	int fd = device_open(O_RDWR);

	ASSERT_EQ(region_open(fd, self->region.region, &open), 0);
	EXPECT_EQ(IN_CHILD({
		char *at;
		int err;

		CHECK(!become("nobody"));
		at = device_map(fd, HFT_MAP_REGION, open.map_size, PROT_READ, &err);
		CHECK(at && !err);
		CHECK(mprotect(at, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES);
		CHECK(!device_map(fd, HFT_MAP_REGION, PAGE, PROT_READ | PROT_WRITE, &err) &&
		      err == -EACCES);
		CHECK(!can_be_forced(at));
		CHECK(madvise(at, PAGE, MADV_POPULATE_WRITE));
		CHECK(region_open(fd, self->region.region, &open) == -EBUSY);
	}), 0);
	close(fd);
}

TEST_F(privileges, to_write_what_may_be_read_cannot_be_forced)
{
	const void *at;
	int err;

	/* not even by root, a debugger's way */
	at = device_map(self->fd, HFT_MAP_CPU(QUIET_CPU), PAGE, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	EXPECT_FALSE(can_be_forced(at));
	at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self->fd, (off_t)HFT_MAP_CPU(QUIET_CPU));
	ASSERT_NE(at, MAP_FAILED);
	EXPECT_FALSE(can_be_forced(at));
	EXPECT_NE(syscall(SYS_remap_file_pages, at, PAGE, 0, 1, 0), 0);
}

/* A child that gets the mapping after all is counted as one who maps it. */
TEST_F(privileges, of_children_that_inherit_a_ring_are_counted)
{
	int tell[2], told[2], err;
	char byte;
	void *at;
	pid_t pid;

	at = device_map(self->fd, HFT_MAP_CPU(QUIET_CPU), PAGE, PROT_READ, &err);
	ASSERT_EQ(err, 0);
	ASSERT_EQ(pipe(tell), 0);
	ASSERT_EQ(pipe(told), 0);
	ASSERT_EQ(madvise(at, PAGE, MADV_DOFORK), 0);
	pid = fork();
	if (!pid) {
		CHECK(((struct hft_ring_ctl *)at)->magic == HFT_RING_MAGIC);
		CHECK(write(told[1], "", 1) == 1);
		CHECK(read(tell[0], &byte, 1) == 1);
		_exit(0);
	}
	ASSERT_EQ(read(told[0], &byte, 1), 1);
	munmap(at, PAGE);
	ASSERT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(device_resize(self->fd, self->before.hello.ring_slots / 2), -EBUSY);
	EXPECT_EQ(write(tell[1], "", 1), 1);
	EXPECT_EQ(wait_for(pid), 0);
	EXPECT_EQ(device_resize(self->fd, self->before.hello.ring_slots / 2), 0);
	EXPECT_EQ(device_resize(self->fd, self->before.hello.ring_slots), 0);
	EXPECT_EQ(device_arm(self->fd, &armed), 0);
}

/* Nor does the kernel's log grow: teardown has counted its lines. */
TEST_F(privileges, of_one_who_never_stops_asking)
{
	EXPECT_EQ(IN_CHILD({
		unsigned int i;
		int fd;

		CHECK(!become("trader"));
		fd = device_open(O_RDWR);
		for (i = 0; i < 20000; i++)
			ask(fd, i % REQUESTS);
	}), 0);
}

/* Who may arm can have leases run out as fast as they can: the log says so some times, no more. */
TEST(leases_that_run_out_do_not_fill_the_log)
{
	struct arming arming = armed;
	const __u64 start = now_ns();
	unsigned int i, fired = 0;
	int fd, before;

	fd = device_open(O_RDWR);
	ASSERT_GE(fd, 0);
	arming.lease_ms = 1;
	before = count_log_lines();
	ASSERT_GE(before, 0);
	for (i = 0; i < 300; i++) {
		ASSERT_EQ(device_arm(fd, &arming), 0);
		fired += wait_until(device_cpus_armed(fd, HFT_HOOK_SWITCH) == 0);
	}
	EXPECT_EQ(fired, 300);
	EXPECT_GT(count_log_lines(), before);
	/* 10 in 5 s */
	EXPECT_LE(count_log_lines(), before + 10 * (int)((now_ns() - start) / 5000000000ULL + 2));
	close(fd);
}

TEST_HARNESS_MAIN
