// SPDX-License-Identifier: GPL-2.0
/* What a run waits for besides the time: signals, its command, processes; and its lease. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/output.h"
#include "lib/process.h"
#include "lib/recorder_run.h"

#define REFRESH_NS	100000000ULL	/* between looks for new threads */
#define HURRY_NS	20000000ULL	/* the same, while a command starts up */
#define COMMAND_WAIT_MS	5000		/* for a command to end that was told to */
#define PRIVATE_NS	4000000ULL	/* the same for memory that goes with its process */

static void choose_signals(sigset_t *mask)
{
	sigemptyset(mask);
	sigaddset(mask, SIGINT);
	sigaddset(mask, SIGTERM);
	sigaddset(mask, SIGHUP);
}

static int open_signals(void)
{
	sigset_t mask;

	/* A shell starts background jobs with SIGINT ignored. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	choose_signals(&mask);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

void recorder_release_signals(void)
{
	sigset_t mask;

	choose_signals(&mask);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

/* Fires when REALTIME is set or has a leap second: the time it waits for never comes. */
static int watch_clock(int fd)
{
	const struct itimerspec never = { .it_value.tv_sec = LONG_MAX };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) ?
	       -errno : 0;
}

static int open_clock(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	int err;

	if (fd < 0)
		return -errno;
	err = watch_clock(fd);
	if (err)
		close(fd);
	return err ? err : fd;
}

/* The event is that the time cannot be waited for any more. */
static void take_clock(struct recorder *recorder, int fd)
{
	__u64 times;

	if (read(fd, &times, sizeof(times)) < 0 && errno != ECANCELED)
		return;
	recorder->clock_set = true;
	watch_clock(fd);
}

int recorder_open_waits(const struct recorder *recorder, struct recorder_waits *waits)
{
	const struct recorder_options *options = recorder->options;
	size_t i;

	for (i = 0; i < RECORDER_WAIT_PROCESSES + HFT_FILTERS; i++)
		waits->fd[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	waits->count = RECORDER_WAIT_PROCESSES + options->tgids_count;
	waits->processes_left = options->tgids_count;
	waits->fd[RECORDER_WAIT_SIGNALS].fd = open_signals();
	if (waits->fd[RECORDER_WAIT_SIGNALS].fd < 0)
		return -errno;
	waits->fd[RECORDER_WAIT_CLOCK].fd = open_clock();
	if (waits->fd[RECORDER_WAIT_CLOCK].fd < 0)
		return waits->fd[RECORDER_WAIT_CLOCK].fd;
	for (i = 0; i < options->tgids_count; i++) {
		int fd = syscall(SYS_pidfd_open, options->tgids[i], 0);

		if (fd < 0)
			return -errno;
		waits->fd[RECORDER_WAIT_PROCESSES + i].fd = fd;
	}
	return 0;
}

void recorder_close_waits(struct recorder_waits *waits)
{
	size_t i;

	for (i = 0; i < waits->count; i++) {
		/* The command's is not ours. */
		if (i != RECORDER_WAIT_COMMAND && waits->fd[i].fd >= 0)
			close(waits->fd[i].fd);
	}
}

/* A process has ended: the others alone are chosen. */
static int drop_filter(struct recorder *recorder, __s32 tgid)
{
	struct arming *arming = &recorder->plan->arming;
	char why[DEVICE_WHY];
	int i, kept = 0;

	for (i = 0; i < HFT_FILTERS; i++) {
		if (arming->tgid[i] != tgid)
			arming->tgid[kept++] = arming->tgid[i];
	}
	while (kept < HFT_FILTERS)
		arming->tgid[kept++] = 0;
	/* None left would mean all processes. */
	if (!recorder->plan->kernel || !arming->tgid[0])
		return 0;
	return device_arm(&recorder->plan->device, arming, why);
}

bool recorder_take_events(struct recorder *recorder, struct recorder_waits *waits)
{
	struct signalfd_siginfo info;
	size_t i;

	if (waits->fd[RECORDER_WAIT_SIGNALS].revents &&
	    read(waits->fd[RECORDER_WAIT_SIGNALS].fd, &info, sizeof(info)) > 0)
		recorder->ended = "signal";
	if (recorder->child.pid && waits->fd[RECORDER_WAIT_COMMAND].revents &&
	    child_ended(&recorder->child)) {
		recorder->command_ended = true;
		recorder->ended = "command";
		waits->fd[RECORDER_WAIT_COMMAND].fd = -1;
	}
	if (waits->fd[RECORDER_WAIT_CLOCK].revents)
		take_clock(recorder, waits->fd[RECORDER_WAIT_CLOCK].fd);
	for (i = RECORDER_WAIT_PROCESSES; i < waits->count; i++) {
		if (waits->fd[i].fd < 0 || !waits->fd[i].revents)
			continue;
		close(waits->fd[i].fd);
		waits->fd[i].fd = -1;
		/* Its rings are still read; the lease is renewed without it. */
		if (--waits->processes_left)
			drop_filter(recorder,
				    recorder->options->tgids[i - RECORDER_WAIT_PROCESSES]);
		else if (!recorder->options->command)
			recorder->ended = "process";
	}
	return recorder->ended;
}

/* A thread that was to make no system call and has ended makes none. */
static void drop_ended_threads(struct arming *arming)
{
	int i, kept = 0;

	for (i = 0; i < HFT_QUIET_THREADS && arming->quiet[i]; i++) {
		if (process_of_thread(arming->quiet[i]))
			arming->quiet[kept++] = arming->quiet[i];
	}
	while (kept < HFT_QUIET_THREADS)
		arming->quiet[kept++] = 0;
}

int recorder_renew_lease(struct recorder *recorder)
{
	const struct arming *arming = &recorder->plan->arming;
	__u64 now = recorder_now();
	char why[DEVICE_WHY];
	int err;

	if (!recorder->plan->kernel || !arming->lease_ms)
		return 0;
	if (now - recorder->renewed_ns > arming->lease_ms * 1000000ULL) {
		message("the lease ran out, as this tool did not run for %.1f s: not recorded",
			(now - recorder->renewed_ns) / 1e9);
		recorder->lease_ran_out = true;
	}
	drop_ended_threads(&recorder->plan->arming);
	err = device_arm(&recorder->plan->device, arming, why);
	recorder->renewed_ns = now;
	/* The filtered process has just ended: its own event follows. */
	return err == -ESRCH ? 0 : err;
}

__u64 recorder_refresh_interval(const struct recorder *recorder, __u64 elapsed)
{
	if (!recorder->options->command)
		return REFRESH_NS;
	if (!recorder->plan->kernel)
		return PRIVATE_NS;
	return elapsed < RECORDER_SECOND ? HURRY_NS : REFRESH_NS;
}

int recorder_follow_clock(struct recorder *recorder)
{
	struct hft_clock_sample now;
	int err;

	if (!recorder->clock_set)
		return 0;
	recorder->clock_set = false;
	err = clock_sample(recorder_device(recorder), &now);
	if (err || !clock_was_set(&recorder->first, &now, recorder->hz))
		return err;
	recorder->first = now;
	recorder->last = now;
	return 0;
}

void recorder_stop_command(struct recorder *recorder)
{
	if (!recorder->child.pid)
		return;
	recorder->command_ended = child_stop(&recorder->child, COMMAND_WAIT_MS);
	if (!recorder->command_ended)
		message("%s goes on: it did not end within %d s of SIGTERM",
			recorder->options->command[0], COMMAND_WAIT_MS / 1000);
}
