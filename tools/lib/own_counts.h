/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What recording took of each CPU in a period, and what of it was lost: the
 * records that each hook wrote, times what one takes.
 */
#ifndef HFT_OWN_COUNTS_H
#define HFT_OWN_COUNTS_H

#include <hftrace-reader.h>
#include <stdio.h>

#include "lib/json.h"
#include "lib/own_cost.h"

struct own_counts;

/* `cost` and `reader` are borrowed. 0 or -ENOMEM. */
int own_counts_new(struct own_counts **counts, const struct own_cost *cost,
		   const struct hft_reader *reader);
void own_counts_free(struct own_counts *counts);

/* Every record. */
void own_counts_feed(struct own_counts *counts, const struct hft_record *record);
void own_counts_reset(struct own_counts *counts);

/* A line of a CPU, `ticks` of which the period has; an object. */
void own_counts_print(const struct own_counts *counts, int cpu, __u64 ticks, FILE *file);
void own_counts_json(const struct own_counts *counts, int cpu, __u64 ticks, struct json *json,
		     const char *key);

/* Slots of programs' rings that were lost. */
__u64 own_counts_lost_by_programs(const struct own_counts *counts);

#endif /* HFT_OWN_COUNTS_H */
