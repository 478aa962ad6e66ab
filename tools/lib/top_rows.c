// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/top_rows.h"

static void free_row(struct top_row *row)
{
	histogram_uninit(&row->duration);
	free(row->text);
	free(row->advice);
	free(row);
}

void top_rows_uninit(struct top_rows *rows)
{
	__u64 evicted = rows->evicted + rows->count, interval = rows->interval;
	size_t i;

	for (i = 0; i < rows->count; i++)
		free_row(rows->row[i]);
	memset(rows, 0, sizeof(*rows));
	rows->evicted = evicted;
	rows->interval = interval;
}

static int quiet_longest_first(const void *a, const void *b)
{
	const struct top_row *left = *(struct top_row *const *)a;
	const struct top_row *right = *(struct top_row *const *)b;

	if (left->active != right->active)
		return left->active < right->active ? -1 : 1;
	if (left->taken != right->taken)
		return left->taken < right->taken ? -1 : 1;
	return strcmp(left->text, right->text);
}

/* Half of them go. */
static void make_room(struct top_rows *rows)
{
	size_t gone = rows->count / 2, i;

	qsort(rows->row, rows->count, sizeof(*rows->row), quiet_longest_first);
	for (i = 0; i < gone; i++)
		free_row(rows->row[i]);
	memmove(rows->row, rows->row + gone, (rows->count - gone) * sizeof(*rows->row));
	rows->count -= gone;
	rows->evicted += gone;
}

struct top_row *top_rows_find(struct top_rows *rows, bool is_span, __s32 cpu, enum cause cause,
			      const char *text)
{
	struct top_row *row;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		row = rows->row[i];
		if (row->is_span == is_span && row->cpu == cpu && row->cause == cause &&
		    !strcmp(row->text, text))
			return row;
	}
	if (rows->count == TOP_ROWS_MAX)
		make_room(rows);
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->is_span = is_span;
	row->cpu = cpu;
	row->cause = cause;
	row->active = rows->interval;
	row->text = strdup(text);
	if (!row->text) {
		free(row);
		return NULL;
	}
	rows->row[rows->count++] = row;
	return row;
}

int top_row_span(struct top_row *row, __u64 start, __u64 end)
{
	__u64 ticks = end > start ? end - start : 0;

	row->spans++;
	row->spans_ticks += ticks;
	if (row->spans == 1 || ticks > row->slowest.ticks)
		row->slowest = (struct top_outlier){ ticks, end - ticks, end };
	return histogram_add(&row->duration, ticks);
}

/* In the interval that ends; culprits of the same name are one row. */
void top_row_add(struct top_rows *rows, struct top_row *row, __u64 count, __u64 ticks,
		 const struct top_outlier *longest)
{
	row->counted += count;
	row->taken += ticks;
	row->count += count;
	row->ticks += ticks;
	row->trend[TOP_TREND - 1] = row->ticks;
	row->active = rows->interval;
	if (longest->end && (!row->max || longest->ticks > row->max)) {
		row->max = longest->ticks;
		row->last = *longest;
	}
	if (longest->end && (!row->worst.end || longest->ticks > row->worst.ticks))
		row->worst = *longest;
	if (row->is_span)
		row->trend[TOP_TREND - 1] = row->max;
}

void top_rows_begin(struct top_rows *rows)
{
	struct top_row *row;
	size_t i;

	rows->interval++;
	for (i = 0; i < rows->count; i++) {
		row = rows->row[i];
		memmove(row->trend, row->trend + 1, (TOP_TREND - 1) * sizeof(*row->trend));
		row->trend[TOP_TREND - 1] = 0;
		row->count = 0;
		row->ticks = 0;
		row->max = 0;
	}
}

void top_rows_end(struct top_rows *rows)
{
	const struct top_outlier none = { 0 };
	struct top_row *row;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		row = rows->row[i];
		if (!row->is_span || !row->spans)
			continue;
		top_row_add(rows, row, row->spans, row->spans_ticks, &row->slowest);
		row->p50 = histogram_percentile(&row->duration, 50);
		row->p99 = histogram_percentile(&row->duration, 99);
		row->p999 = histogram_percentile(&row->duration, 99.9);
		row->spans = 0;
		row->spans_ticks = 0;
		row->slowest = none;
	}
}

/* ------------------------------------------------------------------ order */

static int by_name(const struct top_row *a, const struct top_row *b)
{
	int order = strcmp(a->is_span ? "" : cause_name(a->cause),
			   b->is_span ? "" : cause_name(b->cause));

	return order ? order : strcmp(a->text, b->text);
}

static int larger_first(__u64 a, __u64 b)
{
	return a == b ? 0 : a > b ? -1 : 1;
}

static int time_first(const void *a, const void *b)
{
	const struct top_row *left = *(struct top_row *const *)a;
	const struct top_row *right = *(struct top_row *const *)b;
	int order = larger_first(left->ticks, right->ticks);

	if (!order)
		order = larger_first(left->taken, right->taken);
	return order ? order : by_name(left, right);
}

static int count_first(const void *a, const void *b)
{
	const struct top_row *left = *(struct top_row *const *)a;
	const struct top_row *right = *(struct top_row *const *)b;
	int order = larger_first(left->count, right->count);

	if (!order)
		order = larger_first(left->counted, right->counted);
	return order ? order : by_name(left, right);
}

static int max_first(const void *a, const void *b)
{
	const struct top_row *left = *(struct top_row *const *)a;
	const struct top_row *right = *(struct top_row *const *)b;
	int order = larger_first(left->worst.ticks, right->worst.ticks);

	return order ? order : by_name(left, right);
}

static int name_first(const void *a, const void *b)
{
	return by_name(*(struct top_row *const *)a, *(struct top_row *const *)b);
}

size_t top_rows_sorted(const struct top_rows *rows, bool spans, __s32 cpu, enum top_sort sort,
		       struct top_row **shown)
{
	static int (*const order[TOP_SORTS])(const void *a, const void *b) = {
		[TOP_BY_TIME] = time_first,
		[TOP_BY_COUNT] = count_first,
		[TOP_BY_MAX] = max_first,
		[TOP_BY_NAME] = name_first,
	};
	size_t i, count = 0;

	for (i = 0; i < rows->count; i++) {
		struct top_row *row = rows->row[i];

		if (row->is_span == spans && (spans || row->cpu == cpu) && row->counted)
			shown[count++] = row;
	}
	if (count)
		qsort(shown, count, sizeof(*shown), order[sort]);
	return count;
}
