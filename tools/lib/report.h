/* SPDX-License-Identifier: GPL-2.0 */
/* Every entry into the kernel on the traced CPUs of a recording, for people and for programs. */
#ifndef HFT_REPORT_H
#define HFT_REPORT_H

#include <stdbool.h>

#include "lib/cpus.h"
#include "lib/json.h"
#include "lib/ledger_print.h"
#include "lib/limits.h"

struct report_options {
	const char *path;
	const char *called;	/* a path that nobody can use later is called so; NULL: it stays */
	struct cpus cpus;
	bool cpus_given;
	__u64 interval_ns;	/* 0: all in one */
	const struct limits *limits;	/* NULL: none */
	const char *write_limits;	/* a file that is made; NULL: none */
	__u64 hooks;		/* of which it is told when they were not hooked */
	struct json *json;	/* an object that is open, which gets members; NULL: for people */
};

struct report;

/* What goes wrong is said. `options` must outlive the report. enum hft_exit. */
int report_open(struct report **report, const struct report_options *options);

/* Reads and writes all of it. enum hft_exit. */
int report_make(struct report *report);

/* Whether report_make() came to its end: the JSON object's members are whole. */
bool report_told(const struct report *report);
void report_close(struct report *report);

/* What the last of its tables was made of. */
struct ledger *report_ledger(const struct report *report);
const struct period *report_period(const struct report *report);

/* How many were recorded, after report_make(). */
__u64 report_spans(const struct report *report);

#endif /* HFT_REPORT_H */
