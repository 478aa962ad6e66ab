// SPDX-License-Identifier: GPL-2.0
/* A run of the recorder. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lib/facts_write.h"
#include "lib/output.h"
#include "lib/recorder_run.h"

#define POLL_MIN_NS	500000ULL
#define POLL_MAX_NS	10000000ULL
#define STATUS_NS	500000000ULL
#define EARLY_NS	100000000ULL	/* when a command has its libraries */

/* The recording is there when it returns. */
static int start(struct recorder *recorder)
{
	char why[RECORDING_WHY];
	int status, err;

	if (recording_create(&recorder->recording, recorder->options->output,
			     recorder->options->replace, why)) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	status = recorder_prepare(recorder);
	if (status)
		goto err_abandon;
	err = recorder_facts_start(recorder);
	if (!err)
		err = recorder_pmu_facts(recorder);
	if (!err)
		err = recorder_watch_facts(recorder);
	if (!err)
		err = recorder_probe_facts(recorder);
	if (!err)
		err = recorder_facts_refresh(recorder);
	if (!err)
		err = recorder_facts_maps(recorder);
	if (err) {
		status = recorder_fail(err, "write the recording");
		goto err_abandon;
	}
	status = recorder_begin(recorder);
	if (status)
		goto err_abandon;
	err = recording_keep(&recorder->recording);
	if (err)
		message("%s was replaced, but not deleted: %s", recorder->recording.path,
			strerror(-err));
	return HFT_EXIT_OK;

err_abandon:
	recording_abandon(&recorder->recording);
	return status;
}

static void show_status(const struct recorder *recorder, __u64 elapsed,
			struct capture_totals *before)
{
	char records[FORMAT_SIZE], rate[FORMAT_SIZE], bytes[FORMAT_SIZE], lost[FORMAT_SIZE];
	struct capture_totals totals;
	char line[200];
	__u64 a_second;

	capture_totals(&recorder->capture, &totals);
	a_second = (totals.records - before->records) * RECORDER_SECOND / STATUS_NS;
	snprintf(line, sizeof(line), "%.1f s  %s records  %s/s  %s  %s lost",
		 elapsed / 1e9, format_count(records, totals.records),
		 format_count(rate, a_second),
		 format_bytes(bytes, totals.bytes), format_count(lost, totals.records_lost));
	status_line(line);
	*before = totals;
}

/* Now and then, and whenever it has been set. 0 or -errno. */
static int note_clock(struct recorder *recorder)
{
	int err = clock_sample(recorder_device(recorder), &recorder->last);

	recorder->clock_set = false;
	return err ? err : facts_clock(&recorder->recording, &recorder->last);
}

/* What is done about each second. 0 or -errno. */
static int each_second(struct recorder *recorder, __u64 second)
{
	int err = recorder_renew_lease(recorder);

	if (err)
		return err;
	err = recorder_pmu_request(recorder);
	if (!err)
		err = note_clock(recorder);
	if (!err)
		err = capture_flush(&recorder->capture);
	if (!err && (second < 3 || second % 10 == 0))
		err = recorder_facts_maps(recorder);
	return err;
}

static int refresh(struct recorder *recorder)
{
	int err = capture_refresh(&recorder->capture);

	if (err < 0 || (!err && recorder->rings_noted == recorder->capture.count))
		return err;
	err = recorder_facts_refresh(recorder);
	return err ? err : recorder_facts_maps(recorder);
}

/* Half the time when a quarter of a ring filled up, a little more when it was little. */
static __u64 next_interval(__u64 interval, unsigned int fill)
{
	if (fill > 250)
		interval /= 2;
	else if (fill < 60)
		interval += interval / 4;
	if (interval < POLL_MIN_NS)
		return POLL_MIN_NS;
	return interval > POLL_MAX_NS ? POLL_MAX_NS : interval;
}

/* Until it is over, or something fails: 0 or -errno. */
static int loop(struct recorder *recorder, struct recorder_waits *waits)
{
	const struct recorder_options *options = recorder->options;
	__u64 begin = recorder_now(), interval = 2000000, elapsed = 0;
	__u64 next_refresh = 0, next_second = RECORDER_SECOND, next_status = 0;
	bool terminal = isatty(STDERR_FILENO), early = !options->command;
	struct capture_totals shown = { 0 };
	unsigned int fill;
	int err = 0;

	while (!err && !recorder->ended) {
		struct timespec timeout = { .tv_nsec = interval };

		if (interval > recorder_refresh_interval(recorder, elapsed))
			timeout.tv_nsec = recorder_refresh_interval(recorder, elapsed);
		if (ppoll(waits->fd, waits->count, &timeout, NULL) > 0 &&
		    recorder_take_events(recorder, waits))
			break;
		if (recorder->clock_set)
			err = note_clock(recorder);
		if (err)
			break;
		elapsed = recorder_now() - begin;
		if (options->duration_ns && elapsed >= options->duration_ns)
			recorder->ended = "duration";
		err = capture_poll(&recorder->capture, &fill);
		interval = next_interval(interval, fill);
		if (!err && elapsed >= next_refresh) {
			err = refresh(recorder);
			next_refresh = elapsed + recorder_refresh_interval(recorder, elapsed);
		}
		if (!err && !early && elapsed >= EARLY_NS) {
			early = true;
			err = recorder_facts_maps(recorder);
		}
		if (!err && elapsed >= next_second) {
			err = each_second(recorder, elapsed / RECORDER_SECOND);
			next_second += RECORDER_SECOND;
		}
		if (terminal && elapsed >= next_status) {
			show_status(recorder, elapsed, &shown);
			next_status += STATUS_NS;
		}
	}
	status_line(NULL);
	return err;
}

/* Disarms, takes the rest, makes the files whole. */
static void stop(struct recorder *recorder)
{
	int err;

	err = recorder_cost_end(recorder);
	if (!err)
		err = recorder_cost_facts(recorder);
	if (err)
		message("what the hooks took is not recorded: %s", strerror(-err));
	err = recorder->plan->kernel ? device_disarm(&recorder->plan->device) : 0;
	if (err)
		message("cannot disarm: %s", strerror(-err));
	recorder_stop_command(recorder);
	if (!recorder->failure)
		recorder->failure = capture_drain(&recorder->capture);
	recording_free_reserve(&recorder->recording);
	err = capture_finish(&recorder->capture);
	if (!recorder->failure)
		recorder->failure = err;
	err = clock_sample(recorder_device(recorder), &recorder->last);
	recorder->stopped_ns = recorder->last.realtime_ns;
	recorder->stopped_tsc = recorder->last.ticks;
	if (!err)
		err = recorder_facts_end(recorder);
	if (!recorder->failure)
		recorder->failure = err;
}

int recorder_run(const struct recorder_options *options, struct recorder_plan *plan)
{
	struct recorder recorder = { .options = options, .plan = plan };
	struct recorder_waits waits;
	int status, err;

	recorder.child.fd = -1;
	err = recorder_open_waits(&recorder, &waits);
	if (err) {
		status = recorder_fail(err, "wait for the processes");
		goto out_waits;
	}
	status = recorder_resize(options, plan);
	if (!status)
		status = start(&recorder);
	if (status)
		goto out_device;
	waits.fd[RECORDER_WAIT_COMMAND].fd = recorder.child.fd;
	recorder_say_ready(&recorder);
	recorder.failure = loop(&recorder, &waits);
	stop(&recorder);
	status = recorder_summary(&recorder);
	recording_close(&recorder.recording);
	child_close(&recorder.child);
	capture_close(&recorder.capture);
	recorder_cost_free(&recorder);
out_device:
	device_close(&plan->device);
out_waits:
	recorder_close_waits(&waits);
	return status;
}
