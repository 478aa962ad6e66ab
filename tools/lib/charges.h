/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Charges the time of chosen spans: follows their threads over the CPUs, and
 * gives each tick of a span to what had the thread's CPU, or to what kept the
 * thread off it. What nothing took is the thread's own.
 *
 * Two passes over the recording: charges_scout() in the first, with the records that
 * threads_scouted are, those behind losses and each ring's first; then spans_settle(),
 * charges_start(), charges_feed() with every record of the second, charges_finish().
 */
#ifndef HFT_CHARGES_H
#define HFT_CHARGES_H

#include <hftrace-reader.h>

#include "lib/causes.h"
#include "lib/spans.h"

struct charges;

/* What is passed is borrowed. 0 or -errno. */
int charges_open(struct charges **charges, const char *recording, const struct hft_reader *reader,
		 struct spans *spans);
void charges_close(struct charges *charges);

/* Each: 0 or -errno. The first learns where threads were in the beginning. */
int charges_scout(struct charges *charges, const struct hft_record *record);
int charges_start(struct charges *charges);
int charges_feed(struct charges *charges, const struct hft_record *record);
int charges_finish(struct charges *charges);

/* For texts of the parts' culprits; and the thread of a span. */
struct causes *charges_causes(struct charges *charges);
__s32 charges_tid(const struct charges *charges, const struct span *span);
const char *charges_comm(struct charges *charges, const struct span *span);

/* Threads of which nothing tells the CPU: spans of theirs are not explained. */
__u32 charges_unplaced(const struct charges *charges);

/* Whether kernel visits were recorded on a CPU. */
bool charges_has_visits(const struct charges *charges, __s32 cpu);

#endif /* HFT_CHARGES_H */
