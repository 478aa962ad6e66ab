// SPDX-License-Identifier: LGPL-2.1
/*
 * Timers that go off on the engine's CPU though nothing runs there but the
 * engine: a task was there, set them, and left. That visit is an act of its own,
 * of kind "task".
 */
#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#include "lodger.h"
#include "mischief.h"

#define NAME		"armer"
#define AHEAD_NS	2000000
#define MIGRATION	"/proc/sys/kernel/timer_migration"

/* Timers of one expiry: one interrupt serves them all. */
#define TIMERS		8

static struct lodger lodger;
static int timers[TIMERS];
static int timers_open;
static char migration_before[16];
static double ticks_per_ns;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int set_timers(__u64 order)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = order / 1000000000, .tv_nsec = order % 1000000000 },
	};
	int i;

	for (i = 0; i < TIMERS; i++)
		if (timerfd_settime(timers[i], TFD_TIMER_ABSTIME, &when, NULL))
			return -errno;
	return 0;
}

static void calibrate(void)
{
	const struct timespec length = { .tv_nsec = 50 * 1000 * 1000 };
	__u64 ns = now_ns(), ticks = hft_ticks();

	nanosleep(&length, NULL);
	ns = now_ns() - ns;
	ticks_per_ns = (double)(hft_ticks() - ticks) / ns;
}

/* Else the kernel moves timers away from an isolated CPU, which is what it should do. */
static int keep_timers(void)
{
	int err = mischief_read_line(MIGRATION, migration_before, sizeof(migration_before));

	if (err == -ENOENT)
		return 0;
	if (!err)
		err = mischief_write_line(MIGRATION, "0");
	return err ? mischief_failed(MIGRATION, err) : 0;
}

static int prepare(struct mischief *mischief)
{
	int err = keep_timers();

	if (err)
		return err;
	calibrate();
	for (; timers_open < TIMERS; timers_open++) {
		timers[timers_open] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
		if (timers[timers_open] < 0)
			return mischief_failed("timerfd", -errno);
	}
	err = lodger_start(&lodger, NAME, mischief->cpu, mischief->shared->engine_priority,
			   set_timers);
	return err ? mischief_failed("starting " NAME " on the engine's CPU", err) : 0;
}

static int wait_timers(void)
{
	__u64 count;
	int i;

	for (i = 0; i < TIMERS; i++)
		if (read(timers[i], &count, sizeof(count)) != sizeof(count))
			return -errno;
	return 0;
}

static int act(struct mischief *mischief, struct act *act)
{
	struct act visit = { .kind = "task", .tid = lodger.pid, .comm = NAME, .irq = -1 };
	/* in this order: a pause between them makes the act begin too early, not too late */
	__u64 ticks = hft_ticks(), ns = now_ns();
	int err;

	err = lodger_ask(&lodger, ns + AHEAD_NS, &visit.start, &visit.end);
	if (err)
		return mischief_failed(NAME, err);
	mischief_write(mischief, &visit);
	err = wait_timers();
	if (err)
		return mischief_failed("timerfd", err);
	act->end = hft_ticks();
	act->start = ticks + AHEAD_NS * ticks_per_ns;
	/* the rate was measured in a short time */
	if (act->start > act->end)
		act->start = act->end;
	return 0;
}

static void clean_up(struct mischief *mischief)
{
	(void)mischief;
	lodger_stop(&lodger);
	while (timers_open)
		close(timers[--timers_open]);
	if (*migration_before)
		mischief_write_line(MIGRATION, migration_before);
}

const struct mischief_kind mischief_timer = {
	.name = "timer",
	.summary = "timers expire on the engine's CPU, set there by a task that is gone",
	.usual_ns = AHEAD_NS,
	.prepare = prepare,
	.act = act,
	.clean_up = clean_up,
};
