// SPDX-License-Identifier: GPL-2.0
/* Rounds of a loop's times with hftrace in each of its states. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "command.h"
#include "lib/hooks.h"
#include "lib/manners.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/prove.h"

const double prove_percents[PROVE_PERCENTS] = { 50, 90, 99, 99.9, 100 };

volatile sig_atomic_t prove_stopped;

static void on_signal(int number)
{
	(void)number;
	prove_stopped = 1;
}

/* ---------------------------------------------------------------------- set up */

static int choose_cpus(struct prove *prove)
{
	const struct prove_options *options = prove->options;
	struct cpus *cpus = &prove->arming.cpus;

	if (options->cpus_given) {
		*cpus = options->cpus;
		return manners_check_online(cpus);
	}
	memset(cpus, 0, sizeof(*cpus));
	if (options->pid)
		cpus_of_process(options->pid, cpus);
	else if (cpus_pinned(&prove->affinity))
		*cpus = prove->affinity;
	if (cpus_count(cpus))
		return HFT_EXIT_OK;
	return manners_traced_cpus(cpus);
}

static int choose_hooks(struct prove *prove)
{
	__u64 attached = prove->device.hello.hooks_attached;
	__u64 hooks = prove->options->hooks;
	struct hft_hook_info info;
	char text[HOOKS_TEXT];
	int hook;

	if (!hooks)
		hooks = attached & ~HFT_HOOK_BIT(HFT_HOOK_SYSCALL);
	else if (hooks == HOOKS_ALL)
		hooks = attached;
	if (!hooks || (hooks & ~attached)) {
		hooks_format(hooks ? hooks & ~attached : HOOKS_ALL, text);
		message("not attached: %s; 'hftrace attach' says what that costs, and does it",
			text);
		return HFT_EXIT_FAILED;
	}
	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (!device_hook_info(&prove->device, hook, &info) && info.cpus_armed) {
			message("another program has armed hooks: stop it first");
			return HFT_EXIT_FAILED;
		}
	}
	prove->arming.hooks = hooks;
	prove->arming.hooks_elsewhere = attached & HOOKS_CULPRITS;
	return HFT_EXIT_OK;
}

static int prepare_unload(struct prove *prove)
{
	char why[MODULE_WHY];

	prove->measured[PROVE_ABSENT] = prove->options->unload;
	if (!prove->options->unload ||
	    !module_note(&prove->module, prove->options->module_path,
			 prove->device.hello.hooks_attached, why))
		return HFT_EXIT_OK;
	message("%s", why);
	return HFT_EXIT_FAILED;
}

static int make_scratch(struct prove *prove)
{
	const char *parent = getenv("TMPDIR");

	if (!parent || strlen(parent) > 30)
		parent = "/tmp";
	snprintf(prove->scratch, sizeof(prove->scratch), "%s/hftrace-prove.XXXXXX", parent);
	if (mkdtemp(prove->scratch))
		return HFT_EXIT_OK;
	message("cannot make a directory in %s: %s", parent, strerror(errno));
	prove->scratch[0] = 0;
	return HFT_EXIT_FAILED;
}

int prove_open(struct prove *prove, const struct prove_options *options)
{
	const struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};
	char why[DEVICE_WHY];
	int status, err;

	memset(prove, 0, sizeof(*prove));
	prove->options = options;
	prove->device.fd = -1;
	prove->measured[PROVE_LOADED] = true;
	prove->measured[PROVE_ARMED] = true;
	prove->measured[PROVE_RECORDED] = true;
	prove->window = calloc((size_t)options->rounds * PROVE_STATES, sizeof(*prove->window));
	if (!prove->window || cpus_of_thread(0, &prove->affinity)) {
		message("out of memory");
		return HFT_EXIT_FAILED;
	}
	if (options->pid && !process_exists(options->pid)) {
		message("no process %d", options->pid);
		return HFT_EXIT_FAILED;
	}
	status = choose_cpus(prove);
	if (status)
		return status;
	err = device_open(&prove->device, why);
	if (!err)
		err = device_may_read(&prove->device, why);
	if (err) {
		message("%s", why);
		return HFT_EXIT_FAILED;
	}
	status = choose_hooks(prove);
	if (!status)
		status = prepare_unload(prove);
	if (!status)
		status = manners_keep_off(&prove->arming.cpus);
	if (!status)
		status = make_scratch(prove);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return status;
}

static int delete_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
	(void)stat;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void prove_close(struct prove *prove)
{
	int state;

	device_close(&prove->device);
	if (prove->scratch[0] && nftw(prove->scratch, delete_one, 8, FTW_DEPTH | FTW_PHYS))
		message("cannot delete %s", prove->scratch);
	for (state = 0; state < PROVE_STATES; state++)
		histogram_uninit(&prove->all[state]);
	free(prove->window);
}

/* ------------------------------------------------------------------------ rounds */

/* A window that does not count: warms up, and tells what there is to measure. */
static int rehearse(struct prove *prove)
{
	const struct prove_options *options = prove->options;
	const struct series_name *name;
	struct prove_sample sample = { 0 };
	struct histogram none = { 0 };
	int status;

	status = prove_sample(prove, &sample, options->span, &none);
	name = series_choose(&sample.series);
	if (options->span && !none.count && !status) {
		message("no span or mark '%s' came in the first window", options->span);
		status = HFT_EXIT_FAILED;
	} else if (name) {
		prove->marks = name->mark;
		snprintf(prove->name, sizeof(prove->name), "%s",
			 options->span ? options->span : name->text);
	} else if (!status && !options->command) {
		message("process %d writes no spans or marks; 'prove -- CMD' times whole runs",
			options->pid);
		status = HFT_EXIT_FAILED;
	} else if (!status && !sample.runs.count) {
		message("%s neither wrote spans nor ended within 10 s",
			options->command[0]);
		status = HFT_EXIT_FAILED;
	} else {
		prove->timed_runs = true;
	}
	prove->lost = 0;
	histogram_uninit(&sample.runs);
	histogram_uninit(&none);
	return status;
}

/* So many values at least that some are beyond a percentile. */
bool prove_enough(__u64 count, double percent)
{
	if (percent <= 50 || percent >= 100)
		return count;
	return (double)count * (100 - percent) >= 100;
}

static int measure_state(struct prove *prove, enum prove_state state, struct prove_window *window)
{
	struct prove_sample sample = { 0 };
	struct histogram told = { 0 }, *times = prove->timed_runs ? &sample.runs : &told;
	int status, left, i;

	status = prove_enter(prove, state);
	if (!status)
		status = prove_sample(prove, &sample, prove->timed_runs ? NULL : prove->name,
				      &told);
	left = prove_leave(prove, state);
	window->count = times->count;
	for (i = 0; i < PROVE_PERCENTS; i++)
		window->at[i] = prove_enough(times->count, prove_percents[i]) ?
				histogram_percentile(times, prove_percents[i]) : ~0ULL;
	if (!status && histogram_merge(&prove->all[state], times))
		status = HFT_EXIT_FAILED;
	histogram_uninit(&sample.runs);
	histogram_uninit(&told);
	return status ? status : left;
}

/* Each state once, in an order that chance decides. */
static int measure_round(struct prove *prove)
{
	enum prove_state order[PROVE_STATES];
	unsigned char dice[PROVE_STATES];
	int status = HFT_EXIT_OK, i;

	if (getrandom(dice, sizeof(dice), 0) != sizeof(dice)) {
		message("no random numbers: %s", strerror(errno));
		return HFT_EXIT_FAILED;
	}
	for (i = 0; i < PROVE_STATES; i++) {
		int other = dice[i] % (i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (i = 0; i < PROVE_STATES && !status && !prove_stopped; i++) {
		if (prove->measured[order[i]])
			status = measure_state(prove, order[i],
					       &prove->window[prove->rounds * PROVE_STATES +
							      order[i]]);
	}
	return status;
}

int prove_run(struct prove *prove)
{
	char line[120];
	int status;

	status = rehearse(prove);
	while (!status && !prove_stopped && prove->rounds < prove->options->rounds) {
		status = measure_round(prove);
		prove->rounds++;
		snprintf(line, sizeof(line), "round %u of %u", prove->rounds,
			 prove->options->rounds);
		if (output_terminal())
			status_line(line);
	}
	status_line(NULL);
	if (prove_stopped && !status) {
		message("stopped before there was a result");
		return HFT_EXIT_FAILED;
	}
	return status;
}
