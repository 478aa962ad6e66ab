// SPDX-License-Identifier: GPL-2.0
/* Everything of a run up to its first record. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>
#include "command.h"
#include "lib/output.h"
#include "lib/recorder_run.h"

#define HZ_SAMPLE_NS	20000000

__u64 recorder_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

const struct device *recorder_device(const struct recorder *recorder)
{
	return recorder->plan->kernel ? &recorder->plan->device : NULL;
}

int recorder_fail(int err, const char *what)
{
	message("cannot %s: %s", what, strerror(-err));
	return HFT_EXIT_FAILED;
}

/* Ticks per second, as the kernel knows or as 20 ms tell. */
static int measure_clock(struct recorder *recorder)
{
	const struct timespec wait = { .tv_nsec = HZ_SAMPLE_NS };
	int err;

	err = clock_sample(recorder_device(recorder), &recorder->first);
	if (err)
		return err;
	recorder->last = recorder->first;
	recorder->started_ns = recorder->first.realtime_ns;
	recorder->started_tsc = recorder->first.ticks;
	recorder->hz = recorder->plan->kernel ?
		       recorder->plan->device.hello.clock_khz * 1000. : 0;
	if (recorder->hz > 0)
		return 0;
	nanosleep(&wait, NULL);
	err = clock_sample(recorder_device(recorder), &recorder->last);
	if (err)
		return err;
	recorder->hz = (recorder->last.ticks - recorder->first.ticks) * 1e9 /
		       (recorder->last.monotonic_ns - recorder->first.monotonic_ns);
	return 0;
}

static int prepare_command(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	int err;

	if (!options->command)
		return HFT_EXIT_OK;
	err = child_prepare(&recorder->child, options->command, &recorder->plan->affinity);
	if (err)
		return recorder_fail(err, "start a process");
	recorder->child_pid = recorder->child.pid;
	recorder->plan->command_pid = recorder->child.pid;
	/* With CPUs of his own choice one wants to see all that goes on there. */
	if (!options->cpus_given && !options->tgids_count)
		recorder->plan->arming.tgid[0] = recorder->child.pid;
	return HFT_EXIT_OK;
}

static int open_capture(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	struct capture_wish wish = {
		.kernel = recorder->plan->kernel,
		.cpus = recorder->plan->rings,
		.tgids = options->tgids,
		.tgids_count = options->tgids_count,
	};
	int err;

	if (options->command && !options->tgids_count)
		wish.ancestor = getpid();
	err = capture_open(&recorder->capture, &wish, &recorder->recording);
	if (err == -ENOENT && !wish.kernel)
		return HFT_EXIT_OK;
	if (err == -EPERM || err == -EACCES)
		message("%s", device_hidden_addresses);
	else if (err)
		return recorder_fail(err, "read the rings");
	return err ? HFT_EXIT_FAILED : HFT_EXIT_OK;
}

static int arm(struct recorder *recorder)
{
	char why[DEVICE_WHY];

	int err;

	if (!recorder->plan->kernel)
		return HFT_EXIT_OK;
	err = recorder_cost_start(recorder);
	if (err)
		return recorder_fail(err, "ask what the hooks take");
	recorder->renewed_ns = recorder_now();
	if (!device_arm(&recorder->plan->device, &recorder->plan->arming, why)) {
		recorder->armed_ns = clock_ns(CLOCK_REALTIME);
		recorder->armed_tsc = hft_ticks();
		return HFT_EXIT_OK;
	}
	message("%s", why);
	err = recorder_cost_restore(recorder);
	if (err)
		message("cannot set the budget that was: %s", strerror(-err));
	return HFT_EXIT_FAILED;
}

static int start_command(struct recorder *recorder)
{
	int err;

	if (!recorder->options->command)
		return HFT_EXIT_OK;
	err = child_start(&recorder->child);
	if (!err)
		return HFT_EXIT_OK;
	message("cannot run '%s': %s", recorder->options->command[0], strerror(-err));
	return HFT_EXIT_FAILED;
}

int recorder_resize(const struct recorder_options *options, struct recorder_plan *plan)
{
	char why[DEVICE_WHY];

	if (!options->ring_slots || options->ring_slots == plan->device.hello.ring_slots)
		return HFT_EXIT_OK;
	if (device_resize(&plan->device, options->ring_slots, why)) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	plan->device.hello.ring_slots = options->ring_slots;
	return HFT_EXIT_OK;
}

void recorder_say_ready(const struct recorder *recorder)
{
	int fd = recorder->options->ready_fd;

	if (!recorder->plan->kernel)
		message("only the program's own marks and spans are recorded: %s",
			recorder->plan->why_not);
	message("recording");
	if (fd >= 0 && write(fd, "recording\n", 10) < 0)
		message("nobody reads --ready-fd %d: %s", fd, strerror(errno));
}

int recorder_prepare(struct recorder *recorder)
{
	int status, err;

	err = measure_clock(recorder);
	if (err)
		return recorder_fail(err, "read the clock");
	status = prepare_command(recorder);
	if (!status)
		status = open_capture(recorder);
	if (!status)
		status = recorder_pmu_open(recorder);
	if (!status)
		status = recorder_watch_open(recorder);
	return status ? status : recorder_probe_open(recorder);
}

int recorder_begin(struct recorder *recorder)
{
	int status = arm(recorder);

	if (!status && recorder_pmu_request(recorder))
		status = recorder_fail(-ENOLINK, "ask for the counters");
	return status ? status : start_command(recorder);
}
