// SPDX-License-Identifier: GPL-2.0
/* See bound.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bound.h"

double bound_number(const char *text, char **end)
{
	size_t digits = strspn(text, "0123456789");

	/* strtod() would take blanks, signs, hexadecimal numbers, "inf" and "nan". */
	*end = (char *)text;
	if (!digits || text[digits] == 'x')
		return 0;
	return strtod(text, end);
}

int bound_percentile(const char *text, const char *end, double *percent)
{
	char *behind;

	if (*text != 'p')
		return -EINVAL;
	*percent = bound_number(text + 1, &behind);
	if (behind == text + 1 || behind != end || *percent <= 0 || *percent >= 100)
		return -ERANGE;
	return 0;
}
