// SPDX-License-Identifier: GPL-2.0
/* The last interval of hftrace top on stdout, for people and for programs. */
#include <math.h>
#include <string.h>

#include "lib/json.h"
#include "lib/output.h"
#include "lib/top.h"

static void row_text(const struct top_row *row, char *text, size_t size)
{
	text_escape(text, size, row->text, strlen(row->text));
}

static void print_cpu(struct top *top, const struct top_cpu *cpu)
{
	char text[TOP_CPU_TEXT];

	printf("%s\n", top_cpu_text(top, cpu, text));
}

static void print_causes(struct top *top, const struct top_cpu *cpu)
{
	static const char *const headings[] = {
		"  cause", "what", "a second", "ns a second", "ppm", "longest", "since the start",
	};
	struct table *table = table_new("llrrrrr", headings);
	struct top_row *row[TOP_ROWS_MAX];
	char text[512], number[FORMAT_SIZE];
	size_t count, i;
	double ns;

	if (!table)
		return;
	count = top_rows_sorted(&top->rows, false, cpu->cpu, TOP_BY_TIME, row);
	for (i = 0; i < count && row[i]->count; i++) {
		ns = top_a_second(top, top_ns(top, row[i]->ticks));
		row_text(row[i], text, sizeof(text));
		table_cell(table, "  %s", cause_name(row[i]->cause));
		table_cell(table, "%s", text);
		table_cell(table, "%.1f", top_a_second(top, row[i]->count));
		table_cell(table, "%s", format_count(number, (__u64)llround(ns)));
		table_cell(table, "%.1f", ns / 1000);
		table_cell(table, "%s", format_ns(number, top_ns(top, row[i]->max)));
		table_cell(table, "%s", format_ns(number, top_ns(top, row[i]->worst.ticks)));
	}
	if (i)
		table_print(table, stdout);
	table_free(table);
}

static void print_spans(struct top *top)
{
	static const char *const headings[] = {
		"spans", "a second", "longest", "all", "p50", "p99", "p99.9", "max",
	};
	struct table *table = table_new("lrrrrrrr", headings);
	struct top_row *row[TOP_ROWS_MAX];
	char text[512], number[FORMAT_SIZE];
	size_t count, i;

	if (!table)
		return;
	count = top_rows_sorted(&top->rows, true, -1, TOP_BY_TIME, row);
	for (i = 0; i < count; i++) {
		const __u64 figures[] = { row[i]->p50, row[i]->p99, row[i]->p999,
					  row[i]->worst.ticks };
		size_t j;

		row_text(row[i], text, sizeof(text));
		table_cell(table, "%s", text);
		table_cell(table, "%.1f", top_a_second(top, row[i]->count));
		table_cell(table, "%s", format_ns(number, top_ns(top, row[i]->max)));
		table_cell(table, "%s", format_count(number, row[i]->counted));
		for (j = 0; j < ARRAY_SIZE(figures); j++)
			table_cell(table, "%s", format_ns(number, top_ns(top, figures[j])));
	}
	if (count)
		table_print(table, stdout);
	table_free(table);
}

void top_print(struct top *top)
{
	char clock[FORMAT_SIZE], length[FORMAT_SIZE], text[TOP_CPU_TEXT];
	size_t i;

	printf("---- %s, %s; %s\n", format_clock(clock, top_realtime(top, top->shown_at)),
	       format_ns(length, top->seconds * 1e9), top_losses_text(top, text));
	if (!top->recorder.plan->kernel)
		printf("The kernel is not watched: %s\n", top->recorder.plan->why_not);
	for (i = 0; i < top->cpus; i++) {
		print_cpu(top, &top->cpu[i]);
		print_causes(top, &top->cpu[i]);
	}
	print_spans(top);
	putchar('\n');
}

/* ---------------------------------------------------------------- programs */

static void json_ns(struct json *json, const char *key, const struct top *top, __u64 ticks)
{
	json_u64(json, key, (__u64)llround(top_ns(top, ticks)));
}

static void cause_json(const struct top *top, const struct top_row *row, struct json *json)
{
	json_object(json, NULL);
	json_string(json, "cause", cause_name(row->cause));
	json_string(json, "culprit", row->text);
	json_u64(json, "count", row->count);
	json_double(json, "per_s", top_a_second(top, row->count));
	json_double(json, "ns_per_s", top_a_second(top, top_ns(top, row->ticks)));
	json_ns(json, "max_ns", top, row->max);
	json_u64(json, "count_all", row->counted);
	json_ns(json, "total_ns_all", top, row->taken);
	json_ns(json, "max_ns_all", top, row->worst.ticks);
	json_close(json);
}

static void cpu_json(struct top *top, const struct top_cpu *cpu, struct json *json)
{
	struct top_row *row[TOP_ROWS_MAX];
	size_t count, i;

	json_object(json, NULL);
	json_s64(json, "cpu", cpu->cpu);
	if (cpu->visits_known) {
		json_u64(json, "visits", cpu->visits);
		json_ns(json, "visits_ns", top, cpu->visits_ticks);
	} else {
		json_null(json, "visits");
	}
	json_u64(json, "switches", cpu->switches);
	json_double(json, "hooks_ppm", cpu->own_ppm);
	json_bool(json, "hooks_all_timed", !cpu->untimed);
	json_bool(json, "governor_disarmed", cpu->cut);
	json_array(json, "causes");
	count = top_rows_sorted(&top->rows, false, cpu->cpu, TOP_BY_TIME, row);
	for (i = 0; i < count; i++)
		cause_json(top, row[i], json);
	json_close(json);
	json_close(json);
}

static void spans_json(struct top *top, struct json *json)
{
	struct top_row *row[TOP_ROWS_MAX];
	size_t count, i;

	json_array(json, "spans");
	count = top_rows_sorted(&top->rows, true, -1, TOP_BY_TIME, row);
	for (i = 0; i < count; i++) {
		json_object(json, NULL);
		json_string(json, "name", row[i]->text);
		json_u64(json, "count", row[i]->count);
		json_double(json, "per_s", top_a_second(top, row[i]->count));
		json_ns(json, "max_ns", top, row[i]->max);
		json_u64(json, "count_all", row[i]->counted);
		json_ns(json, "p50_ns_all", top, row[i]->p50);
		json_ns(json, "p99_ns_all", top, row[i]->p99);
		json_ns(json, "p999_ns_all", top, row[i]->p999);
		json_ns(json, "max_ns_all", top, row[i]->worst.ticks);
		json_close(json);
	}
	json_close(json);
}

void top_print_json(struct top *top)
{
	struct json json;
	size_t i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_s64(&json, "time_ns", top_realtime(top, top->shown_at));
	json_double(&json, "seconds", top->seconds);
	json_u64(&json, "lost_slots", top->lost);
	json_double(&json, "own_share", top->own_share);
	json_bool(&json, "kernel", top->recorder.plan->kernel);
	json_array(&json, "cpus");
	for (i = 0; i < top->cpus; i++)
		cpu_json(top, &top->cpu[i], &json);
	json_close(&json);
	spans_json(top, &json);
	json_close(&json);
	json_newline(&json);
}
