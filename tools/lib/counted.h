/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPU counted inside spans, as their threads wrote it behind them. Found in the
 * second pass, for the spans that the first one has chosen, and for the sample that says
 * what is usual.
 */
#ifndef HFT_COUNTED_H
#define HFT_COUNTED_H

#include "lib/spans.h"

struct counted;

/* For settled spans, which must stay. 0 or -ENOMEM. */
int counted_open(struct counted **counted, struct spans *spans);
void counted_close(struct counted *counted);

/* Any record, in order. 0 or -ENOMEM. */
int counted_feed(struct counted *counted, const struct hft_record *record);

/* After the last one. 0 or -ENOMEM. */
int counted_finish(struct counted *counted);

/* The usual count of an event in spans of this name; false: there is none. */
bool counted_median(const struct counted *counted, __u32 name, const char *event, __u64 *median);

#endif /* HFT_COUNTED_H */
