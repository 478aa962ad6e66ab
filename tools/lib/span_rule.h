/* SPDX-License-Identifier: GPL-2.0 */
/* A rule for spans as people type it: order>40us. */
#ifndef HFT_SPAN_RULE_H
#define HFT_SPAN_RULE_H

#include <linux/types.h>

#define SPAN_RULES	8	/* at once */

struct span_rule {
	char name[60];		/* of the span */
	__u64 limit_ns;		/* longer ones are meant */
};

/* 0 or -EINVAL. */
int span_rule_parse(const char *text, struct span_rule *rule);

#endif /* HFT_SPAN_RULE_H */
