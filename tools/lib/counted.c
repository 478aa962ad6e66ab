// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/counted.h"

#define NEWEST	4U	/* spans of a ring that counts may still come for: handlers get between */

/* One event of one span of the sample. */
struct usual {
	__u32 name;
	const char *event;
	__u64 count;
};

struct newest {
	struct hft_record record[NEWEST];
	struct hft_rec_span span[NEWEST];	/* the records' payloads */
	__u64 seen;
};

struct counted {
	struct spans *spans;
	struct newest *newest;	/* by ring */
	struct usual *usual;	/* sorted by counted_finish() */
	size_t usuals;
};

int counted_open(struct counted **result, struct spans *spans)
{
	struct counted *counted = calloc(1, sizeof(*counted));

	*result = counted;
	if (!counted)
		return -ENOMEM;
	counted->spans = spans;
	counted->newest = calloc(spans->rings ? spans->rings : 1, sizeof(*counted->newest));
	return counted->newest ? 0 : -ENOMEM;
}

void counted_close(struct counted *counted)
{
	if (!counted)
		return;
	free(counted->usual);
	free(counted->newest);
	free(counted);
}

static void take_span(struct newest *newest, const struct hft_record *record)
{
	__u64 at = newest->seen++ % NEWEST;

	newest->record[at] = *record;
	memcpy(&newest->span[at], record->payload, sizeof(newest->span[at]));
	newest->record[at].payload = &newest->span[at];
}

/* The last one that the counts can be of. */
static const struct hft_record *find_span(const struct newest *newest,
					  const struct hft_rec_span_pmu *counts)
{
	const struct hft_rec_span *span;
	__u64 i;

	for (i = 0; i < NEWEST && i < newest->seen; i++) {
		span = &newest->span[(newest->seen - 1 - i) % NEWEST];
		if (span->id == counts->id && span->name == counts->name &&
		    span->depth == counts->depth)
			return &newest->record[(newest->seen - 1 - i) % NEWEST];
	}
	return NULL;
}

static int take_counts(struct counted *counted, const struct hft_record *record)
{
	const struct hft_rec_span_pmu *rec = record->payload;
	struct span_counts counts = { 0 };
	const struct hft_record *span;

	span = find_span(&counted->newest[record->ring], rec);
	if (!span)
		return 0;
	while (counts.events < rec->events && counts.events < HFT_SPAN_PMU_EVENTS) {
		counts.event[counts.events] = hft_reader_name(counted->spans->reader, record->ring,
							      rec->event[counts.events]);
		counts.count[counts.events] = rec->count[counts.events];
		counts.events++;
	}
	return spans_count(counted->spans, span, &counts);
}

int counted_feed(struct counted *counted, const struct hft_record *record)
{
	if (record->ring >= counted->spans->rings || !counted->spans->is_user[record->ring])
		return 0;
	if (record->type == HFT_REC_SPAN)
		take_span(&counted->newest[record->ring], record);
	else if (record->type == HFT_REC_SPAN_PMU)
		return take_counts(counted, record);
	return 0;
}

static int by_event(const struct usual *left, const struct usual *right)
{
	if (left->name != right->name)
		return left->name < right->name ? -1 : 1;
	return strcmp(left->event, right->event);
}

static int by_event_and_count(const void *a, const void *b)
{
	const struct usual *left = a, *right = b;
	int order = by_event(left, right);

	return order ? order : (left->count > right->count) - (left->count < right->count);
}

/* The sample has few spans of each name, and they are not among the chosen. */
static const struct span_counts *sampled(const struct span *span)
{
	return span->chosen ? NULL : span->counts;
}

int counted_finish(struct counted *counted)
{
	const struct spans *spans = counted->spans;
	const struct span_counts *counts;
	size_t room = 0, i, j;

	for (i = 0; i < spans->count; i++)
		room += sampled(&spans->span[i]) ? spans->span[i].counts->events : 0;
	counted->usual = calloc(room ? room : 1, sizeof(*counted->usual));
	if (!counted->usual)
		return -ENOMEM;
	for (i = 0; i < spans->count; i++) {
		counts = sampled(&spans->span[i]);
		for (j = 0; counts && j < counts->events; j++) {
			if (counts->count[j] == HFT_SPAN_PMU_MISSING)
				continue;
			counted->usual[counted->usuals++] = (struct usual){
				.name = spans->span[i].name,
				.event = counts->event[j],
				.count = counts->count[j],
			};
		}
	}
	qsort(counted->usual, counted->usuals, sizeof(*counted->usual), by_event_and_count);
	return 0;
}

/* How many stand before those of an event, or before what stands behind them. */
static size_t before(const struct counted *counted, const struct usual *event, bool behind)
{
	size_t low = 0, high = counted->usuals, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (by_event(&counted->usual[middle], event) < behind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool counted_median(const struct counted *counted, __u32 name, const char *event, __u64 *median)
{
	const struct usual wanted = { .name = name, .event = event };
	size_t first = before(counted, &wanted, false), end = before(counted, &wanted, true);

	if (first == end)
		return false;
	*median = counted->usual[first + (end - first - 1) / 2].count;
	return true;
}
