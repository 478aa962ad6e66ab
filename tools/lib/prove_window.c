// SPDX-License-Identifier: GPL-2.0
/* The loop's times for one window. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lib/child.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/prove.h"

#define SECOND		1000000000ULL
#define POLL_NS		2000000ULL	/* a ring of 8192 slots holds 2 ms of spans of 0.5 us */
#define STOP_WAIT_MS	5000
#define START_NS	(10 * SECOND)	/* for a command to tell its first time */

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static int fail(int err, const char *what)
{
	message("cannot %s: %s", what, strerror(-err));
	return HFT_EXIT_FAILED;
}

static int fail_reading(int err)
{
	return fail(err, "read the program's rings");
}

/* What a command prints is not ours to print, nor to be mixed with our answer. */
static int hush(void)
{
	int saved, null;

	fflush(stdout);
	saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (saved < 0 || null < 0)
		return -errno;
	dup2(null, STDOUT_FILENO);
	close(null);
	return saved;
}

static void unhush(int saved)
{
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

static int check_status(const struct prove *prove, int status)
{
	char **command = prove->options->command;

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return HFT_EXIT_OK;
	if (WIFEXITED(status))
		message("%s failed with status %d", command[0], WEXITSTATUS(status));
	else
		message("%s was killed by signal %d", command[0], WTERMSIG(status));
	return HFT_EXIT_FAILED;
}

/*
 * A window begins with the first time that the command tells: what it does
 * before is not to eat it up. *until: its end, 0 before it has begun.
 */
static bool window_over(const struct prove *prove, const struct series *series, __u64 started,
			__u64 *until)
{
	__u64 now = now_ns();

	/* Of runs each is let come to its end. */
	if (prove->timed_runs)
		return false;
	if (!*until && series->names)
		*until = now + prove->options->window_ns;
	return *until ? now >= *until : now >= started + START_NS;
}

/* Reads its rings until it has ended by itself (*ended) or the window is over. 0 or -errno. */
static int follow(const struct prove *prove, struct child *child, struct series *series,
		  __u64 *until, bool *ended)
{
	const struct timespec wait = { .tv_nsec = POLL_NS };
	struct pollfd fd = { .fd = child->fd, .events = POLLIN };
	__u64 started = now_ns();
	int err = 0;

	*ended = false;
	while (!err && !prove_stopped && !window_over(prove, series, started, until)) {
		if (ppoll(&fd, 1, &wait, NULL) > 0) {
			*ended = true;
			return 0;
		}
		err = series_read(series);
	}
	return err;
}

/* One run, to its end or to that of the window. */
static int run_command(struct prove *prove, struct prove_sample *sample, __u64 *until)
{
	struct child child;
	bool ended = false;
	__u64 begin;
	int saved, status, err;

	saved = hush();
	if (saved < 0)
		return fail(saved, "open /dev/null");
	err = child_prepare(&child, prove->options->command, &prove->affinity);
	unhush(saved);
	if (err)
		return fail(err, "start a process");
	series_restart(&sample->series, child.pid);
	begin = now_ns();
	err = child_start(&child);
	if (err) {
		message("cannot run '%s': %s", prove->options->command[0], strerror(-err));
		waitpid(child.pid, NULL, 0);
		child_close(&child);
		return HFT_EXIT_FAILED;
	}
	err = follow(prove, &child, &sample->series, until, &ended);
	if (ended)
		err = histogram_add(&sample->runs, now_ns() - begin);
	else if (!child_stop(&child, STOP_WAIT_MS))
		err = err ?: -ETIMEDOUT;
	if (!err)
		err = series_finish(&sample->series);
	if (ended)
		child_ended(&child);
	status = ended ? check_status(prove, child.status) : HFT_EXIT_OK;
	child_close(&child);
	if (err == -ETIMEDOUT)
		message("%s did not end within %d s of SIGTERM", prove->options->command[0],
			STOP_WAIT_MS / 1000);
	else if (err)
		return fail_reading(err);
	return err ? HFT_EXIT_FAILED : status;
}

/* A command that ends is run again until the window is over. */
static int sample_command(struct prove *prove, struct prove_sample *sample)
{
	__u64 until = prove->timed_runs ? now_ns() + prove->options->window_ns : 0;
	int status;

	do {
		status = run_command(prove, sample, &until);
		series_close(&sample->series);
	} while (!status && !prove_stopped && now_ns() < until);
	return status;
}

static int sample_process(struct prove *prove, struct prove_sample *sample)
{
	__u64 until = now_ns() + prove->options->window_ns;
	const struct timespec wait = { .tv_nsec = POLL_NS };
	int err = 0;

	while (!err && !prove_stopped && now_ns() < until) {
		err = series_read(&sample->series);
		nanosleep(&wait, NULL);
	}
	if (!err)
		err = series_read(&sample->series);
	series_close(&sample->series);
	if (err)
		return fail_reading(err);
	if (process_exists(prove->options->pid))
		return HFT_EXIT_OK;
	message("process %d has ended", prove->options->pid);
	return HFT_EXIT_FAILED;
}

int prove_sample(struct prove *prove, struct prove_sample *sample, const char *wanted,
		 struct histogram *times)
{
	const struct prove_options *options = prove->options;
	int status;

	series_init(&sample->series, options->pid, options->command, wanted, times);
	if (options->command)
		status = sample_command(prove, sample);
	else
		status = sample_process(prove, sample);
	prove->lost += sample->series.lost;
	return status;
}
