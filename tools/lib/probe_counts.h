/* SPDX-License-Identifier: GPL-2.0 */
/* How often each probe of a recording was hit, and how long calls took. */
#ifndef HFT_PROBE_COUNTS_H
#define HFT_PROBE_COUNTS_H

#include <hftrace-reader.h>

#include "lib/histogram.h"

struct probe_count {
	__u64 hits;
	__u64 cut;		/* calls that began unseen */
	struct histogram duration;
};

/* All zeros is the beginning. */
struct probe_counts {
	struct probe_count of[HFT_NAMES];	/* by the probe's number */
	__u32 ring;		/* a CPU's, which names them */
};

/* Any record. 0 or -ENOMEM. */
int probe_counts_feed(struct probe_counts *counts, const struct hft_record *record);
void probe_counts_reset(struct probe_counts *counts);
void probe_counts_uninit(struct probe_counts *counts);

#endif /* HFT_PROBE_COUNTS_H */
