// SPDX-License-Identifier: GPL-2.0
/* See passing.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lib/args.h"
#include "lib/output.h"
#include "lib/passing.h"
#include "lib/recorder_options.h"

void passing_init(struct passing *passing, const struct hft_command *command, int argc,
		  char **argv)
{
	memset(passing, 0, sizeof(*passing));
	passing->command = command;
	recorder_options_init(&passing->options, argc, argv);
	passing->options.passing = PASSING_CALLED;
}

int passing_option(struct passing *passing, int option)
{
	passing->given = true;
	return option == 'd' ?
	       recorder_take_duration(&passing->options, passing->command, optarg) :
	       recorder_take_pid(&passing->options, passing->command, optarg);
}

int passing_check(const struct passing *passing, const char *path)
{
	if (path && passing->given)
		return usage_error(passing->command,
				   "-d and -p are of the live machine: leave them out, or %s",
				   path);
	/* A name that was forgotten must not record until somebody notices. */
	if (!path && !passing->given)
		return usage_error(passing->command,
				   "which recording? Or -d 10s, or -p PID, for what happens now");
	return 0;
}

static int make_directory(struct passing *passing)
{
	const char *place = getenv("TMPDIR");
	int length;

	length = snprintf(passing->directory, sizeof(passing->directory), "%s/hftrace-XXXXXX",
			  place && *place ? place : "/tmp");
	if (length >= (int)sizeof(passing->directory)) {
		passing->directory[0] = '\0';
		message("TMPDIR is too long a name");
		return HFT_EXIT_FAILED;
	}
	if (!mkdtemp(passing->directory)) {
		message("cannot make %s: %s; set TMPDIR to a place with room", passing->directory,
			strerror(errno));
		passing->directory[0] = '\0';
		return HFT_EXIT_FAILED;
	}
	snprintf(passing->path, sizeof(passing->path), "%s/live.hft", passing->directory);
	return 0;
}

static void remove_it(struct passing *passing)
{
	int err;

	if (!passing->directory[0])
		return;
	err = recording_delete(passing->path);
	if (!err || err == -ENOENT)
		err = rmdir(passing->directory) ? -errno : 0;
	if (err)
		message("cannot remove %s: %s", passing->directory, strerror(-err));
	passing->directory[0] = '\0';
}

static int record(struct passing *passing, const struct cpus *cpus)
{
	struct recorder_plan plan;
	int status;

	if (cpus) {
		passing->options.cpus = *cpus;
		passing->options.cpus_given = true;
	}
	status = recorder_plan(&passing->options, &plan);
	if (status)
		return status;
	status = make_directory(passing);
	if (status) {
		device_close(&plan.device);
		return status;
	}
	passing->options.output = passing->path;
	status = recorder_run(&passing->options, &plan);
	if (status && status != HFT_EXIT_LOST)
		remove_it(passing);
	return status;
}

int passing_tell(struct passing *passing, const struct cpus *cpus, const char **path,
		 int (*tell)(void *context), void *context)
{
	int status, lost;

	if (*path)
		return tell(context);
	lost = record(passing, cpus);
	if (lost && lost != HFT_EXIT_LOST)
		return lost;
	*path = passing->path;
	status = tell(context);
	remove_it(passing);
	return status ? status : lost;
}
