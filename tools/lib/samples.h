/* SPDX-License-Identifier: GPL-2.0 */
/* Samples of a recording by CPU, event and function: which functions are hot. */
#ifndef HFT_SAMPLES_H
#define HFT_SAMPLES_H

#include <stdio.h>
#include <hftrace-reader.h>
#include "lib/cpus.h"
#include "lib/event_names.h"
#include "lib/json.h"
#include "lib/symbols.h"

struct samples;

/* 0 or -ENOMEM */
int samples_new(struct samples **samples, const struct hft_reader *reader);
void samples_free(struct samples *samples);

/* Takes records of samples on `cpus`; others are passed over. 0 or -ENOMEM. */
int samples_feed(struct samples *samples, const struct cpus *cpus,
		 const struct hft_record *record);

/*
 * The hottest functions of each CPU and event, by name; nothing when there are
 * no samples. 0 or -ENOMEM.
 */
#define SAMPLES_SHOWN	10
int samples_print(struct samples *samples, struct symbols *symbols,
		  const struct event_names *events, FILE *file);
/* All functions. */
int samples_json(struct samples *samples, struct symbols *symbols,
		 const struct event_names *events, struct json *json, const char *key);

#endif /* HFT_SAMPLES_H */
