/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of a PMU as people type them: perf's generic names, rHEX, and with
 * libpfm4 the names in the CPU's manual.
 */
#ifndef HFT_EVENTS_H
#define HFT_EVENTS_H

#include <stdbool.h>
#include <stdio.h>
#include <hftrace/abi.h>
#include "lib/json.h"

#define EVENT_TEXT	64

struct events {
	struct hft_pmu_event event[HFT_PMU_EVENTS];
	char name[HFT_PMU_EVENTS][EVENT_TEXT];	/* as typed, without the period */
	unsigned int count;
};

/*
 * Adds "cycles,LLC-misses:u", or with `sampled` "cycles:u:100000", an event and
 * its period. 0; or -EINVAL or -E2BIG with a line for people in `why`.
 */
#define EVENTS_WHY	200
int events_add(struct events *events, const char *text, bool sampled, char why[EVENTS_WHY]);

/* Counts ns by a timer of the kernel; needs no PMU. */
void events_add_clock(struct events *events, __u64 period);
bool events_is_clock(const struct hft_pmu_event *event);

/* All names, a line each with a description; those of libpfm4 if it is there. */
void events_print(FILE *file);
void events_json(struct json *json, const char *key);

/* What to say when there is no libpfm4; NULL when there is. */
extern const char *const events_no_library;

#endif /* HFT_EVENTS_H */
