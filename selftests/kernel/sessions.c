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
#include "harness.h"
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

static bool wait_for_new(struct ring *ring, unsigned int type, unsigned int most)
{
	unsigned int count = 0;

	return wait_until((count += count_new(ring, type)) >= most);
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
	EXPECT_TRUE(wait_for_new(&self->quiet, HFT_REC_SWITCH, 11));
	EXPECT_EQ(ring_records_written(&self->other), 0);
	EXPECT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(ring_armed(&self->quiet), 0);
	EXPECT_EQ(settle(), 0);
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
	EXPECT_TRUE(wait_for_new(&self->other, 0, 11));
	EXPECT_TRUE(wait_for_new(&self->quiet, HFT_REC_SWITCH, 11));
	EXPECT_EQ(device_disarm(self->fd), 0);
	EXPECT_EQ(ring_armed(&self->other), 0);
	self->quiet.next = self->quiet.first;
	EXPECT_EQ(count_new(&self->quiet, HFT_REC_WAKEUP), 0);
	stop(quiet);
	stop(other);
}

TEST_F(session, ends_with_its_file)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH) | BIT_OF(WAKEUP), .cpus = 3 };
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
	EXPECT_EQ(device_cpus_armed(self->fd, HFT_HOOK_WAKEUP), 0);
	EXPECT_EQ(settle(), 0);
	ring_skip(&self->other);
	sleep_ms(20);
	EXPECT_EQ(ring_slots_written(&self->other), 0);
}

TEST_F(session, ends_with_its_process)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3 };
	pid_t pid;

	pid = fork();
	if (!pid) {
		int fd = device_open(O_RDWR);

		if (fd < 0 || device_arm(fd, &arming))
			_exit(1);
		for (;;)
			pause();
	}
	EXPECT_TRUE(wait_until(ring_armed(&self->quiet) == BIT_OF(SWITCH)));
	stop(pid);
	EXPECT_EQ(ring_armed(&self->quiet), 0);
}

/*
 * Naps of a millisecond or more until the CPU is disarmed; at most `most`.
 * While this machine does not run the CPU that both the nap and the lease end
 * on, there are none.
 */
static unsigned int naps_until_disarmed(const struct ring *ring, unsigned int most)
{
	unsigned int naps;

	for (naps = 0; naps < most && ring_armed(ring); naps++)
		sleep_ms(1);
	return naps;
}

TEST_F(session, ends_with_its_lease)
{
	const struct arming arming = { .hooks = BIT_OF(SWITCH), .cpus = 3, .lease_ms = 300 };
	unsigned int renewals = 0, tries;
	__u64 armed, was;

	armed = now_ns();
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_LE(naps_until_disarmed(&self->quiet, 2000), 400);
	EXPECT_GE(now_ns() - armed, 295000000);
	EXPECT_EQ(ring_armed(&self->other), 0);

	/* renewed in time it lives on, and ends when that is over */
	for (tries = 0; tries < 1000 && renewals < 10; tries++) {
		armed = now_ns();
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		sleep_ms(100);
		was = ring_armed(&self->quiet);
		/* this machine can make us late */
		if (now_ns() - armed >= 295000000)
			continue;
		EXPECT_EQ(was, BIT_OF(SWITCH));
		renewals++;
	}
	EXPECT_EQ(renewals, 10);
	EXPECT_LE(naps_until_disarmed(&self->quiet, 2000), 300);

	/* a new arming without a lease takes the lease away */
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	ASSERT_EQ(device_arm(self->fd, &(struct arming){
		.hooks = BIT_OF(SWITCH), .cpus = 3 }), 0);
	EXPECT_EQ(naps_until_disarmed(&self->quiet, 600), 600);
}

TEST_F(session, renewal_interrupts_no_interval)
{
	const struct arming arming = {
		.hooks = BIT_OF(VECTORS) | BIT_OF(SOFTIRQ), .cpus = 3, .lease_ms = 600000,
	};
	const __u64 until = now_ns() + PATIENCE_MS * 1000000ULL;
	struct record record;
	unsigned int seen = 0, continued = 0, rounds;

	ASSERT_EQ(storm_load(100), 0);
	ASSERT_EQ(storm_run(1), 0);
	for (rounds = 0; now_ns() < until && (rounds < 10000 || seen <= 1000); rounds++) {
		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		while (ring_next(&self->quiet, &record, false)) {
			/* those of tasks go on after each switch */
			continued += record.type != HFT_REC_SOFTIRQ_TASK &&
				     record.ctx & HFT_CTX_CONTINUED;
			seen++;
		}
	}
	ASSERT_EQ(storm_run(0), 0);
	ASSERT_EQ(storm_unload(), 0);
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

/* A process that touches 64 new pages each time that it is told to. */
struct faulter {
	pid_t pid;
	int tell;
	int told;
};

static void touch_when_told(int in, int out)
{
	char byte;

	pin(QUIET_CPU);
	while (read(in, &byte, 1) == 1) {
		volatile char *at = mmap(NULL, 64 << 12, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int i;

		for (i = 0; i < 64; i++)
			at[i << 12] = 1;
		if (write(out, "", 1) != 1)
			break;
	}
	_exit(0);
}

static int start_faulter(struct faulter *faulter)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		return -errno;
	faulter->tell = in[1];
	faulter->told = out[0];
	faulter->pid = fork();
	if (!faulter->pid)
		touch_when_told(in[0], out[1]);
	return faulter->pid < 0 ? -errno : 0;
}

/* When it returns, the pages are there. */
static bool touch_pages(const struct faulter *faulter)
{
	char byte;

	return write(faulter->tell, "", 1) == 1 && read(faulter->told, &byte, 1) == 1;
}

/* Its faults and those of all others among what is new. */
static void count_faults(struct ring *ring, const struct faulter *whose, unsigned int *its,
			 unsigned int *others)
{
	struct record record;

	*its = 0;
	*others = 0;
	while (ring_next(ring, &record, false)) {
		*its += record.fault.tgid == whose->pid && record.fault.user;
		*others += record.fault.tgid != whose->pid;
	}
}

TEST_F(session, chooses_processes)
{
	struct arming arming = { .hooks = BIT_OF(FAULT), .cpus = 1 << QUIET_CPU };
	struct faulter chosen, ignored;
	unsigned int its, others;
	int other_fd;

	ASSERT_EQ(start_faulter(&chosen), 0);
	ASSERT_EQ(start_faulter(&ignored), 0);
	arming.tgid[0] = chosen.pid;
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	EXPECT_TRUE(touch_pages(&chosen));
	EXPECT_TRUE(touch_pages(&ignored));
	count_faults(&self->quiet, &chosen, &its, &others);
	EXPECT_GE(its, 64);
	EXPECT_EQ(others, 0);

	/* another session wants the other one too: both are there */
	other_fd = device_open(O_RDWR);
	arming.tgid[0] = ignored.pid;
	ASSERT_EQ(device_arm(other_fd, &arming), 0);
	EXPECT_TRUE(touch_pages(&ignored));
	count_faults(&self->quiet, &ignored, &its, &others);
	EXPECT_GE(its, 64);
	EXPECT_TRUE(touch_pages(&chosen));
	count_faults(&self->quiet, &chosen, &its, &others);
	EXPECT_GE(its, 64);
	EXPECT_EQ(others, 0);

	/* and one that wants every process opens it for all */
	arming.tgid[0] = 0;
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	close(other_fd);
	EXPECT_TRUE(touch_pages(&ignored));
	count_faults(&self->quiet, &ignored, &its, &others);
	EXPECT_GE(its, 64);
	stop(chosen.pid);
	stop(ignored.pid);
}

TEST_HARNESS_MAIN
