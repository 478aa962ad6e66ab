/* SPDX-License-Identifier: GPL-2.0 */
/* Where the time of chosen spans of a recording went, for people and for programs. */
#ifndef HFT_EXPLAIN_H
#define HFT_EXPLAIN_H

#include <stdbool.h>

#include "lib/json.h"
#include "lib/spans.h"

struct explain_options {
	const char *path;
	const char *called;	/* a path that nobody can use later is called so; NULL: it stays */
	struct span_choice choice;
	__u64 slower_than_ns;
	const char *moment;
	struct json *json;	/* NULL: for people */
	const char *key;	/* in an object that is open there; NULL: it is all there is */
	bool all;
	bool chosen;		/* which spans, by an option */
	bool none_is_fine;	/* that no span matches is an answer */
	bool trigger;		/* the one that a window was kept of */
	char *trigger_name;	/* found by explain_run() */
};

/* All of it. What goes wrong is said. enum hft_exit. */
int explain_run(struct explain_options *options);

#endif /* HFT_EXPLAIN_H */
