/* SPDX-License-Identifier: GPL-2.0 */
/* What the ways of running a recorder share: its start, what it waits for, its lease. */
#ifndef HFT_RECORDER_RUN_H
#define HFT_RECORDER_RUN_H

#include <poll.h>

#include "lib/recorder.h"

#define RECORDER_SECOND		1000000000ULL

/* What a run waits for besides the time. */
enum {
	RECORDER_WAIT_SIGNALS,
	RECORDER_WAIT_COMMAND,
	RECORDER_WAIT_CLOCK,		/* that somebody sets it */
	RECORDER_WAIT_PROCESSES,
};

struct recorder_waits {
	struct pollfd fd[RECORDER_WAIT_PROCESSES + HFT_FILTERS];
	size_t count;
	size_t processes_left;
};

/* ns of the monotonic clock. */
__u64 recorder_now(void);

/* The device; NULL when the kernel is not recorded. */
const struct device *recorder_device(const struct recorder *recorder);

/* "cannot WHAT: ..."; returns HFT_EXIT_FAILED. */
int recorder_fail(int err, const char *what);

/*
 * recorder_start.c: gives the CPUs' rings the size that was asked for; finds the rings, opens
 * counters, sets watches and probes; arms and starts the command. Each says what is wrong.
 * enum hft_exit.
 */
int recorder_resize(const struct recorder_options *options, struct recorder_plan *plan);
int recorder_prepare(struct recorder *recorder);
int recorder_begin(struct recorder *recorder);
void recorder_say_ready(const struct recorder *recorder);

/* recorder_waits.c: 0 or -errno. */
int recorder_open_waits(const struct recorder *recorder, struct recorder_waits *waits);
void recorder_close_waits(struct recorder_waits *waits);

/* Signals end this program again: for who goes on behind the run, and has nothing to tidy up. */
void recorder_release_signals(void);

/*
 * For who tells the wall clock's time by the first and the last sample alone: when it has been
 * set, they begin anew. 0 or -errno.
 */
int recorder_follow_clock(struct recorder *recorder);

/* What ppoll() found. True when the run is over, and recorder->ended says why. */
bool recorder_take_events(struct recorder *recorder, struct recorder_waits *waits);

/* A command that is still running is told to end. */
void recorder_stop_command(struct recorder *recorder);

/* ns between looks for new threads, so long after the start. */
__u64 recorder_refresh_interval(const struct recorder *recorder, __u64 elapsed);

/* Each second. 0 or -errno. */
int recorder_renew_lease(struct recorder *recorder);

/* recorder_summary.c: how the command ended, if it did not end well. */
void recorder_say_command(const struct recorder *recorder);

#endif /* HFT_RECORDER_RUN_H */
