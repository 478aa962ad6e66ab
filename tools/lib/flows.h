/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that chosen spans took over from other threads: from which one, and how long it
 * lay in between. An incoming flow belongs to the spans of its thread that were open;
 * the outgoing one is the last of the same process, name and id before it.
 */
#ifndef HFT_FLOWS_H
#define HFT_FLOWS_H

#include <hftrace-reader.h>

#include "lib/spans.h"

#define FLOWS_OUT	65536U	/* that are remembered until they come in */
#define FLOWS_OF_SPAN	8U	/* that are told of a span; the others are counted */
#define FLOW_UNKNOWN	(~0U)

struct flow_in {
	__u32 span;		/* in struct spans */
	__u32 ring;		/* where it came in */
	__u32 name;		/* of this ring */
	__u32 from;		/* ring that it came out of, FLOW_UNKNOWN */
	__u64 id;
	__u64 in;		/* ticks */
	__u64 out;
	bool crowded;		/* FLOWS_OUT others came out before it came in */
};

struct flows;

/* After spans_settle(); `spans` and `reader` must outlive it. 0 or -ENOMEM. */
int flows_open(struct flows **flows, const struct hft_reader *reader, const struct spans *spans);
void flows_close(struct flows *flows);

/* Each record of a second pass, in order of time. 0 or -ENOMEM. */
int flows_feed(struct flows *flows, const struct hft_record *record);

/* After the last one. */
void flows_finish(struct flows *flows);

/* Then: those of a span, *count of them; *more were left out. */
const struct flow_in *flows_of(const struct flows *flows, const struct span *span, __u32 *count,
			       __u64 *more);

/* Why it is not known where this one came from. */
const char *flows_why_unknown(const struct flows *flows, const struct flow_in *flow);

#endif /* HFT_FLOWS_H */
