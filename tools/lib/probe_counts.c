// SPDX-License-Identifier: GPL-2.0
#include "lib/probe_counts.h"

int probe_counts_feed(struct probe_counts *counts, const struct hft_record *record)
{
	const struct hft_rec_probe *hit = record->payload;
	const struct hft_rec_call *call = record->payload;

	if (record->type == HFT_REC_PROBE && hit->probe < HFT_NAMES) {
		counts->of[hit->probe].hits++;
		counts->ring = record->ring;
	}
	if (record->type != HFT_REC_CALL || call->probe >= HFT_NAMES)
		return 0;
	counts->of[call->probe].hits++;
	counts->ring = record->ring;
	if (!(record->ctx & HFT_CTX_CONTINUED))
		return histogram_add(&counts->of[call->probe].duration, call->duration);
	counts->of[call->probe].cut++;
	return 0;
}

void probe_counts_reset(struct probe_counts *counts)
{
	__u32 i;

	for (i = 0; i < HFT_NAMES; i++) {
		counts->of[i].hits = 0;
		counts->of[i].cut = 0;
		histogram_reset(&counts->of[i].duration);
	}
}

void probe_counts_uninit(struct probe_counts *counts)
{
	__u32 i;

	for (i = 0; i < HFT_NAMES; i++)
		histogram_uninit(&counts->of[i].duration);
}
