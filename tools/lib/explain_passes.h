/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The passes over a recording whose spans are explained: the first finds the spans, the
 * second charges their time.
 */
#ifndef HFT_EXPLAIN_PASSES_H
#define HFT_EXPLAIN_PASSES_H

#include "lib/explanation.h"
#include "lib/spans.h"

struct passes {
	const char *path;
	const struct span_choice *choice;
	struct hft_reader *first;	/* both of the recording, not yet read; to be closed */
	struct hft_reader *second;
	struct spans *spans;		/* these are made, also when it fails */
	struct teller *teller;
	bool more;			/* programs wrote what spans are told with */
};

/* 0; -E2BIG: more spans than SPANS_MAX; -EAGAIN: the recording grows; or -errno. */
int passes_read(struct passes *passes);

#endif /* HFT_EXPLAIN_PASSES_H */
