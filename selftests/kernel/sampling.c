// SPDX-License-Identifier: GPL-2.0
/* One record in N of a hook, which the program that causes them counts itself. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define CALLS	10000
#define EVERY	10

FIXTURE(sampling)
{
	int fd;
	struct ring ring;
};

FIXTURE_SETUP(sampling)
{
	ASSERT_EQ(hftrace_reload("ring_kb=16384 attach=switch,visit,syscall"), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(QUIET_CPU), 0);
	ASSERT_EQ(ring_map(&self->ring, self->fd, QUIET_CPU), 0);
}

FIXTURE_TEARDOWN(sampling)
{
	ring_unmap(&self->ring);
	close(self->fd);
}

static void make_calls(unsigned int count)
{
	while (count--)
		syscall(SYS_getppid);
}

static unsigned int count_calls(struct ring *ring)
{
	struct record record;
	unsigned int count = 0;

	while (ring_next(ring, &record, true))
		count += record.type == HFT_REC_SYSCALL && record.syscall.nr == SYS_getppid;
	return count;
}

TEST_F(sampling, writes_one_in_n)
{
	const struct arming arming = {
		.hooks = BIT_OF(SYSCALL), .cpus = 1 << QUIET_CPU, .tgid = { getpid() },
	};
	struct hft_hook_cpu about;

	ASSERT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOK_SYSCALL, EVERY), 0);
	make_calls(CALLS);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SYSCALL, QUIET_CPU, &about), 0);
	EXPECT_EQ(about.every, EVERY);
	ASSERT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(count_calls(&self->ring), CALLS / EVERY);
}

TEST_F(sampling, leaves_the_other_hooks_alone)
{
	const struct arming arming = {
		.hooks = BIT_OF(SYSCALL) | BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU,
		.tgid = { getpid() },
	};

	ASSERT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOK_SWITCH, EVERY), 0);
	make_calls(CALLS);
	ASSERT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(count_calls(&self->ring), CALLS);
}

/* Visits around calls: what is left out has been all the same, and stays inside its visit. */
TEST_F(sampling, keeps_what_nests_inside)
{
	const struct arming arming = {
		.hooks = BIT_OF(SYSCALL) | BIT_OF(VISIT), .cpus = 1 << QUIET_CPU,
		.tgid = { getpid() },
	};
	unsigned int visits = 0, hollow = 0;
	struct record record;

	ASSERT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOK_SYSCALL, 1000000), 0);
	make_calls(CALLS);
	ASSERT_EQ(device_disarm(self->fd), 0);
	while (ring_next(&self->ring, &record, true)) {
		EXPECT_NE(record.type, HFT_REC_SYSCALL);
		if (record.type == HFT_REC_VISIT && !(record.ctx & HFT_CTX_CONTINUED)) {
			visits++;
			hollow += record.visit.net < record.visit.duration;
		}
	}
	EXPECT_GE(visits, CALLS);
	/* an interrupt that began a visit has no call inside */
	EXPECT_GT(hollow, CALLS * 9 / 10);
}

TEST_F(sampling, is_as_the_least_choosy_wants)
{
	const struct arming arming = {
		.hooks = BIT_OF(SYSCALL), .cpus = 1 << QUIET_CPU, .tgid = { getpid() },
	};
	struct hft_hook_cpu about;
	int other = device_open(O_RDWR);

	ASSERT_GE(other, 0);
	ASSERT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOK_SYSCALL, EVERY), 0);
	ASSERT_EQ(device_arm_sampled(other, &arming, HFT_HOOK_SYSCALL, 3), 0);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SYSCALL, QUIET_CPU, &about), 0);
	EXPECT_EQ(about.every, 3);
	ASSERT_EQ(device_arm(other, &arming), 0);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SYSCALL, QUIET_CPU, &about), 0);
	EXPECT_EQ(about.every, 1);
	close(other);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SYSCALL, QUIET_CPU, &about), 0);
	EXPECT_EQ(about.every, EVERY);
}

TEST_F(sampling, refuses_none_in_n)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };

	EXPECT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOK_SWITCH, 0), -EINVAL);
	EXPECT_EQ(device_arm_sampled(self->fd, &arming, HFT_HOOKS, 2), -EINVAL);
	EXPECT_EQ(ring_armed(&self->ring), 0);
}

TEST_HARNESS_MAIN
