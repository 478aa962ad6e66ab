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
#include "harness.h"
#include "load.h"
#include "ring.h"

#define HOOKS	(BIT_OF(IRQ) | BIT_OF(SOFTIRQ) | BIT_OF(VECTORS) | BIT_OF(VISIT) | BIT_OF(NMI))

/* Rounds beyond what is asked for below go on no longer. */
#define ENOUGH_NS	10000000000ULL
#define PATIENCE_NS	(PATIENCE_MS * 1000000ULL)

struct tally {
	unsigned int intervals;
	unsigned int tasks;
	unsigned int continued;
	unsigned int early;		/* began before it was armed */
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
			/* an NMI's length is not ours, it comes with its end */
			tally->early += record.tsc > armed && record.tsc - duration < armed;
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

/* Arms for a moment, and reads what came of it. */
static int round_of(struct ring *rings, int fd, const struct arming *arming, struct tally *tally)
{
	const __u64 armed = ticks(), until = armed + (armed & 0x7ffff);
	unsigned long came_by;
	int err;

	err = device_arm(fd, arming);
	while (ticks() < until)
		;
	if (!err)
		err = device_disarm(fd);
	/*
	 * Probes that saw their hook armed may still be at work on the other CPU;
	 * on this one we are.
	 */
	came_by = load_progress(QUIET_CPU);
	while (!err && load_progress(QUIET_CPU) == came_by)
		;
	judge(&rings[0], armed, tally);
	judge(&rings[1], armed, tally);
	return err;
}

static void check_rings(struct __test_metadata *_metadata, const struct ring *rings)
{
	EXPECT_EQ(rings[0].broken + rings[1].broken, 0);
	EXPECT_EQ(rings[0].disorders + rings[1].disorders, 0);
	EXPECT_EQ(rings[0].ctl->frames_lost + rings[1].ctl->frames_lost, 0);
}

static void check_tally(struct __test_metadata *_metadata, const struct tally *tally)
{
	TH_LOG("%u intervals, %u of tasks, %u continued", tally->intervals, tally->tasks,
	       tally->continued);
	EXPECT_EQ(tally->early, 0);
	EXPECT_EQ(tally->backward, 0);
	EXPECT_EQ(tally->bad_continued, 0);
}

TEST_F(rearm, arming_and_disarming)
{
	const struct arming arming = { .hooks = HOOKS & device_attached(self->fd), .cpus = 3 };
	const __u64 from = now_ns(), enough = from + ENOUGH_NS, until = from + PATIENCE_NS;
	struct tally tally = { 0 };
	unsigned int i;

	for (i = 0; ((i < 800 && now_ns() < enough) || tally.intervals <= 2000 ||
		     tally.continued <= 20) && now_ns() < until; i++)
		ASSERT_EQ(round_of(self->ring, self->fd, &arming, &tally), 0);
	EXPECT_GT(tally.intervals, 2000);
	EXPECT_GT(tally.continued, 20);
	check_tally(_metadata, &tally);
	check_rings(_metadata, self->ring);
}

/* munmap() and its like, of threads that wait for each other: in segments, and in storms. */
TEST_F(rearm, intervals_of_tasks)
{
	struct arming arming = { .cpus = 3 };
	const __u64 from = now_ns(), enough = from + ENOUGH_NS, until = from + PATIENCE_NS;
	struct tally tally = { 0 };
	unsigned int i;

	ASSERT_EQ(device_attach(self->fd, BIT_OF(MMCALL), 0), 0);
	arming.hooks = (HOOKS | BIT_OF(MMCALL)) & device_attached(self->fd);
	for (i = 0; ((i < 1200 && now_ns() < enough) || tally.tasks <= 50) &&
	     now_ns() < until; i++)
		ASSERT_EQ(round_of(self->ring, self->fd, &arming, &tally), 0);
	ASSERT_EQ(device_detach(self->fd, BIT_OF(MMCALL), 0), 0);
	EXPECT_GT(tally.tasks, 50);
	check_tally(_metadata, &tally);
	check_rings(_metadata, self->ring);
}

TEST_F(rearm, other_sessions_coming_and_going)
{
	const struct arming arming = { .hooks = HOOKS & device_attached(self->fd), .cpus = 3 };
	const struct arming more = { .hooks = BIT_OF(WAKEUP), .cpus = 3 };
	const __u64 armed = ticks(), until = now_ns() + PATIENCE_MS * 1000000ULL;
	struct tally tally = { 0 };
	unsigned int i;
	int fd;

	fd = device_open(O_RDWR);
	ASSERT_EQ(device_arm(self->fd, &arming), 0);
	for (i = 0; (i < 1000 || tally.intervals <= 300) && now_ns() < until; i++) {
		ASSERT_EQ(device_arm(fd, &more), 0);
		judge(&self->ring[0], armed, &tally);
		ASSERT_EQ(device_disarm(fd), 0);
		judge(&self->ring[1], armed, &tally);
	}
	EXPECT_GT(tally.intervals, 300);
	check_tally(_metadata, &tally);
}

TEST_HARNESS_MAIN
