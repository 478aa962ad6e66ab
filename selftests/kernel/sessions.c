// SPDX-License-Identifier: GPL-2.0
/* What one open file arms: where it shows, when it ends, what it refuses. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "kselftest_harness.h"
#include "load.h"
#include "ring.h"

FIXTURE(session)
{
	int fd;
	struct ring quiet;
	struct ring other;
};

FIXTURE_SETUP(session)
{
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	ASSERT_EQ(ring_map(&self->quiet, self->fd, QUIET_CPU), 0);
	ASSERT_EQ(ring_map(&self->other, self->fd, OTHER_CPU), 0);
	/* no test has left anything behind */
	ASSERT_EQ(ring_armed(&self->quiet), 0);
	ASSERT_EQ(ring_armed(&self->other), 0);
}

FIXTURE_TEARDOWN(session)
{
	close(self->fd);
}

/* Records of a type among what is new; all types with 0. */
static unsigned int count_new(struct ring *ring, unsigned int type)
{
	struct record record;
	unsigned int count = 0;

	while (ring_next(ring, &record, false))
		count += !type || record.type == type;
	return count;
}

TEST_F(session, arms_its_cpus_and_no_others)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };
	pid_t quiet, other;

	quiet = load_switches(QUIET_CPU);
	other = load_switches(OTHER_CPU);
	sleep_ms(20);
	EXPECT_EQ(ring_records_written(&self->quiet), 0);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(SWITCH));
	EXPECT_EQ(ring_armed(&self->other), 0);
	EXPECT_EQ(device_cpus_armed(self->fd, HFT_HOOK_SWITCH), 1);
	EXPECT_EQ(device_cpus_armed(self->fd, HFT_HOOK_WAKEUP), 0);
	sleep_ms(50);
	EXPECT_GT(count_new(&self->quiet, HFT_REC_SWITCH), 10);
	EXPECT_EQ(ring_records_written(&self->other), 0);
	EXPECT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(ring_armed(&self->quiet), 0);
	ring_skip(&self->quiet);
	sleep_ms(20);
	EXPECT_EQ(ring_slots_written(&self->quiet), 0);
	stop(quiet);
	stop(other);
}

TEST_F(session, arms_other_hooks_elsewhere)
{
	const struct arming arming = {
		.hooks = BIT_OF(SWITCH), .elsewhere = BIT_OF(WAKEUP), .cpus = 1 << QUIET_CPU,
	};
	pid_t quiet, other;

	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_EQ(ring_armed(&self->other), BIT_OF(WAKEUP));
	quiet = load_switches(QUIET_CPU);
	other = load_switches(OTHER_CPU);
	sleep_ms(50);
	EXPECT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(ring_armed(&self->other), 0);
	EXPECT_GT(count_new(&self->other, 0), 10);
	ring_skip(&self->other);
	EXPECT_GT(count_new(&self->quiet, HFT_REC_SWITCH), 10);
	self->quiet.next = self->quiet.first;
	EXPECT_EQ(count_new(&self->quiet, HFT_REC_WAKEUP), 0);
	stop(quiet);
	stop(other);
}

TEST_F(session, ends_with_its_file)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH) | BIT_OF(NMI), .cpus = 3 };
	int fd, copy;

	fd = device_open(O_RDWR);
	ASSERT_EQ(device_arm(fd, &arming), 0);
	EXPECT_EQ(ring_armed(&self->quiet), arming.hooks);
	copy = dup(fd);
	close(fd);
	EXPECT_EQ(ring_armed(&self->quiet), arming.hooks);
	close(copy);
	EXPECT_EQ(ring_armed(&self->quiet), 0);
	EXPECT_EQ(ring_armed(&self->other), 0);
	EXPECT_EQ(device_cpus_armed(self->fd, HFT_HOOK_NMI), 0);
	ring_skip(&self->other);
	sleep_ms(20);
	EXPECT_EQ(ring_slots_written(&self->other), 0);
}

TEST_F(session, ends_with_its_process)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3 };
	pid_t pid;
	int i;

	pid = fork();
	if (!pid) {
		int fd = device_open(O_RDWR);

		if (fd < 0 || device_arm(fd, &arming))
			_exit(1);
		for (;;)
			pause();
	}
	for (i = 0; i < 1000 && !ring_armed(&self->quiet); i++)
		sleep_ms(1);
	EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(SWITCH));
	stop(pid);
	EXPECT_EQ(ring_armed(&self->quiet), 0);
}

/* Milliseconds until the CPU is disarmed; at most `most`. */
static unsigned int disarmed_after(const struct ring *ring, unsigned int most)
{
	__u64 start = now_ns();

	while (ring_armed(ring) &&
	       now_ns() - start < most * 1000000ULL)
		sleep_ms(1);
	return (unsigned int)((now_ns() - start) / 1000000);
}

TEST_F(session, ends_with_its_lease)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3, .lease_ms = 300 };
	unsigned int ms;
	int i;

	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ms = disarmed_after(&self->quiet, 2000);
	EXPECT_GE(ms, 295);
	EXPECT_LE(ms, 400);
	EXPECT_EQ(ring_armed(&self->other), 0);

	/* renewed in time it lives on, and ends when that is over */
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		sleep_ms(100);
		EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(SWITCH));
	}
	EXPECT_LE(disarmed_after(&self->quiet, 2000), 300);

	/* a new arming without a lease takes the lease away */
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ASSERT_EQ(device_arm(self->fd, &(struct arming){
		.hooks = BIT_OF(SWITCH), .cpus = 3 }), 0);
	EXPECT_GE(disarmed_after(&self->quiet, 600), 600);
}

TEST_F(session, renewal_interrupts_no_interval)
{
	const struct arming arming = {
		.hooks = BIT_OF(VECTORS) | BIT_OF(SOFTIRQ), .cpus = 3, .lease_ms = 1000,
	};
	const __u64 until = now_ns() + 3000000000;
	struct record record;
	unsigned int seen = 0, continued = 0, rounds;

	if (!storm_offered())
		SKIP(return, NO_STORM);
	ASSERT_EQ(storm_load(100), 0);
	ASSERT_EQ(storm_run(1), 0);
	for (rounds = 0; rounds < 50000 && now_ns() < until; rounds++)
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ASSERT_EQ(storm_run(0), 0);
	ASSERT_EQ(storm_unload(), 0);
	while (ring_next(&self->quiet, &record, false)) {
		continued += !!(record.ctx & HFT_CTX_CONTINUED);
		seen++;
	}
	EXPECT_GT(seen, 1000);
	/* it was armed in the middle of one, perhaps */
	TH_LOG("%u renewals, %u intervals, %u continued", rounds, seen, continued);
	EXPECT_LE(continued, 1);
}

TEST_F(session, two_are_a_union)
{
	const struct arming one = { .hooks = BIT_OF(SWITCH), .cpus = 1 << QUIET_CPU };
	const struct arming two = { .hooks = BIT_OF(WAKEUP), .cpus = 3 };
	int second;

	second = device_open(O_RDWR);
	ASSERT_EQ(device_arm(self->fd, &one), 0);
	ASSERT_EQ(device_arm(second, &two), 0);
	EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(SWITCH) | BIT_OF(WAKEUP));
	EXPECT_EQ(ring_armed(&self->other), BIT_OF(WAKEUP));
	EXPECT_EQ(device_cpus_armed(self->fd, HFT_HOOK_WAKEUP), 2);
	close(second);
	EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(SWITCH));
	EXPECT_EQ(ring_armed(&self->other), 0);
	/* arming again replaces what this file had armed */
	ASSERT_EQ(device_arm(self->fd, &two), 0);
	EXPECT_EQ(ring_armed(&self->quiet), BIT_OF(WAKEUP));
}

/* Arms with these bytes as the CPUs' masks. */
static int arm_cpus(int fd, const void *masks, __u32 bytes)
{
	struct hft_arm arm = {
		.size = sizeof(arm), .hooks = BIT_OF(SWITCH),
		.cpus = (uintptr_t)masks, .cpus_bytes = bytes,
	};

	return control(fd, HFT_IOC_ARM, &arm);
}

static void *tell_tid(void *tid)
{
	__atomic_store_n((int *)tid, gettid(), __ATOMIC_RELEASE);
	pause();
	return NULL;
}

TEST_F(session, refuses_what_cannot_be_armed)
{
	const struct arming good = { .hooks = BIT_OF(SWITCH), .cpus = 3 };
	__u64 masks[1024] = { 1 };
	struct arming bad;
	pthread_t thread;
	int fd = self->fd;

	ASSERT_EQ(device_arm(fd, &good), 0);
	bad = good;
	bad.hooks = BIT_OF(SYSCALL);		/* not attached */
	EXPECT_EQ(device_arm(fd, &bad), -ENOLINK);
	bad = good;
	bad.elsewhere = BIT_OF(SYSCALL);
	EXPECT_EQ(device_arm(fd, &bad), -ENOLINK);
	bad = good;
	bad.hooks = 1ULL << HFT_HOOKS;
	EXPECT_EQ(device_arm(fd, &bad), -ENOLINK);
	bad = good;
	bad.cpus = 4;				/* not there */
	EXPECT_EQ(device_arm(fd, &bad), -ENXIO);
	bad.cpus = 1ULL << 63;
	EXPECT_EQ(device_arm(fd, &bad), -ENXIO);
	bad.cpus = 0;
	EXPECT_EQ(device_arm(fd, &bad), -EINVAL);
	bad = good;
	bad.hooks = 0;
	bad.elsewhere = BIT_OF(SWITCH);
	EXPECT_EQ(device_arm(fd, &bad), -EINVAL);
	bad = good;
	bad.tgid[0] = getpid();
	bad.tgid[1] = 0x3fffffff;
	EXPECT_EQ(device_arm(fd, &bad), -ESRCH);
	bad.tgid[1] = -1;
	EXPECT_EQ(device_arm(fd, &bad), -ESRCH);
	/* a thread's id is no process's: it would be taken and never match */
	ASSERT_EQ(pthread_create(&thread, NULL, tell_tid, &bad.tgid[1]), 0);
	while (__atomic_load_n(&bad.tgid[1], __ATOMIC_ACQUIRE) == -1)
		sleep_ms(1);
	EXPECT_EQ(device_arm(fd, &bad), -ESRCH);

	EXPECT_EQ(arm_cpus(fd, masks, 8), 0);
	EXPECT_EQ(arm_cpus(fd, masks, 512), 0);
	EXPECT_EQ(arm_cpus(fd, masks, 4096), 0);
	EXPECT_EQ(arm_cpus(fd, masks, 4104), -EINVAL);
	EXPECT_EQ(arm_cpus(fd, masks, 4), -EINVAL);
	EXPECT_EQ(arm_cpus(fd, masks, 0), -EINVAL);
	EXPECT_EQ(arm_cpus(fd, NULL, 8), -EFAULT);
	masks[1] = 1;
	EXPECT_EQ(arm_cpus(fd, masks, 16), -ENXIO);
	/* what was armed before a refusal still is: CPU 0 by the last good one */
	EXPECT_EQ(ring_armed(&self->other), BIT_OF(SWITCH));
	EXPECT_EQ(ring_armed(&self->quiet), 0);
}

/* Touches `pages` new pages each time that a byte comes. */
static pid_t faulter(int go[2])
{
	pid_t pid = fork();
	char byte;

	if (pid)
		return pid;
	pin(QUIET_CPU);
	while (read(go[0], &byte, 1) == 1) {
		volatile char *at = mmap(NULL, 64 << 12, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int i;

		for (i = 0; i < 64; i++)
			at[i << 12] = 1;
	}
	_exit(0);
}

TEST_F(session, chooses_processes)
{
	struct arming arming = { .hooks = BIT_OF(FAULT), .cpus = 1 << QUIET_CPU };
	unsigned int of_chosen = 0, of_others = 0;
	int first[2], second[2], other_fd;
	struct record record;
	pid_t chosen, ignored;

	ASSERT_EQ(pipe(first), 0);
	ASSERT_EQ(pipe(second), 0);
	chosen = faulter(first);
	ignored = faulter(second);
	arming.tgid[0] = chosen;
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_EQ(write(first[1], "", 1), 1);
	EXPECT_EQ(write(second[1], "", 1), 1);
	sleep_ms(50);
	while (ring_next(&self->quiet, &record, false)) {
		of_chosen += record.fault.tgid == chosen && record.fault.user;
		of_others += record.fault.tgid != chosen;
	}
	EXPECT_GE(of_chosen, 64);
	EXPECT_EQ(of_others, 0);

	/* another session wants the other one too: both are there */
	other_fd = device_open(O_RDWR);
	arming.tgid[0] = ignored;
	ASSERT_EQ(device_arm(other_fd, &arming), 0);
	EXPECT_EQ(write(second[1], "", 1), 1);
	sleep_ms(50);
	while (ring_next(&self->quiet, &record, false)) {
		EXPECT_TRUE(record.fault.tgid == chosen || record.fault.tgid == ignored);
		of_others += record.fault.tgid == ignored && record.fault.user;
	}
	EXPECT_GE(of_others, 64);

	/* and one that wants every process opens it for all */
	arming.tgid[0] = 0;
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	close(other_fd);
	of_others = 0;
	EXPECT_EQ(write(second[1], "", 1), 1);
	sleep_ms(50);
	while (ring_next(&self->quiet, &record, false))
		of_others += record.fault.tgid == ignored && record.fault.user;
	EXPECT_GE(of_others, 64);
	stop(chosen);
	stop(ignored);
}

TEST_HARNESS_MAIN
