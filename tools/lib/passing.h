/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The live machine as a recording: what happens from now on is recorded as
 * 'hftrace record' does it, into a place of its own that goes when the command
 * has told of it. So a command reads live rings and files alike.
 */
#ifndef HFT_PASSING_H
#define HFT_PASSING_H

#include <limits.h>

#include "lib/recorder.h"

#define PASSING_CALLED "live"	/* in place of its path, to people */

struct passing {
	const struct hft_command *command;
	struct recorder_options options;
	bool given;		/* one of the options that it alone has */
	char directory[PATH_MAX - 16];
	char path[PATH_MAX];	/* of the recording, once it is made */
};

/* Its options, for getopt_long(): --pid and --duration. */
#define PASSING_SHORT_OPTIONS "p:d:"

void passing_init(struct passing *passing, const struct hft_command *command, int argc,
		  char **argv);

/* 'p', 'd'. 0 or HFT_EXIT_USAGE. */
int passing_option(struct passing *passing, int option);

/*
 * Of a command that reads `path`, or when that is NULL the live machine: whether -d and -p
 * are there if and only if they are of use. 0 or HFT_EXIT_USAGE.
 */
int passing_check(const struct passing *passing, const char *path);

/*
 * Calls `tell` to read *path. When that is NULL it becomes a recording of these CPUs (NULL: where
 * the processes are pinned, or the isolated ones), made until its time is over, its processes have
 * ended, or it is interrupted; it is removed when `tell` has returned, and signals wait until
 * then. enum hft_exit.
 */
int passing_tell(struct passing *passing, const struct cpus *cpus, const char **path,
		 int (*tell)(void *context), void *context);

#endif /* HFT_PASSING_H */
