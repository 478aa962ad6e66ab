/* SPDX-License-Identifier: LGPL-2.1 */
/* What the demo's programs share in reading their command lines. */
#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

#include <getopt.h>
#include <linux/types.h>

#define OPTIONS_WRONG_USE	64	/* exit code */

/* For getopt_long(): --help alone. */
extern const struct option options_help[];

/* A number from `low` to `high`; anything else ends the program with one line and code 64. */
__u64 option_number(const char *program, const char *option, const char *text, __u64 low,
		    __u64 high);

#endif
