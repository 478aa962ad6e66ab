// SPDX-License-Identifier: GPL-2.0
/* Budgets: the dearest hook of a CPU that is over its own goes off, in time, said so, and alone. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "harness.h"
#include "load.h"
#include "ring.h"

#define ONE_PERCENT	10000000ULL	/* ns a second */
#define ARMED		(BIT_OF(SYSCALL) | BIT_OF(SWITCH) | BIT_OF(WAKEUP))

FIXTURE(governor)
{
	int fd;
	struct ring ring;
	unsigned long *calls;
	pid_t storm;
	pid_t sleeps;
};

FIXTURE_SETUP(governor)
{
	ASSERT_EQ(hftrace_reload("attach=switch,wakeup,syscall ring_kb=16384"), 0);
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	ASSERT_EQ(ring_map(&self->ring, self->fd, QUIET_CPU), 0);
	self->calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(self->calls, MAP_FAILED);
}

FIXTURE_TEARDOWN(governor)
{
	if (self->storm)
		stop(self->storm);
	if (self->sleeps)
		stop(self->sleeps);
	ring_unmap(&self->ring);
	close(self->fd);
}

static void begin_storm(FIXTURE_DATA(governor) *self)
{
	self->storm = load_syscalls(QUIET_CPU, self->calls);
	self->sleeps = load_sleeps(QUIET_CPU);
}

static unsigned long calls(const FIXTURE_DATA(governor) *self)
{
	return __atomic_load_n(self->calls, __ATOMIC_ACQUIRE);
}

static bool is_cut(int fd, enum hft_hook_id hook)
{
	struct hft_hook_cpu about;

	return !device_hook_cpu(fd, hook, QUIET_CPU, &about) && about.flags & HFT_HOOK_CPU_CUT;
}

/*
 * Naps of a millisecond or more until the governor has disarmed the storm's
 * hook; at most `most`. Those in which this machine did not run the storm do
 * not count, and there are none while it does not run the governor's CPU.
 */
static unsigned int naps_until_cut(const FIXTURE_DATA(governor) *self, unsigned int most)
{
	unsigned int naps = 0;

	while (naps < most && !is_cut(self->fd, HFT_HOOK_SYSCALL)) {
		unsigned long before = calls(self);

		sleep_ms(1);
		naps += calls(self) != before;
	}
	return naps;
}

/*
 * What the ring says next about the governor, which the CPU writes when it next
 * comes by the hook. *first: when the first call before was recorded, or 0.
 */
static bool next_word(struct ring *ring, struct record *record, __u64 *first)
{
	const __u64 until = now_ns() + PATIENCE_MS * 1000000ULL;

	*first = 0;
	do {
		while (ring_next(ring, record, false)) {
			if (record->type == HFT_REC_GOVERNOR)
				return true;
			if (record->type == HFT_REC_SYSCALL && !*first)
				*first = record->tsc;
		}
		sleep_ms(1);
	} while (now_ns() < until);
	return false;
}

static unsigned int count_new(struct ring *ring, unsigned int type)
{
	struct record record;
	unsigned int count = 0;

	while (ring_next(ring, &record, false))
		count += record.type == type;
	return count;
}

TEST_F(governor, cuts_a_storm_off_within_100_ms)
{
	const struct arming arming = { .hooks = ARMED, .cpus = 1 << QUIET_CPU };
	struct hft_hook_info info = { .size = sizeof(info), .id = HFT_HOOK_SYSCALL };
	struct hft_hook_cpu about;
	struct record record;
	unsigned int switches = 0;
	unsigned long before;
	struct hft_hello hello;
	__u64 first, ms;

	ASSERT_EQ(device_hello(self->fd, &hello), 0);
	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 0, ONE_PERCENT), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	begin_storm(self);
	EXPECT_LE(naps_until_cut(self, 1000), 100);
	ASSERT_TRUE(is_cut(self->fd, HFT_HOOK_SYSCALL));
	/* the storm goes on, and none of it is recorded any more */
	before = calls(self);
	ASSERT_TRUE(next_word(&self->ring, &record, &first));
	EXPECT_GT(first, 0);
	EXPECT_EQ(record.governor.hook, HFT_HOOK_SYSCALL);
	EXPECT_EQ(record.governor.reason, HFT_GOVERNOR_NS);
	EXPECT_EQ(record.governor.budget, ONE_PERCENT);
	EXPECT_GT(record.governor.ns_per_s, ONE_PERCENT);
	EXPECT_GE(record.tsc, record.governor.decided);
	ms = (record.governor.decided - first) / hello.clock_khz;
	TH_LOG("%llu events/s and %llu ns/s were cut %llu ms after the first of them",
	       record.governor.events_per_s, record.governor.ns_per_s, ms);
	EXPECT_TRUE(wait_until(calls(self) > before + 1000));
	/* the others live on */
	EXPECT_EQ(ring_armed(&self->ring), BIT_OF(SWITCH) | BIT_OF(WAKEUP));
	EXPECT_EQ(count_new(&self->ring, HFT_REC_SYSCALL), 0);
	EXPECT_TRUE(wait_until((switches += count_new(&self->ring, HFT_REC_SWITCH)) > 10));
	EXPECT_EQ(control(self->fd, HFT_IOC_HOOK_INFO, &info), 0);
	EXPECT_EQ(info.cpus_cut, 1);
	EXPECT_EQ(info.cpus_armed, 0);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SYSCALL, QUIET_CPU, &about), 0);
	EXPECT_EQ(about.flags, HFT_HOOK_CPU_CUT | HFT_HOOK_CPU_INTERVAL);
	EXPECT_EQ(about.budget_ns, ONE_PERCENT);
	EXPECT_GT(about.timed, 0);
}

TEST_F(governor, arms_again_by_hand_and_says_so)
{
	const struct arming arming = { .hooks = BIT_OF(SYSCALL), .cpus = 1 << QUIET_CPU };
	struct record record;
	__u64 first;

	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 1000, 0), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	begin_storm(self);
	ASSERT_TRUE(wait_until(is_cut(self->fd, HFT_HOOK_SYSCALL)));
	ASSERT_TRUE(next_word(&self->ring, &record, &first));
	EXPECT_EQ(record.governor.reason, HFT_GOVERNOR_EVENTS);
	EXPECT_EQ(record.governor.budget, 1000);
	/* without a budget it stays armed */
	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 0, 0), 0);
	EXPECT_EQ(ring_armed(&self->ring), 0);
	ASSERT_EQ(device_rearm(self->fd, 1 << QUIET_CPU, BIT_OF(SYSCALL)), 0);
	EXPECT_EQ(ring_armed(&self->ring), BIT_OF(SYSCALL));
	ASSERT_TRUE(next_word(&self->ring, &record, &first));
	EXPECT_EQ(record.governor.reason, HFT_GOVERNOR_REARMED);
	EXPECT_EQ(first, 0);
	sleep_ms(200);
	EXPECT_EQ(ring_armed(&self->ring), BIT_OF(SYSCALL));
	/* with one it is disarmed again */
	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 1000, 0), 0);
	EXPECT_TRUE(wait_until(is_cut(self->fd, HFT_HOOK_SYSCALL)));
}

TEST_F(governor, leaves_alone_what_keeps_within_its_budget)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3 };
	struct hft_hook_cpu about;

	/* of the other CPU alone, where there is next to nothing */
	ASSERT_EQ(device_budget(self->fd, 1 << OTHER_CPU, 0, 1000000000), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	begin_storm(self);
	sleep_ms(300);
	EXPECT_EQ(ring_armed(&self->ring), BIT_OF(SWITCH));
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SWITCH, OTHER_CPU, &about), 0);
	EXPECT_EQ(about.flags, HFT_HOOK_CPU_ARMED);
	EXPECT_EQ(about.budget_ns, 1000000000);
}

TEST_F(governor, begins_anew_when_nobody_arms_any_more)
{
	const struct arming arming = { .hooks = BIT_OF(SYSCALL), .cpus = 1 << QUIET_CPU };

	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 1000, 0), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	begin_storm(self);
	ASSERT_TRUE(wait_until(is_cut(self->fd, HFT_HOOK_SYSCALL)));
	ASSERT_EQ(device_disarm(self->fd), 0);
	ASSERT_EQ(device_budget(self->fd, 1 << QUIET_CPU, 0, 0), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_EQ(ring_armed(&self->ring), BIT_OF(SYSCALL));
}

TEST_F(governor, takes_its_budget_from_the_parameters)
{
	struct hft_hook_cpu about;

	ring_unmap(&self->ring);
	close(self->fd);
	ASSERT_EQ(hftrace_reload("attach=none budget_events=5 budget_ppm=20000"), 0);
	self->fd = device_open(O_RDWR);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOK_SWITCH, OTHER_CPU, &about), 0);
	EXPECT_EQ(about.budget_events, 5);
	EXPECT_EQ(about.budget_ns, 2 * ONE_PERCENT);
	ASSERT_EQ(ring_map(&self->ring, self->fd, QUIET_CPU), 0);
}

TEST_F(governor, refuses_what_makes_no_sense)
{
	struct hft_hook_cpu about;

	EXPECT_EQ(device_budget(self->fd, 0, 1, 1), -EINVAL);
	EXPECT_EQ(device_budget(self->fd, 1ULL << 63, 1, 1), -ENXIO);
	EXPECT_EQ(device_rearm(self->fd, 1, 0), -EINVAL);
	EXPECT_EQ(device_rearm(self->fd, 1, 1ULL << HFT_HOOKS), -EINVAL);
	EXPECT_EQ(device_rearm(self->fd, 0, 1), -EINVAL);
	EXPECT_EQ(device_hook_cpu(self->fd, HFT_HOOKS, 0, &about), -ENOENT);
	EXPECT_EQ(device_hook_cpu(self->fd, 0, 4096, &about), -ENXIO);
	ASSERT_EQ(become("trader"), 0);
	EXPECT_EQ(device_budget(self->fd, 1, 1, 1), -EPERM);
	EXPECT_EQ(device_rearm(self->fd, 1, 1), -EPERM);
	EXPECT_EQ(device_hook_cpu(self->fd, 0, 0, &about), -EPERM);
}

TEST_HARNESS_MAIN
