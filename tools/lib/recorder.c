// SPDX-License-Identifier: GPL-2.0
/* A run of the recorder. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lib/facts_write.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/recorder.h"

#define SECOND		1000000000ULL
#define POLL_MIN_NS	500000ULL
#define POLL_MAX_NS	10000000ULL
#define REFRESH_NS	100000000ULL	/* between looks for new threads */
#define HURRY_NS	20000000ULL	/* the same, while a command starts up */
#define PRIVATE_NS	4000000ULL	/* the same for memory that goes with its process */
#define STATUS_NS	500000000ULL
#define COMMAND_WAIT_MS	5000		/* for a command to end that was told to */
#define HZ_SAMPLE_NS	20000000

/* What a run waits for besides the time. */
struct waits {
	struct pollfd fd[2 + HFT_FILTERS];	/* signals, the command, processes */
	size_t count;
	size_t processes_left;
};

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static const struct device *own_device(const struct recorder *recorder)
{
	return recorder->plan->kernel ? &recorder->plan->device : NULL;
}

/* -------------------------------------------------------------- start, end */

/* Ticks per second, as the kernel knows or as 20 ms tell. */
static int measure_clock(struct recorder *recorder)
{
	const struct timespec wait = { .tv_nsec = HZ_SAMPLE_NS };
	int err;

	err = clock_sample(own_device(recorder), &recorder->first);
	if (err)
		return err;
	recorder->last = recorder->first;
	recorder->hz = recorder->plan->kernel ?
		       recorder->plan->device.hello.clock_khz * 1000. : 0;
	if (recorder->hz > 0)
		return 0;
	nanosleep(&wait, NULL);
	err = clock_sample(own_device(recorder), &recorder->last);
	if (err)
		return err;
	recorder->hz = (recorder->last.ticks - recorder->first.ticks) * 1e9 /
		       (recorder->last.monotonic_ns - recorder->first.monotonic_ns);
	return 0;
}

static int open_signals(void)
{
	sigset_t mask;

	/* A shell starts background jobs with SIGINT ignored. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_waits(const struct recorder *recorder, struct waits *waits)
{
	const struct recorder_options *options = recorder->options;
	size_t i;

	for (i = 0; i < 2 + HFT_FILTERS; i++)
		waits->fd[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	waits->count = 2 + options->tgids_count;
	waits->processes_left = options->tgids_count;
	waits->fd[0].fd = open_signals();
	if (waits->fd[0].fd < 0)
		return -errno;
	for (i = 0; i < options->tgids_count; i++) {
		waits->fd[2 + i].fd = syscall(SYS_pidfd_open, options->tgids[i], 0);
		if (waits->fd[2 + i].fd < 0)
			return -errno;
	}
	return 0;
}

static void close_waits(struct waits *waits)
{
	size_t i;

	for (i = 0; i < waits->count; i++) {
		/* The command's is not ours. */
		if (i != 1 && waits->fd[i].fd >= 0)
			close(waits->fd[i].fd);
	}
}

static int fail(int err, const char *what)
{
	message("cannot %s: %s", what, strerror(-err));
	return HFT_EXIT_FAILED;
}

static int prepare_command(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	int err;

	if (!options->command)
		return HFT_EXIT_OK;
	err = child_prepare(&recorder->child, options->command, &recorder->plan->affinity);
	if (err)
		return fail(err, "start a process");
	recorder->child_pid = recorder->child.pid;
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
		return fail(err, "read the rings");
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
		return fail(err, "ask what the hooks take");
	recorder->renewed_ns = now_ns();
	if (!device_arm(&recorder->plan->device, &recorder->plan->arming, why))
		return HFT_EXIT_OK;
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

static void say_ready(const struct recorder *recorder)
{
	int fd = recorder->options->ready_fd;

	if (fd >= 0 && write(fd, "recording\n", 10) < 0)
		message("nobody reads --ready-fd %d: %s", fd, strerror(errno));
	if (!recorder->plan->kernel)
		message("only the program's own marks and spans are recorded: %s",
			recorder->plan->why_not);
	message("recording");
}

/* Everything up to the first record. The recording is there when it returns. */
static int start(struct recorder *recorder)
{
	char why[RECORDING_WHY];
	int status, err;

	if (recording_create(&recorder->recording, recorder->options->output,
			     recorder->options->replace, why)) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	err = measure_clock(recorder);
	if (err) {
		status = fail(err, "read the clock");
		goto err_abandon;
	}
	status = prepare_command(recorder);
	if (!status)
		status = open_capture(recorder);
	if (status)
		goto err_abandon;
	status = recorder_pmu_open(recorder);
	if (!status)
		status = recorder_watch_open(recorder);
	if (!status)
		status = recorder_probe_open(recorder);
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
		status = fail(err, "write the recording");
		goto err_abandon;
	}
	status = arm(recorder);
	if (!status && recorder_pmu_request(recorder))
		status = fail(-ENOLINK, "ask for the counters");
	if (!status)
		status = start_command(recorder);
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

/* ----------------------------------------------------------------- running */

static void show_status(const struct recorder *recorder, __u64 elapsed,
			struct capture_totals *before)
{
	char records[FORMAT_SIZE], rate[FORMAT_SIZE], bytes[FORMAT_SIZE], lost[FORMAT_SIZE];
	struct capture_totals totals;
	char line[200];

	capture_totals(&recorder->capture, &totals);
	snprintf(line, sizeof(line), "%.1f s  %s records  %s/s  %s  %s lost",
		 elapsed / 1e9, format_count(records, totals.records),
		 format_count(rate, (totals.records - before->records) * SECOND / STATUS_NS),
		 format_bytes(bytes, totals.bytes), format_count(lost, totals.records_lost));
	status_line(line);
	*before = totals;
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

/* True when the run is over. */
static bool take_events(struct recorder *recorder, struct waits *waits)
{
	struct signalfd_siginfo info;
	size_t i;

	if (waits->fd[0].revents && read(waits->fd[0].fd, &info, sizeof(info)) > 0)
		recorder->ended = "signal";
	if (recorder->child.pid && waits->fd[1].revents && child_ended(&recorder->child)) {
		recorder->command_ended = true;
		recorder->ended = "command";
		waits->fd[1].fd = -1;
	}
	for (i = 2; i < waits->count; i++) {
		if (waits->fd[i].fd < 0 || !waits->fd[i].revents)
			continue;
		close(waits->fd[i].fd);
		waits->fd[i].fd = -1;
		/* Its rings are still read; the lease is renewed without it. */
		if (--waits->processes_left)
			drop_filter(recorder, recorder->options->tgids[i - 2]);
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

static int renew_lease(struct recorder *recorder)
{
	const struct arming *arming = &recorder->plan->arming;
	__u64 now = now_ns();
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

/* What is done about each second. 0 or -errno. */
static int each_second(struct recorder *recorder, __u64 second)
{
	int err = renew_lease(recorder);

	if (err)
		return err;
	err = recorder_pmu_request(recorder);
	if (!err)
		err = clock_sample(own_device(recorder), &recorder->last);
	if (!err)
		err = facts_clock(&recorder->recording, &recorder->last);
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

static __u64 refresh_interval(const struct recorder *recorder, __u64 elapsed)
{
	if (!recorder->options->command)
		return REFRESH_NS;
	if (!recorder->plan->kernel)
		return PRIVATE_NS;
	return elapsed < SECOND ? HURRY_NS : REFRESH_NS;
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
static int loop(struct recorder *recorder, struct waits *waits)
{
	const struct recorder_options *options = recorder->options;
	__u64 begin = now_ns(), interval = 2000000, elapsed = 0;
	__u64 next_refresh = 0, next_second = SECOND, next_status = 0;
	bool terminal = isatty(STDERR_FILENO);
	struct capture_totals shown = { 0 };
	unsigned int fill;
	int err = 0;

	while (!err && !recorder->ended) {
		struct timespec timeout = { .tv_nsec = interval };

		if (interval > refresh_interval(recorder, elapsed))
			timeout.tv_nsec = refresh_interval(recorder, elapsed);
		if (ppoll(waits->fd, waits->count, &timeout, NULL) > 0 &&
		    take_events(recorder, waits))
			break;
		elapsed = now_ns() - begin;
		if (options->duration_ns && elapsed >= options->duration_ns)
			recorder->ended = "duration";
		err = capture_poll(&recorder->capture, &fill);
		interval = next_interval(interval, fill);
		if (!err && elapsed >= next_refresh) {
			err = refresh(recorder);
			next_refresh = elapsed + refresh_interval(recorder, elapsed);
		}
		if (!err && elapsed >= next_second) {
			err = each_second(recorder, elapsed / SECOND);
			next_second += SECOND;
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
	if (err)
		message("what the hooks took is not recorded: %s", strerror(-err));
	err = recorder->plan->kernel ? device_disarm(&recorder->plan->device) : 0;
	if (err)
		message("cannot disarm: %s", strerror(-err));
	if (recorder->child.pid) {
		recorder->command_ended = child_stop(&recorder->child, COMMAND_WAIT_MS);
		if (!recorder->command_ended)
			message("%s goes on: it did not end within %d s of SIGTERM",
				recorder->options->command[0], COMMAND_WAIT_MS / 1000);
	}
	if (!recorder->failure)
		recorder->failure = capture_drain(&recorder->capture);
	recording_free_reserve(&recorder->recording);
	err = capture_finish(&recorder->capture);
	if (!recorder->failure)
		recorder->failure = err;
	err = clock_sample(own_device(recorder), &recorder->last);
	if (!err)
		err = recorder_facts_end(recorder);
	if (!recorder->failure)
		recorder->failure = err;
}

static int resize_rings(const struct recorder_options *options, struct recorder_plan *plan)
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

int recorder_run(const struct recorder_options *options, struct recorder_plan *plan)
{
	struct recorder recorder = { .options = options, .plan = plan };
	struct waits waits;
	int status, err;

	recorder.child.fd = -1;
	err = open_waits(&recorder, &waits);
	if (err) {
		status = fail(err, "wait for the processes");
		goto out_waits;
	}
	status = resize_rings(options, plan);
	if (!status)
		status = start(&recorder);
	if (status)
		goto out_device;
	waits.fd[1].fd = recorder.child.fd;
	say_ready(&recorder);
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
	close_waits(&waits);
	return status;
}
