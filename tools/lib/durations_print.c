// SPDX-License-Identifier: GPL-2.0
/* Distributions for people and for programs. */
#include <math.h>
#include <string.h>

#include "lib/durations.h"
#include "lib/output.h"
#include "lib/quantile.h"

#define ROWS	16U	/* of the picture */
#define BAR	40U	/* characters of its longest bar */

/* The picture's rows are as wide as each other by ratio. */
static __u64 row_start(const struct histogram *ticks, unsigned int row)
{
	double min = (double)(ticks->min ? ticks->min : 1), max = (double)ticks->max;

	if (!row)
		return ticks->min;
	if (row == ROWS)
		return ticks->max + 1;
	return (__u64)ceil(min * pow(max / min, (double)row / ROWS));
}

struct rows {
	unsigned int count;
	struct {
		__u64 from;
		__u64 to;	/* the next one's */
		__u64 count;
	} row[ROWS];
	__u64 most;
};

/* Rows that are narrower than a tick come together. */
static void make_rows(const struct histogram *ticks, struct rows *rows)
{
	unsigned int i;

	memset(rows, 0, sizeof(*rows));
	for (i = 0; i < ROWS; i++) {
		__u64 from = row_start(ticks, i), to = row_start(ticks, i + 1), count;

		if (to <= from)
			continue;
		count = histogram_below(ticks, to) - histogram_below(ticks, from);
		if (i + 1 == ROWS)
			count = ticks->count - histogram_below(ticks, from);
		rows->row[rows->count].from = from;
		rows->row[rows->count].to = to;
		rows->row[rows->count++].count = count;
		if (count > rows->most)
			rows->most = count;
	}
}

static void print_rows(const struct histogram *ticks, double unit, FILE *file)
{
	char from[FORMAT_SIZE], count[FORMAT_SIZE];
	struct rows rows;
	unsigned int i, width;

	make_rows(ticks, &rows);
	for (i = 0; i < rows.count; i++) {
		width = (unsigned int)llround((double)rows.row[i].count * BAR / (double)rows.most);
		if (!width && rows.row[i].count)
			width = 1;
		fprintf(file, "  %9s |%-*.*s %13s %7.3f %%\n",
			format_ns(from, (double)rows.row[i].from * unit), BAR, width,
			"########################################",
			format_count(count, rows.row[i].count),
			100.0 * (double)rows.row[i].count / (double)ticks->count);
	}
}

static void print_percentile(const struct histogram *ticks, double unit, double percent,
			     FILE *file)
{
	char at[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE];
	struct quantile quantile;

	quantile_of(ticks, unit, percent, QUANTILE_CONFIDENCE, &quantile);
	fprintf(file, "  p%-6g %10s   ", percent, format_ns(at, quantile.at));
	format_ns(low, quantile.low);
	format_ns(high, quantile.high);
	if (isinf(quantile.low) && isinf(quantile.high))
		fputs("too few to say how sure that is\n", file);
	else if (isinf(quantile.high))
		fprintf(file, "%s or more: too few for an upper bound\n", low);
	else if (isinf(quantile.low))
		fprintf(file, "%s or less: too few for a lower bound\n", high);
	else
		fprintf(file, "%s to %s\n", low, high);
}

void duration_print(const struct duration *duration, double unit, FILE *file)
{
	const struct histogram *ticks = &duration->ticks;
	char name[160], count[FORMAT_SIZE], text[FORMAT_SIZE];
	size_t i;

	text_escape(name, sizeof(name), duration->name, strlen(duration->name));
	fprintf(file, "%s: %s %s", name, duration_kind(duration),
		format_count(count, ticks->count));
	if (ticks->count)
		fprintf(file, " times, mean %s",
			format_ns(text, (double)ticks->total / (double)ticks->count * unit));
	fputc('\n', file);
	if (duration->cut)
		fprintf(file, "  and %s whose beginning was not seen\n",
			format_count(count, duration->cut));
	if (!ticks->count)
		return;
	fprintf(file, "  %-7s %10s   %s\n", "", "", "95 % confidence");
	for (i = 0; i < QUANTILES; i++)
		print_percentile(ticks, unit, quantile_percents[i], file);
	fprintf(file, "  %-7s %10s\n\n", "max", format_ns(text, (double)ticks->max * unit));
	print_rows(ticks, unit, file);
	fputc('\n', file);
}

/* ---------------------------------------------------------------- programs */

static void percentile_json(const struct histogram *ticks, double unit, double percent,
			    struct json *json)
{
	struct quantile quantile;

	quantile_of(ticks, unit, percent, QUANTILE_CONFIDENCE, &quantile);
	json_object(json, NULL);
	json_double(json, "percent", percent);
	json_double(json, "ns", quantile.at);
	json_double(json, "low_ns", quantile.low);
	json_double(json, "high_ns", quantile.high);
	json_close(json);
}

void duration_json(const struct duration *duration, double unit, struct json *json)
{
	const struct histogram *ticks = &duration->ticks;
	struct rows rows;
	size_t i;

	json_object(json, NULL);
	json_string(json, "type", duration_kind(duration));
	json_string(json, "name", duration->name);
	json_u64(json, "count", ticks->count);
	json_u64(json, "without_beginning", duration->cut);
	json_double(json, "total_ns", (double)ticks->total * unit);
	json_double(json, "min_ns", (double)ticks->min * unit);
	json_double(json, "max_ns", (double)ticks->max * unit);
	json_array(json, "percentiles");
	for (i = 0; i < QUANTILES && ticks->count; i++)
		percentile_json(ticks, unit, quantile_percents[i], json);
	json_close(json);
	json_array(json, "histogram");
	if (ticks->count)
		make_rows(ticks, &rows);
	for (i = 0; ticks->count && i < rows.count; i++) {
		json_object(json, NULL);
		json_double(json, "from_ns", (double)rows.row[i].from * unit);
		json_double(json, "to_ns", (double)rows.row[i].to * unit);
		json_u64(json, "count", rows.row[i].count);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}
