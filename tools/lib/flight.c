// SPDX-License-Identifier: GPL-2.0
/* A run that keeps windows: which triggers get one, and when it is copied. */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>
#include "command.h"
#include "lib/flight.h"
#include "lib/output.h"

#define POLL_NS		1000000ULL
#define COMMIT_NS	1000000ULL	/* for the window's last records to be committed */

__u64 flight_ticks(const struct flight *flight, __u64 ns)
{
	return (__u64)llround((double)ns * flight->recorder.hz / 1e9);
}

static struct flight_window **end_of(struct flight_window **list)
{
	while (*list)
		list = &(*list)->next;
	return list;
}

/* The pre-roll stands before the span that was late, not before its end. */
static void set_times(const struct flight *flight, struct flight_window *window)
{
	const struct flight_options *options = &flight->recorder.options->flight;
	__u64 pre = flight_ticks(flight, options->pre_ns);

	window->begin = window->trigger.start > pre ? window->trigger.start - pre : 0;
	window->end = window->trigger.tsc + flight_ticks(flight, options->post_ns);
	window->begins_late = window->begin < flight->started;
	if (window->begins_late)
		window->begin = flight->started;
}

static int accept_trigger(struct flight *flight, const struct flight_trigger *trigger)
{
	const struct flight_options *options = &flight->recorder.options->flight;
	struct flight_window *window;

	flight->triggers++;
	if (flight->windows && trigger->tsc >= flight->last.begin &&
	    trigger->tsc <= flight->last.end) {
		/* Those that wait are in order of time: the newest is the last. */
		window = flight->wanted;
		while (window && window->next)
			window = window->next;
		if (window)
			window->also++;
		flight->also++;
		return 0;
	}
	if (flight->windows == options->windows_max ||
	    (flight->windows &&
	     trigger->tsc < flight->last.trigger.tsc + flight_ticks(flight, options->gap_ns))) {
		flight->left_out++;
		return 0;
	}
	window = calloc(1, sizeof(*window));
	if (!window)
		return -ENOMEM;
	window->trigger = *trigger;
	set_times(flight, window);
	*end_of(&flight->wanted) = window;
	flight->last = *window;
	flight->windows++;
	return 0;
}

/* A process that has just come is one of ours if its rings are captured. */
static int look_for_triggers(struct flight *flight)
{
	struct capture *capture = &flight->recorder.capture;
	size_t i;
	int err;

	err = flight_watch_poll(&flight->watch);
	for (i = 0; i < flight->watch.count && !err; i++) {
		const struct flight_trigger *trigger = &flight->watch.trigger[i];

		if (!capture_wants(capture, trigger->tgid))
			err = capture_refresh(capture);
		if (err >= 0 && capture_wants(capture, trigger->tgid))
			err = accept_trigger(flight, trigger);
		if (err > 0)
			err = 0;
	}
	return err;
}

static bool is_over(const struct flight *flight, const struct flight_window *window)
{
	return hft_ticks() > window->end + flight_ticks(flight, COMMIT_NS);
}

static void copy_next(struct flight *flight)
{
	struct flight_window *window = flight->wanted;

	flight->wanted = window->next;
	window->next = NULL;
	flight_copy(flight, window);
	if (window->path[0])
		*end_of(&flight->copied) = window;
	else
		free(window);
}

/* Copying comes first, as the rings go on; what takes time, a step at a time. False: at rest. */
static bool work(struct flight *flight)
{
	struct flight_window *window = flight->copied;

	if (flight->wanted && is_over(flight, flight->wanted)) {
		copy_next(flight);
		return true;
	}
	if (!window)
		return false;
	if (!flight_finish(flight, window)) {
		flight->copied = window->next;
		free(window);
	}
	return true;
}

static int each_second(struct flight *flight)
{
	struct recorder *recorder = &flight->recorder;
	int err;

	err = recorder_renew_lease(recorder);
	if (!err)
		err = recorder_pmu_request(recorder);
	if (!err)
		flight_check_rings(flight);
	return err;
}

static int refresh(struct flight *flight)
{
	int err = capture_refresh(&flight->recorder.capture);

	return err < 0 ? err : flight_watch_refresh(&flight->watch);
}

static void look_whether_over(struct flight *flight, __u64 elapsed)
{
	struct recorder *recorder = &flight->recorder;
	const struct recorder_options *options = recorder->options;

	if (recorder->ended)
		return;
	if (options->duration_ns && elapsed >= options->duration_ns)
		recorder->ended = "duration";
	else if (flight->windows == options->flight.windows_max && !flight->wanted &&
		 !flight->copied)
		recorder->ended = "windows";
}

/* Until it is over, with the windows that are wanted then; 0 or -errno. */
static int loop(struct flight *flight, struct recorder_waits *waits)
{
	struct recorder *recorder = &flight->recorder;
	__u64 begin = recorder_now(), elapsed = 0, next_refresh = 0;
	__u64 next_second = RECORDER_SECOND;
	bool rests = true;
	int err = 0;

	while (!err) {
		const struct timespec timeout = { .tv_nsec = rests ? POLL_NS : 0 };
		bool stopped;

		if (ppoll(waits->fd, waits->count, &timeout, NULL) > 0)
			recorder_take_events(recorder, waits);
		err = recorder_follow_clock(recorder);
		if (err)
			break;
		elapsed = recorder_now() - begin;
		look_whether_over(flight, elapsed);
		stopped = recorder->ended && !strcmp(recorder->ended, "signal");
		if (elapsed >= next_refresh || recorder->ended) {
			err = refresh(flight);
			next_refresh = elapsed + recorder_refresh_interval(recorder, elapsed);
		}
		if (!err)
			err = look_for_triggers(flight);
		if (stopped || (recorder->ended && !flight->wanted))
			break;
		rests = !work(flight);
		if (!err && elapsed >= next_second) {
			err = each_second(flight);
			next_second += RECORDER_SECOND;
		}
	}
	return err;
}

/* What is wanted still ends now. */
static void cut_short(struct flight *flight)
{
	struct flight_window *window;
	__u64 now = hft_ticks();

	for (window = flight->wanted; window; window = window->next) {
		window->ends_early = window->end > now;
		if (window->ends_early)
			window->end = now;
	}
	while (flight->wanted)
		copy_next(flight);
}

static void stop(struct flight *flight)
{
	struct recorder *recorder = &flight->recorder;
	int err;

	cut_short(flight);
	err = recorder_cost_end(recorder);
	if (err)
		message("what the hooks took is not known: %s", strerror(-err));
	err = recorder->plan->kernel ? device_disarm(&recorder->plan->device) : 0;
	if (err)
		message("cannot disarm: %s", strerror(-err));
	recorder_stop_command(recorder);
	while (work(flight))
		;
}

/* Said at the start, as the first trigger may come at night. */
static int check_place(const char *output)
{
	char copy[PATH_MAX];
	const char *directory;

	snprintf(copy, sizeof(copy), "%s", output);
	directory = dirname(copy);
	if (!access(directory, W_OK | X_OK))
		return HFT_EXIT_OK;
	message("no window can be kept in %s: %s", directory, strerror(errno));
	return HFT_EXIT_FAILED;
}

static int start(struct flight *flight)
{
	struct recorder *recorder = &flight->recorder;
	const struct recorder_options *options = recorder->options;
	int status, err;

	status = check_place(options->output);
	if (!status)
		status = recorder_prepare(recorder);
	if (status)
		return status;
	flight->watch.tgids = options->tgids;
	flight->watch.tgids_count = options->tgids_count;
	flight->watch.rule = options->flight.rule;
	flight->watch.rules = options->flight.rules;
	err = flight_watch_open(&flight->watch);
	if (err)
		return recorder_fail(err, "look out for triggers");
	flight->started = hft_ticks();
	return recorder_begin(recorder);
}

int flight_run(const struct recorder_options *options, struct recorder_plan *plan)
{
	struct flight flight = { .recorder = { .options = options, .plan = plan } };
	struct recorder *recorder = &flight.recorder;
	struct recorder_waits waits;
	int status, err;

	recorder->child.fd = -1;
	err = recorder_open_waits(recorder, &waits);
	if (err) {
		status = recorder_fail(err, "wait for the processes");
		goto out_waits;
	}
	status = recorder_resize(options, plan);
	if (!status)
		status = start(&flight);
	if (status)
		goto out_device;
	waits.fd[RECORDER_WAIT_COMMAND].fd = recorder->child.fd;
	recorder_say_ready(recorder);
	recorder->failure = loop(&flight, &waits);
	stop(&flight);
	status = flight_summary(&flight);
	flight_watch_close(&flight.watch);
	child_close(&recorder->child);
	capture_close(&recorder->capture);
	recorder_cost_free(recorder);
	free(flight.warned);
out_device:
	device_close(&plan->device);
out_waits:
	recorder_close_waits(&waits);
	return status;
}
