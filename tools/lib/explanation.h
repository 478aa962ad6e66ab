/* SPDX-License-Identifier: GPL-2.0 */
/* A charged span, for people and for programs. */
#ifndef HFT_EXPLANATION_H
#define HFT_EXPLANATION_H

#include <stdio.h>

#include "lib/charges.h"
#include "lib/counted.h"
#include "lib/flows.h"
#include "lib/json.h"
#include "lib/spans.h"

/* What is needed to tell about any span. */
struct teller {
	const struct hft_reader *reader;
	const struct spans *spans;
	struct charges *charges;
	struct counted *counted;
	struct flows *flows;
};

/*
 * The cause that took most, entry into the kernel counted with what made it
 * necessary, and its largest culprit. A thread's usual own time is no cause
 * unless there is nothing else.
 */
struct top {
	enum cause cause;
	__u32 culprit;		/* CULPRIT_NONE: the span took no time */
	__u64 ticks;
};

void explanation_top(const struct teller *teller, const struct span *span, struct top *top);

void explanation_print(const struct teller *teller, const struct span *span, __u64 number,
		       FILE *file);
void explanation_json(const struct teller *teller, const struct span *span, struct json *json);

#endif /* HFT_EXPLANATION_H */
