// SPDX-License-Identifier: GPL-2.0
/* A run of hftrace top, from arming to disarming. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lib/output.h"
#include "lib/top.h"

#define ROUND_NS	10000000	/* between looks at rings and keys */

/* Facts and windows stand there; it goes with this program. */
static int make_place(struct top *top)
{
	const char *directory = getenv("TMPDIR");

	if (!directory || !*directory)
		directory = "/tmp";
	if (snprintf(top->place, sizeof(top->place), "%s/hftrace-top-XXXXXX", directory) >=
	    (int)sizeof(top->place))
		return -ENAMETOOLONG;
	if (!mkdtemp(top->place)) {
		top->place[0] = 0;
		return -errno;
	}
	snprintf(top->path, sizeof(top->path), "%s/facts.hft", top->place);
	return 0;
}

/* `facts`: stays the recording of the facts, while outliers come and go. */
static int start(struct top *top, struct recording *facts)
{
	struct recorder *recorder = &top->recorder;
	char why[RECORDING_WHY];
	int status, err;

	err = make_place(top);
	if (err)
		return recorder_fail(err, "make a directory in $TMPDIR or /tmp");
	if (recording_create(&recorder->recording, top->path, false, why)) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	*facts = recorder->recording;
	status = recorder_prepare(recorder);
	if (status)
		return status;
	top->hz = recorder->hz;
	err = recorder_facts_names(recorder);
	if (err)
		return recorder_fail(err, "write down what tasks and interrupts are called");
	err = top_read_open(top);
	if (err)
		return recorder_fail(err, "read the rings");
	if (recorder->plan->kernel) {
		err = cost_read(&top->cost, &recorder->plan->device, &recorder->plan->arming.cpus);
		if (err)
			return recorder_fail(err, "ask what the hooks take");
	}
	return recorder_begin(recorder);
}

static int each_second(struct recorder *recorder)
{
	int err = recorder_renew_lease(recorder);

	return err ? err : recorder_pmu_request(recorder);
}

static int show(struct top *top, struct top_view *view)
{
	int err = top_interval(top);

	if (err)
		return err;
	if (view)
		return top_view_draw(view);
	if (top->options->json)
		top_print_json(top);
	else
		top_print(top);
	/* Whoever reads it from a pipe gets it now, or has gone. */
	return fflush(stdout) ? -errno : 0;
}

/* Until it is stopped: 0 or -errno. */
static int loop(struct top *top, struct top_view *view, struct recorder_waits *waits)
{
	struct recorder *recorder = &top->recorder;
	__u64 begin = recorder_now(), elapsed = 0, next_refresh = 0;
	__u64 next_second = RECORDER_SECOND, next_show = top->options->interval_ns, shown = 0;
	bool more = false, frozen, full;
	int err = 0;

	while (!err && !recorder->ended) {
		const struct timespec timeout = { .tv_nsec = more ? 0 : ROUND_NS };

		if (ppoll(waits->fd, waits->count, &timeout, NULL) > 0 &&
		    recorder_take_events(recorder, waits))
			break;
		err = recorder_follow_clock(recorder);
		if (view && !top_view_keys(view, &err))
			break;
		if (!err)
			err = top_read_on(top, &more);
		elapsed = recorder_now() - begin;
		if (!err && elapsed >= next_refresh) {
			err = top_read_refresh(top);
			next_refresh = elapsed + recorder_refresh_interval(recorder, elapsed);
		}
		if (!err && elapsed >= next_second) {
			err = each_second(recorder);
			next_second = elapsed + RECORDER_SECOND;
		}
		frozen = view && top_view_frozen(view);
		full = top_read_full(top);
		if (err || (!full && (frozen || elapsed < next_show)))
			continue;
		err = show(top, view);
		if (!full)
			next_show += top->options->interval_ns;
		if (next_show < elapsed)
			next_show = elapsed + top->options->interval_ns;
		if (++shown == top->options->times)
			break;
	}
	return err;
}

static void free_top(struct top *top, struct recording *facts)
{
	size_t i;

	top_read_close(top);
	top_rows_uninit(&top->rows);
	for (i = 0; i < top->cpus; i++)
		free(top->cpu[i].of_culprit);
	free(top->cpu);
	cost_free(&top->cost);
	capture_close(&top->recorder.capture);
	recorder_cost_free(&top->recorder);
	if (facts->path) {
		recording_abandon(facts);
		recording_close(facts);
	}
	if (top->place[0] && rmdir(top->place))
		message("cannot remove %s: %s", top->place, strerror(errno));
	free(top);
}

static int open_view(struct top *top, struct top_view **view)
{
	int err;

	if (top->options->batch)
		return HFT_EXIT_OK;
	err = top_view_open(view, top);
	if (err == -ENOTTY)
		message("no terminal that can be drawn on: -b prints tables, --json objects");
	else if (err)
		message("cannot take over the terminal: %s", strerror(-err));
	return err ? HFT_EXIT_FAILED : HFT_EXIT_OK;
}

/* With the view open: enum hft_exit. */
static int run(struct top *top, struct top_view *view, struct recording *facts)
{
	struct recorder *recorder = &top->recorder;
	struct recorder_waits waits;
	int status, err;

	err = recorder_open_waits(recorder, &waits);
	status = err ? recorder_fail(err, "wait for the processes") : start(top, facts);
	if (!status) {
		recorder->failure = top_interval_begin(top);
		if (!recorder->failure)
			recorder->failure = loop(top, view, &waits);
		if (recorder->failure && recorder->failure != -EPIPE)
			status = recorder_fail(recorder->failure, "go on");
		if (recorder->plan->kernel && device_disarm(&recorder->plan->device))
			message("cannot disarm: %s", strerror(errno));
	}
	recorder_close_waits(&waits);
	return status;
}

int top_run(const struct top_options *options, struct recorder_plan *plan)
{
	struct top *top = calloc(1, sizeof(*top));
	struct recording facts = { 0 };
	struct top_view *view = NULL;
	int status;

	if (!top) {
		message("out of memory");
		device_close(&plan->device);
		return HFT_EXIT_FAILED;
	}
	top->options = options;
	top->recorder.options = &options->recorder;
	top->recorder.plan = plan;
	top->recorder.child.fd = -1;
	status = open_view(top, &view);
	if (!status)
		status = run(top, view, &facts);
	if (view)
		top_view_close(view);
	if (!status && options->batch && top->lost)
		status = HFT_EXIT_LOST;
	if (!status && top->recorder.ended && !strcmp(top->recorder.ended, "process"))
		message("the processes have ended");
	free_top(top, &facts);
	device_close(&plan->device);
	return status;
}
