// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

const struct option options_help[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

__u64 option_number(const char *program, const char *option, const char *text, __u64 low,
		    __u64 high)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value < low || value > high) {
		fprintf(stderr, "%s: %s: '%s' is not a number from %llu to %llu\n", program, option,
			text, (unsigned long long)low, (unsigned long long)high);
		exit(OPTIONS_WRONG_USE);
	}
	return value;
}
