/* SPDX-License-Identifier: GPL-2.0 */
/* What people type: units, times, lists of CPUs; how wrong usage is said. */
#ifndef HFT_ARGS_H
#define HFT_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <linux/types.h>

#include "command.h"
#include "lib/compiler.h"
#include "lib/cpus.h"

/*
 * Says what is wrong and where to read on; returns HFT_EXIT_USAGE.
 */
int usage_error(const struct hft_command *command, const char *format, ...) __printf(2, 3);

/*
 * getopt_long() that stays silent: call it with opterr = 0 and a short option
 * string that begins with ':' (or "+:"), and give what it returns, if that is
 * '?' or ':', to this. Returns HFT_EXIT_USAGE.
 */
int option_error(const struct hft_command *command, int option, char **argv);

/* Wrong usage unless argv[optind] is the end. 0 or HFT_EXIT_USAGE. */
int no_more_arguments(const struct hft_command *command, int argc, char **argv);

/*
 * Each returns 0, or -EINVAL (not a number, unknown unit) or -ERANGE.
 * Durations: "40us", "10s", "1.5m", "2h"; without a unit they count in
 * `unit_ns`, or are invalid when that is 0. Sizes: "4M", "512K", "4MiB", "65536".
 */
int parse_duration(const char *text, __u64 unit_ns, __u64 *ns);
int parse_size(const char *text, __u64 *bytes);
int parse_u64(const char *text, __u64 *value);
int parse_pid(const char *text, __s32 *pid);

/* "1-3,7", "all" (the CPUs online). 0, -EINVAL, or -ERANGE: a number beyond CPUS_MAX. */
int parse_cpus(const char *text, struct cpus *cpus);

/*
 * A moment in a recording that goes from `first` to `last`, ns since the
 * epoch: "+1.5s" after its start, "-200ms" before its end, "14:03:22.5" local
 * time of the day it began, "@1700000000.5" since the epoch. 0 or -EINVAL.
 */
int parse_moment(const char *text, __s64 first, __s64 last, __s64 *ns);
bool is_distance(const char *text);	/* "+1.5s", "-200ms" */

/* --symbols DIR. 0, or HFT_EXIT_USAGE having said what is wrong. */
int take_symbols_directory(const struct hft_command *command, const char *text);

#define HELP_SYMBOLS \
"  --symbols DIR        where the recorded programs or their debug files are, too: as in the\n" \
"                       root of the recorded machine or container, or by build id\n"

#endif /* HFT_ARGS_H */
