// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/args.h"
#include "lib/span_rule.h"

int span_rule_parse(const char *text, struct span_rule *rule)
{
	/* the last one: a name may have any character */
	const char *sign = strrchr(text, '>');

	if (!sign || sign == text || (size_t)(sign - text) >= sizeof(rule->name) ||
	    parse_duration(sign + 1, 0, &rule->limit_ns))
		return -EINVAL;
	snprintf(rule->name, sizeof(rule->name), "%.*s", (int)(sign - text), text);
	return 0;
}
