// SPDX-License-Identifier: GPL-2.0
/*
 * Arming and disarming in the middle of intervals, thousands of times while
 * interrupts storm: an end whose start was not seen says so, and no interval
 * is longer than the arming in which it began.
 */
#include <fcntl.h>
#include <unistd.h>

#include "device.h"
#include "guest.h"
#include "kselftest_harness.h"
#include "load.h"
#include "ring.h"

#define HOOKS	(BIT_OF(IRQ) | BIT_OF(SOFTIRQ) | BIT_OF(VECTORS) | BIT_OF(VISIT) | BIT_OF(NMI))

struct tally {
	unsigned int intervals;
	unsigned int tasks;
	unsigned int continued;
	unsigned int early;		/* began before it was armed */
	unsigned int early_tasks;	/* those of tasks */
	unsigned int backward;		/* net longer than all of it */
	unsigned int bad_continued;	/* CONTINUED, but with a length */
};

static void judge(struct ring *ring, __u64 armed, struct tally *tally)
{
	struct record record;
	__u64 duration, net;

	while (ring_next(ring, &record, false)) {
		if (!record_length(&record, &duration, &net))
			continue;
		tally->intervals++;
		tally->tasks += record.type == HFT_REC_MMCALL;
		tally->backward += net > duration;
		if (record.ctx & HFT_CTX_CONTINUED) {
			tally->continued++;
			tally->bad_continued += duration || net;
		} else if (record.type != HFT_REC_NMI) {
			/*
			 * An NMI's length is not ours, it comes with its end. A probe
			 * of the arming before may have written late.
			 */
			bool early = record.tsc > armed && record.tsc - duration < armed;

			tally->early += early;
			tally->early_tasks += early && record.type == HFT_REC_MMCALL;
		}
	}
}

FIXTURE(rearm)
{
	int fd;
	struct ring ring[2];
	pid_t load[2];
};

FIXTURE_SETUP(rearm)
{
	self->fd = device_open(O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(pin(OTHER_CPU), 0);
	ASSERT_EQ(ring_map(&self->ring[0], self->fd, 0), 0);
	ASSERT_EQ(ring_map(&self->ring[1], self->fd, 1), 0);
	self->load[0] = load_switches(QUIET_CPU);
	self->load[1] = load_shootdowns();
	ASSERT_EQ(storm_load(200), 0);
	ASSERT_EQ(storm_run(1), 0);
}

FIXTURE_TEARDOWN(rearm)
{
	stop(self->load[0]);
	stop(self->load[1]);
	close(self->fd);
	EXPECT_EQ(storm_unload(), 0);
}

TEST_F(rearm, arming_and_disarming)
{
	const struct arming arming = { .hooks = HOOKS, .cpus = 3 };
	struct tally tally = { 0 };
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		__u64 armed = ticks(), until = armed + (ticks() & 0x7ffff);

		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		while (ticks() < until)
			;
		ASSERT_EQ(device_disarm(self->fd), 0);
		/* probes that saw their hook armed may still be at work */
		until = ticks() + (ticks() & 0x3ffff);
		while (ticks() < until)
			;
		judge(&self->ring[0], armed, &tally);
		judge(&self->ring[1], armed, &tally);
	}
	TH_LOG("%u intervals, %u continued", tally.intervals, tally.continued);
	EXPECT_GT(tally.intervals, 2000);
	EXPECT_GT(tally.continued, 20);
	/* a CPU that was stopped between two instructions of a probe is the one excuse */
	EXPECT_LE(tally.early, tally.intervals / 10000);
	EXPECT_EQ(tally.backward, 0);
	EXPECT_EQ(tally.bad_continued, 0);
	EXPECT_EQ(self->ring[0].broken + self->ring[1].broken, 0);
	EXPECT_EQ(self->ring[0].disorders + self->ring[1].disorders, 0);
	EXPECT_EQ(self->ring[0].ctl->frames_lost + self->ring[1].ctl->frames_lost, 0);
}

/* munmap() and its like, of threads that wait for each other: in segments, and in storms. */
TEST_F(rearm, intervals_of_tasks)
{
	const struct arming arming = { .hooks = HOOKS | BIT_OF(MMCALL), .cpus = 3 };
	struct tally tally = { 0 };
	unsigned int i;

	ASSERT_EQ(device_attach(self->fd, BIT_OF(MMCALL), 0), 0);
	for (i = 0; i < 3000; i++) {
		__u64 armed = ticks(), until = armed + (ticks() & 0x7ffff);

		ASSERT_EQ(device_arm(self->fd, &arming), 0);
		while (ticks() < until)
			;
		ASSERT_EQ(device_disarm(self->fd), 0);
		until = ticks() + (ticks() & 0x3ffff);
		while (ticks() < until)
			;
		judge(&self->ring[0], armed, &tally);
		judge(&self->ring[1], armed, &tally);
	}
	ASSERT_EQ(device_detach(self->fd, BIT_OF(MMCALL), 0), 0);
	TH_LOG("%u intervals, %u of tasks, %u continued", tally.intervals, tally.tasks,
	       tally.continued);
	EXPECT_GT(tally.tasks, 50);
	/* the same excuse */
	EXPECT_LE(tally.early_tasks, 1);
	EXPECT_EQ(tally.backward, 0);
	EXPECT_EQ(tally.bad_continued, 0);
	EXPECT_EQ(self->ring[0].broken + self->ring[1].broken, 0);
	EXPECT_EQ(self->ring[0].disorders + self->ring[1].disorders, 0);
	EXPECT_EQ(self->ring[0].ctl->frames_lost + self->ring[1].ctl->frames_lost, 0);
}

TEST_F(rearm, other_sessions_coming_and_going)
{
	const struct arming arming = { .hooks = HOOKS, .cpus = 3 };
	const struct arming more = { .hooks = BIT_OF(WAKEUP), .cpus = 3 };
	__u64 armed = ticks();
	struct tally tally = { 0 };
	unsigned int i;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	for (i = 0; i < 1000 || ticks() - armed < 1000000000; i++) {
		ASSERT_EQ(device_arm(fd, &more), 0);
		judge(&self->ring[0], armed, &tally);
		ASSERT_EQ(device_disarm(fd), 0);
		judge(&self->ring[1], armed, &tally);
	}
	TH_LOG("%u intervals, %u continued", tally.intervals, tally.continued);
	EXPECT_GT(tally.intervals, 300);
	EXPECT_EQ(tally.early, 0);
	EXPECT_EQ(tally.backward, 0);
	EXPECT_EQ(tally.bad_continued, 0);
}

TEST_HARNESS_MAIN
