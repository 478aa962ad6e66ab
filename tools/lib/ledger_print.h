/* SPDX-License-Identifier: GPL-2.0 */
/* A ledger for people and for programs. */
#ifndef HFT_LEDGER_PRINT_H
#define HFT_LEDGER_PRINT_H

#include <stdio.h>

#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/own_counts.h"
#include "lib/probe_counts.h"
#include "lib/spans.h"

/* A stretch of a recording. */
struct period {
	const struct hft_reader *reader;
	__u64 start;		/* ticks */
	__u64 end;
	const struct own_counts *own;
	__u64 least;		/* ticks: what was cut short is so long when rates are asked for */
};

double period_ns(const struct period *period, __u64 ticks);

/* "name/tid"; TASK_NONE, who woke without being a task, is an interrupt, and null in JSON. */
const char *ledger_task_name(struct ledger *ledger, __u32 number, char *buf, size_t size);
void ledger_task_json(struct ledger *ledger, __u32 number, struct json *json, const char *key);

/* The CPUs' tables; call ledger_sort() before. */
void ledger_print(struct ledger *ledger, const struct period *period, FILE *file);
void ledger_json(struct ledger *ledger, const struct period *period, struct json *json,
		 const char *key);

/* How long the spans of each name took. */
void span_names_print(const struct spans *spans, const struct period *period, FILE *file);
void span_names_json(const struct spans *spans, const struct period *period, struct json *json,
		     const char *key);

/* How often probes were hit, and how long calls took, with what they slept. */
void probe_counts_print(const struct probe_counts *counts, const struct period *period,
			FILE *file);
void probe_counts_json(const struct probe_counts *counts, const struct period *period,
		       struct json *json, const char *key);

#endif /* HFT_LEDGER_PRINT_H */
