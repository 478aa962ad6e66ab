// SPDX-License-Identifier: GPL-2.0
/* Tasks on the victim's CPU, the victim on another CPU, a signal. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>
#include <lodger.h>

#include "kinds.h"

#define NEIGHBOUR	"neighbour"
#define NEIGHBOUR_NS	300000
#define SECOND		"second"
#define SECOND_NS	10000000
#define AWAY_NS		1000000
#define AWAY_CPU	2
#define SIGNAL_NS	1000000

static struct lodger neighbour, second;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void pause_ns(__u64 ns)
{
	const struct timespec length = { .tv_nsec = ns };

	nanosleep(&length, NULL);
}

static int spin(__u64 ns)
{
	__u64 end = now_ns() + ns;

	while (now_ns() < end)
		;
	return 0;
}

static int pin_other(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(pid, sizeof(set), &set) ? -errno : 0;
}

static int set_policy(pid_t pid, int policy)
{
	const struct sched_param param = { .sched_priority = policy == SCHED_RR };

	return sched_setscheduler(pid, policy, &param) ? -errno : 0;
}

/* ------------------------------------------------------ a task beside it */

static int prepare_neighbour(struct mischief *mischief)
{
	int err = lodger_start(&neighbour, NEIGHBOUR, mischief->cpu, -1, spin);

	return err ? mischief_failed("starting " NEIGHBOUR, err) : 0;
}

static int act_neighbour(struct mischief *mischief, struct act *act)
{
	int err = lodger_ask(&neighbour, NEIGHBOUR_NS, &act->start, &act->end);

	(void)mischief;
	act->tid = neighbour.pid;
	act->comm = NEIGHBOUR;
	return err ? mischief_failed(NEIGHBOUR, err) : 0;
}

static void stop_neighbour(struct mischief *mischief)
{
	(void)mischief;
	lodger_stop(&neighbour);
}

const struct mischief_kind scenario_neighbour = {
	.name = "neighbour",
	.summary = "an ordinary task wakes up on the victim's CPU",
	.usual_ns = MISCHIEF_EXACT,
	.prepare = prepare_neighbour,
	.act = act_neighbour,
	.clean_up = stop_neighbour,
};

/* ----------------------------------------------------------------- ticks */

static int do_nothing(__u64 order)
{
	(void)order;
	return 0;
}

static int prepare_second(struct mischief *mischief)
{
	int err = lodger_start(&second, SECOND, 0, -1, do_nothing);

	(void)mischief;
	if (!err)
		err = set_policy(second.pid, SCHED_RR);
	return err ? mischief_failed("starting " SECOND, err) : 0;
}

/*
 * Both take turns of 100 ms, so the second has to wait, and the kernel needs its
 * tick to give it its turn; before that it is let go elsewhere.
 */
static int wait_in_line(struct mischief *mischief, struct act *act)
{
	pid_t victim = mischief->shared->pid;
	__u64 order = 0, start;
	int err;

	act->start = hft_ticks();
	err = set_policy(victim, SCHED_RR);
	if (!err)
		err = pin_other(second.pid, mischief->cpu);
	if (!err && write(second.orders, &order, sizeof(order)) != sizeof(order))
		err = -errno;
	if (!err)
		pause_ns(SECOND_NS);
	if (!err)
		err = pin_other(second.pid, 0);
	if (!err)
		err = lodger_await(&second, &start, &act->end);
	if (!err)
		err = set_policy(victim, SCHED_OTHER);
	act->end = hft_ticks();
	act->tid = victim;
	act->comm = "victim";
	return err;
}

static int act_tick(struct mischief *mischief, struct act *act)
{
	int err = wait_in_line(mischief, act);

	return err ? mischief_failed(SECOND, err) : 0;
}

static void stop_second(struct mischief *mischief)
{
	(void)mischief;
	lodger_stop(&second);
}

const struct mischief_kind scenario_tick = {
	.name = "tick",
	.summary = "a second task waits for the victim's CPU, which therefore ticks",
	.usual_ns = SECOND_NS,
	.prepare = prepare_second,
	.act = act_tick,
	.clean_up = stop_second,
};

/* ------------------------------------------------------------- migration */

static int migrate(struct mischief *mischief, struct act *act)
{
	pid_t victim = mischief->shared->pid;
	int err;

	act->comm = "migration";
	act->start = hft_ticks();
	err = pin_other(victim, AWAY_CPU);
	if (!err) {
		pause_ns(AWAY_NS);
		err = pin_other(victim, mischief->cpu);
	}
	act->end = hft_ticks();
	return err ? mischief_failed("moving the victim", err) : 0;
}

const struct mischief_kind scenario_migrate = {
	.name = "migrate",
	.summary = "the victim is moved to another CPU, and back",
	.usual_ns = AWAY_NS,
	.act = migrate,
};

/* --------------------------------------------------------------- signals */

static int prepare_signal(struct mischief *mischief)
{
	(void)mischief;
	prctl(PR_SET_NAME, KINDS_COMM);
	return 0;
}

static int send_signal(struct mischief *mischief, struct act *act)
{
	pid_t victim = mischief->shared->pid;
	struct shared *shared = mischief->shared;
	__u32 taken = atomic_load(&shared->signals);
	int tries, err;

	act->tid = gettid();
	act->comm = KINDS_COMM;
	act->start = hft_ticks();
	err = syscall(SYS_tgkill, victim, victim, SIGUSR1) ? -errno : 0;
	for (tries = 0; !err && atomic_load(&shared->signals) == taken; tries++) {
		pause_ns(SIGNAL_NS);
		if (tries == 1000)
			err = -ETIMEDOUT;
	}
	act->end = shared->signalled_at;
	return err ? mischief_failed("a signal", err) : 0;
}

const struct mischief_kind scenario_signal = {
	.name = "signal",
	.summary = "a signal whose handler does little",
	.usual_ns = 2 * SIGNAL_NS,
	.prepare = prepare_signal,
	.act = send_signal,
};
