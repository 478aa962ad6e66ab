/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What commands that record are asked for alike. Each function that takes a text says what
 * is wrong with it in the name of `command`, and returns 0 or HFT_EXIT_USAGE.
 */
#ifndef HFT_RECORDER_OPTIONS_H
#define HFT_RECORDER_OPTIONS_H

#include <limits.h>

#include "command.h"
#include "lib/recorder.h"

/* Nothing asked for; `argv` is the command line, for the facts. */
void recorder_options_init(struct recorder_options *options, int argc, char **argv);

int recorder_take_cpus(struct recorder_options *options, const struct hft_command *command,
		       const char *text);
int recorder_take_pid(struct recorder_options *options, const struct hft_command *command,
		      const char *text);
int recorder_take_duration(struct recorder_options *options, const struct hft_command *command,
			   const char *text);
int recorder_take_ring_size(struct recorder_options *options, const struct hft_command *command,
			    const char *text);
int recorder_take_output(struct recorder_options *options, const struct hft_command *command,
			 const char *text);

/* What getopt_long() left over: nothing, or "--" and the command to record. */
int recorder_take_command(struct recorder_options *options, const struct hft_command *command,
			  int argc, char **argv);

/*
 * PREFIX-20260301-140322.hft unless said; "monday.hft/" is "monday.hft". Of windows it is
 * what stands before their numbers.
 */
int recorder_choose_name(struct recorder_options *options, const struct hft_command *command,
			 const char *prefix, char name[PATH_MAX]);

#endif /* HFT_RECORDER_OPTIONS_H */
