// SPDX-License-Identifier: GPL-2.0
/* Windows with hftrace's work and without, in turn. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "command.h"
#include "lib/audit.h"
#include "lib/hooks.h"
#include "lib/manners.h"
#include "lib/output.h"
#include "lib/source.h"

#define SECOND		1000000000ULL
#define WORK_SHARE	0.8	/* of a window; the rest is for what comes late */
#define LEASE_MS	60000

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static void sleep_until(__u64 ns)
{
	struct timespec ts = { .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };

	while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static int fail(int err, const char *what)
{
	message("cannot %s: %s", what, strerror(-err));
	return HFT_EXIT_FAILED;
}

/* ------------------------------------------------------------------ a window */

static int open_reader(struct audit *audit)
{
	struct hft_live live = {
		.size = sizeof(live),
		.flags = HFT_LIVE_FROM_NOW,
		.cpus = audit->rings.word,
		.cpus_words = CPUS_WORDS,
	};

	return source_open_live(&audit->reader, &live) ? -EIO : 0;
}

/* The work, or the same waiting without it. 0 or -errno. */
static int work(struct audit *audit, bool with, __u64 start, __u64 length, __u64 cycles,
		__u64 *done)
{
	__u64 i, end = start + length;
	int err = 0;

	if (with)
		err = open_reader(audit);
	for (i = 0; i < cycles && now_ns() < end && !stopped && !err; i++) {
		if (with)
			err = audit_cycle_begin(audit);
		sleep_until(start + length * (2 * i + 1) / (2 * cycles));
		if (with && !err)
			err = audit_cycle_end(audit, i);
		sleep_until(start + length * (i + 1) / cycles);
	}
	if (with && audit->reader) {
		hft_reader_close(audit->reader);
		audit->reader = NULL;
		*done = i;
	}
	return err;
}

static int add_traced(struct audit *audit, bool with, struct reading *grown)
{
	struct counts *counts = &audit->counts;
	__u64 *count;
	size_t column, kind;
	int err;

	count = calloc(counts->columns * TRACED_KINDS, sizeof(*count));
	if (!count)
		return -ENOMEM;
	err = tracing_count(&audit->tracing, count, with ? stderr : NULL);
	for (kind = 0; kind < TRACED_KINDS && !err; kind++) {
		ssize_t row = counts_row(counts, COUNT_TRACED, traced_names[kind],
					 "as tracefs saw it");

		err = row < 0 ? (int)row : reading_fit(grown, counts);
		for (column = 0; column < counts->columns && !err; column++)
			grown->value[row * counts->columns + column] =
				count[column * TRACED_KINDS + kind];
	}
	for (column = 0; column < counts->columns && with && !err; column++)
		audit->ours += count[column * TRACED_KINDS + TRACED_OURS];
	free(count);
	return err;
}

/* *grown becomes what was counted meanwhile. */
static int window(struct audit *audit, bool with, struct audit_pair *pair)
{
	const struct audit_options *options = audit->options;
	__u64 length = options->duration_ns / (2 * AUDIT_PAIRS), start;
	__u64 cycles = (options->cycles + AUDIT_PAIRS - 1) / AUDIT_PAIRS;
	struct reading before = { 0 }, *grown = &pair->grown[with];
	size_t i;
	int err = 0;

	if (audit->traced)
		err = tracing_begin(&audit->tracing);
	if (!err)
		err = counts_read(&audit->counts, &before);
	if (err)
		return err;
	start = now_ns();
	err = work(audit, with, start, (__u64)(length * WORK_SHARE), cycles, &pair->cycles);
	sleep_until(start + length);
	if (!err)
		err = counts_read(&audit->counts, grown);
	if (!err && audit->traced)
		err = tracing_end(&audit->tracing);
	for (i = 0; i < before.rows * audit->counts.columns && !err; i++)
		grown->value[i] -= before.value[i];
	reading_free(&before);
	if (!err && audit->traced)
		err = add_traced(audit, with, grown);
	return err;
}

/* The order within a pair is left to chance, so that no rhythm of the machine looks like ours. */
static int measure_pair(struct audit *audit)
{
	struct audit_pair *pair = &audit->pair[audit->pairs];
	unsigned char coin = 0;
	bool first;
	int err;

	if (getrandom(&coin, 1, 0) < 0)
		return -errno;
	first = coin & 1;
	err = window(audit, first, pair);
	if (!err)
		err = window(audit, !first, pair);
	audit->pairs++;
	audit->cycles += pair->cycles;
	return err;
}

/* -------------------------------------------------------------------- all of it */

static void show_progress(const struct audit *audit)
{
	char line[120];

	if (!output_terminal())
		return;
	snprintf(line, sizeof(line), "%u pairs of windows, %llu cycles", audit->pairs,
		 audit->cycles);
	status_line(line);
}

int audit_run(struct audit *audit)
{
	int unclear = 1, err = 0;

	while (!stopped && !err && audit->pairs < AUDIT_PAIRS_MAX) {
		err = measure_pair(audit);
		show_progress(audit);
		if (err || audit->pairs < AUDIT_PAIRS || audit->cycles < audit->options->cycles)
			continue;
		unclear = audit_judge(audit);
		if (unclear <= 0)
			break;
	}
	status_line(NULL);
	if (unclear < 0)
		err = unclear;
	if (err == -ENOBUFS) {
		message("tracefs keeps less than happens there: shorten -d, or leave --tracefs");
		return HFT_EXIT_FAILED;
	}
	if (err)
		return fail(err, "measure");
	if (stopped) {
		message("stopped before there was a result");
		return HFT_EXIT_FAILED;
	}
	if (audit->cycles < audit->options->cycles) {
		message("only %llu of %llu cycles fit into the time: give a longer -d",
			audit->cycles, audit->options->cycles);
		return HFT_EXIT_FAILED;
	}
	return HFT_EXIT_OK;
}

static int choose_hooks(struct audit *audit)
{
	__u64 attached = audit->device.hello.hooks_attached & ~HFT_HOOK_BIT(HFT_HOOK_SYSCALL);
	struct hft_hook_info info;
	int hook;

	if (!attached) {
		message("no hook is attached; 'hftrace attach all' says the cost, and does it");
		return HFT_EXIT_FAILED;
	}
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (!device_hook_info(&audit->device, hook, &info) && info.cpus_armed) {
			message("another program has armed hooks: what that does counts in both");
			break;
		}
	}
	audit->arming.hooks = attached;
	audit->arming.hooks_elsewhere = attached & HOOKS_CULPRITS;
	audit->arming.cpus = audit->options->cpus;
	audit->arming.lease_ms = LEASE_MS;
	/* As a recorder does, which wants to know who disturbed whom. */
	audit->rings = audit->options->cpus;
	if (audit->arming.hooks_elsewhere && cpus_online(&audit->rings)) {
		message("cannot tell which CPUs are online");
		return HFT_EXIT_FAILED;
	}
	return HFT_EXIT_OK;
}

static int start_tracing(struct audit *audit)
{
	char why[TRACING_WHY];

	if (!audit->options->tracefs)
		return HFT_EXIT_OK;
	message("switching tracefs on before, and off after, interrupts every CPU");
	if (tracing_start(&audit->tracing, audit->counts.cpu, audit->counts.columns, why)) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	audit->traced = true;
	if (!audit->tracing.senders)
		message("this kernel tells who wakes, but not who sends interrupts");
	return HFT_EXIT_OK;
}

int audit_open(struct audit *audit, const struct audit_options *options)
{
	const struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};
	char why[DEVICE_WHY];
	int status, err;

	memset(audit, 0, sizeof(*audit));
	audit->options = options;
	err = device_open(&audit->device, why);
	if (!err)
		err = device_may_read(&audit->device, why);
	if (err) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	status = choose_hooks(audit);
	if (!status)
		status = manners_keep_off(&options->cpus);
	if (status)
		return status;
	err = counts_init(&audit->counts, &options->cpus);
	if (err)
		return fail(err, "read what the kernel counts");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return start_tracing(audit);
}

void audit_close(struct audit *audit)
{
	unsigned int i;

	if (audit->traced)
		tracing_stop(&audit->tracing);
	device_close(&audit->device);
	for (i = 0; i < audit->pairs; i++) {
		reading_free(&audit->pair[i].grown[0]);
		reading_free(&audit->pair[i].grown[1]);
	}
	counts_uninit(&audit->counts);
	free(audit->result);
}
