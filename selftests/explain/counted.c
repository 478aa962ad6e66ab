// SPDX-License-Identifier: GPL-2.0
/* A recording of spans with counters in them, of a program alone. */
#include <stdio.h>

#include "recording.h"
#include "scenarios.h"

#define ENGINE	100
#define SPANS	31	/* the usual ones */

enum { ORDER = 1, BOOK, INSTRUCTIONS, MISSES };

static void add_counts(struct ring *ring, __u64 tsc, __u32 name, __u64 id, __u64 instructions,
		       __u64 misses)
{
	const struct hft_rec_span_pmu rec = {
		.duration = 10, .id = id, .name = name, .events = 2,
		.event = { INSTRUCTIONS, MISSES }, .count = { instructions, misses },
	};

	ring_add(ring, HFT_REC_SPAN_PMU, HFT_CTX_TASK, tsc, &rec, sizeof(rec));
}

void scenario_counted(const char *path)
{
	struct recording *recording = recording_new(path);
	struct ring *ring = recording_thread(recording, ENGINE, ENGINE);
	FILE *names = recording_fact(recording, "names-100");
	__u64 now = 1000, id;

	fputs("0\t(unnamed)\n1\torder\n2\tbook\n3\tinstructions\n4\tllc-misses\n", names);
	fclose(names);
	for (id = 1; id <= SPANS; id++) {
		now += 100;
		add_span(ring, now - 50, now, ORDER, id, 0);
		add_counts(ring, now + 1, ORDER, id, 1184 + id, HFT_SPAN_PMU_MISSING);
	}
	/* slow ones: one with counts, behind a span that a signal's handler wrote; one without */
	now += 10000;
	add_span(ring, now - 9000, now, ORDER, 101, 0);
	add_span(ring, now + 1, now + 2, BOOK, 7, 0);
	add_counts(ring, now + 3, ORDER, 101, 1234567, 89);
	now += 10000;
	add_span(ring, now - 9000, now, ORDER, 102, 0);
	/* counts of no span: another id, another depth, another name */
	add_counts(ring, now + 1, ORDER, 103, 5, 5);
	add_counts(ring, now + 2, BOOK, 102, 5, 5);
	now += 10000;
	add_span(ring, now - 9000, now, ORDER, 103, 1);
	add_counts(ring, now + 1, ORDER, 103, 5, 5);
	now += 10000;
	add_span(ring, now - 9000, now, BOOK, 104, 0);
	add_counts(ring, now + 1, BOOK, 104, 4711, HFT_SPAN_PMU_MISSING);
	recording_times(recording, 100, now + 1000, "");
	recording_close(recording);
}
