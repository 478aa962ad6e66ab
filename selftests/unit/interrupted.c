// SPDX-License-Identifier: GPL-2.0
/* Starting in a program whose timers send signals all the time, as profilers do. */
#include "ktap.h"
#include "live.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#define MEASURED_NS	20000000	/* as hftrace.h has it */

static volatile int handled;

static void handler(int sig)
{
	(void)sig;
	handled++;
}

static void signals_every(long us)
{
	struct itimerval often = { { 0, us }, { 0, us } };
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
}

/* tmpfs gives up what it has done when a signal comes; not since Linux 6.18, so it is played. */
int posix_fallocate(int fd, off_t offset, off_t length)
{
	sigset_t blocked;

	CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
	if (handled && !sigismember(&blocked, SIGALRM))
		errno = EINTR;
	else if (!fallocate(fd, 0, offset, length))
		return 0;
	return errno;
}

static int memory(void)
{
	sigset_t blocked;

	signals_every(500);
	while (!handled)
		pause();
	CHECK_EQ(init_private(4, 8192), 0);
	CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
	CHECK(!sigismember(&blocked, SIGALRM));
	hft_fini();
	return 0;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int clock_is_measured(void)
{
	struct hft_limit limit;
	long long begin;

	signals_every(500);
	begin = now_ns();
	CHECK_EQ(hft_limit_init(&limit, 1000000), 0);
	CHECK(now_ns() - begin >= MEASURED_NS);
	CHECK(handled);
	return 0;
}

KTAP_MAIN({ "hft_init() gets its memory", memory },
	  { "the clock is measured for as long as it takes", clock_is_measured })
