// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ledger_print.h"
#include "lib/output.h"
#include "lib/task_groups.h"

/* On each CPU; JSON has all. */
#define CAUSES_SHOWN	40U
#define TASKS_SHOWN	20U

#define PERCENTS 4

static const double percents[PERCENTS] = { 50, 95, 99, 99.9 };

double period_ns(const struct period *period, __u64 ticks)
{
	double hz = hft_reader_hz(period->reader);

	return hz > 0 ? (double)ticks * 1e9 / hz : 0;
}

static double share_of(const struct period *period, __u64 ticks)
{
	__u64 all = period->end - period->start;

	return all ? (double)ticks / (double)all : 0;
}

/* ------------------------------------------------------------------ people */

static void histogram_cells(struct table *table, const struct histogram *histogram, __u64 count,
			    const struct period *period)
{
	char text[FORMAT_SIZE];
	double ns;
	size_t i;

	table_cell(table, "%s", format_count(text, count));
	table_cell(table, "%s", format_ns(text, period_ns(period, histogram->total)));
	table_cell(table, "%.4f %%", 100 * share_of(period, histogram->total));
	for (i = 0; i < PERCENTS; i++) {
		ns = period_ns(period, histogram_percentile(histogram, percents[i]));
		table_cell(table, "%s", histogram->count ? format_ns(text, ns) : "-");
	}
	table_cell(table, "%s", histogram->count ?
		   format_ns(text, period_ns(period, histogram->max)) : "-");
}

static struct table *new_table(const char *first, const char *second)
{
	const char *const headings[] = {
		first, second, "count", "total", "share", "p50", "p95", "p99", "p99.9", "max",
	};

	return table_new("llrrrrrrrr", headings);
}

static void what_cell(struct ledger *ledger, struct table *table, const struct ledger_entry *entry)
{
	const char *text = causes_text(ledger_causes(ledger), entry->culprit);
	char escaped[1024], cut[FORMAT_SIZE];

	text_escape(escaped, sizeof(escaped), text, strlen(text));
	if (entry->cut)
		table_cell(table, "%s (%s without time)", escaped, format_count(cut, entry->cut));
	else
		table_cell(table, "%s", escaped);
}

static bool is_task(struct ledger *ledger, const struct ledger_entry *entry)
{
	return causes_get(ledger_causes(ledger), entry->culprit)->cause == CAUSE_TASK;
}

static bool is_empty(const struct ledger_entry *entry)
{
	return !entry->net.count && !entry->cut;
}

static void print_causes(struct ledger *ledger, const struct ledger_cpu *cpu,
			 const struct period *period, FILE *file)
{
	struct table *table = new_table("  cause", "what");
	size_t i, shown = 0, more = 0;

	if (!table)
		return;
	if (cpu->visits) {
		table_cell(table, "  visit");
		table_cell(table, "into the kernel, all in all");
		histogram_cells(table, &cpu->visit, cpu->visit.count, period);
	}
	for (i = 0; i < cpu->entries; i++) {
		const struct ledger_entry *entry = cpu->entry[i];
		const struct culprit *culprit = causes_get(ledger_causes(ledger), entry->culprit);

		if (is_task(ledger, entry) || is_empty(entry))
			continue;
		if (shown++ >= CAUSES_SHOWN) {
			more++;
			continue;
		}
		table_cell(table, "  %s", cause_name(culprit->cause));
		what_cell(ledger, table, entry);
		histogram_cells(table, &entry->net, entry->net.count + entry->cut, period);
	}
	table_print(table, file);
	if (more)
		fprintf(file, "  and %zu that took less; --json has them all\n", more);
	table_free(table);
}

/* In order, tasks of one name together; false, said: memory is short. */
static bool sorted(struct task_groups *groups, int err, struct ledger *ledger)
{
	if (!err)
		err = task_groups_sort(groups, ledger_tasks(ledger));
	if (err)
		message("%s", strerror(-err));
	return !err;
}

static void print_tasks(struct ledger *ledger, const struct ledger_cpu *cpu,
			const struct period *period, FILE *file)
{
	struct table *table = new_table("  task", "");
	struct task_groups groups = { 0 };
	char who[128];
	int err = 0;
	size_t i;

	for (i = 0; i < cpu->entries && !err; i++) {
		const struct ledger_entry *entry = cpu->entry[i];

		if (is_task(ledger, entry) && !is_empty(entry))
			err = task_groups_add(&groups, causes_get(ledger_causes(ledger),
								  entry->culprit)->task,
					      &entry->net, entry);
	}
	if (!sorted(&groups, err, ledger) || !table)
		goto out;
	for (i = 0; i < groups.count && i < TASKS_SHOWN; i++) {
		const struct histogram *times = task_group_times(&groups.group[i]);

		table_cell(table, "  ran");
		table_cell(table, "%s", task_group_text(&groups.group[i], ledger_tasks(ledger),
							who, sizeof(who)));
		histogram_cells(table, times, times->count, period);
	}
	table_print(table, file);
	if (groups.count > TASKS_SHOWN)
		fprintf(file, "  and %zu tasks that ran less; --json has them all\n",
			groups.count - TASKS_SHOWN);
out:
	task_groups_uninit(&groups);
	table_free(table);
}

/* "name/tid"; what woke without being a task is an interrupt. */
const char *ledger_task_name(struct ledger *ledger, __u32 number, char *buf, size_t size)
{
	const struct task *task = tasks_get(ledger_tasks(ledger), number);
	char name[4 * TASK_COMM + 1];

	if (!task)
		return "an interrupt";
	if (*task->comm)
		text_escape(name, sizeof(name), task->comm, TASK_COMM);
	else
		snprintf(name, sizeof(name), "?");
	snprintf(buf, size, "%s/%d", name, task->tid);
	return buf;
}

static void print_wakeups(struct ledger *ledger, const struct ledger_cpu *cpu,
			  const struct period *period, FILE *file)
{
	struct table *table = new_table("  wake to run", "longest woken by");
	struct task_groups groups = { .by_max = true };
	char who[128], waker[128];
	int err = 0;
	size_t i;

	for (i = 0; i < cpu->wakeups.count && !err; i++)
		if (cpu->wakeups.at[i]->latency.count)
			err = task_groups_add(&groups, cpu->wakeups.at[i]->task,
					      &cpu->wakeups.at[i]->latency, cpu->wakeups.at[i]);
	if (!sorted(&groups, err, ledger) || !table)
		goto out;
	for (i = 0; i < groups.count && i < TASKS_SHOWN; i++) {
		const struct histogram *times = task_group_times(&groups.group[i]);
		const struct wakeup *wakeup = groups.group[i].row;

		table_cell(table, "  %s", task_group_text(&groups.group[i], ledger_tasks(ledger),
							  who, sizeof(who)));
		table_cell(table, "%s",
			   ledger_task_name(ledger, wakeup->slowest_waker, waker, sizeof(waker)));
		histogram_cells(table, times, times->count, period);
	}
	if (groups.count)
		table_print(table, file);
	if (groups.count > TASKS_SHOWN)
		fprintf(file, "  and %zu tasks that waited less; --json has them all\n",
			groups.count - TASKS_SHOWN);
out:
	task_groups_uninit(&groups);
	table_free(table);
}

static bool anything(struct ledger *ledger, const struct ledger_cpu *cpu, bool tasks)
{
	size_t i;

	for (i = 0; i < cpu->entries; i++)
		if (!is_empty(cpu->entry[i]) && is_task(ledger, cpu->entry[i]) == tasks)
			return true;
	return !tasks && cpu->visit.count;
}

void ledger_print(struct ledger *ledger, const struct period *period, FILE *file)
{
	char time[FORMAT_SIZE], count[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < ledger_cpus(ledger); i++) {
		const struct ledger_cpu *cpu = ledger_cpu(ledger, i);

		fprintf(file, "CPU %d: %s, ", cpu->cpu,
			format_ns(time, period_ns(period, period->end - period->start)));
		if (!cpu->has_ring) {
			fputs("nothing happened\n\n", file);
			continue;
		}
		if (cpu->visits)
			fprintf(file, "%s kernel visits, ", format_count(count, cpu->visit.count));
		else
			fputs("no kernel visits were recorded (hook visit, on nohz_full CPUs), ",
			      file);
		fprintf(file, "%s task switches\n", format_count(count, cpu->switches));
		own_counts_print(period->own, cpu->cpu, period->end - period->start, file);
		if (anything(ledger, cpu, false))
			print_causes(ledger, cpu, period, file);
		if (anything(ledger, cpu, true))
			print_tasks(ledger, cpu, period, file);
		print_wakeups(ledger, cpu, period, file);
		fputc('\n', file);
	}
}

void span_names_print(const struct spans *spans, const struct period *period, FILE *file)
{
	struct table *table = new_table("spans", "");
	char text[512];
	size_t i, shown = 0;

	if (!table)
		return;
	for (i = 0; i < spans->names; i++) {
		const struct span_name *name = &spans->name[i];

		if (!name->duration.count)
			continue;
		shown++;
		table_cell(table, "%s", text_escape(text, sizeof(text), name->text,
						    strlen(name->text)));
		table_cell(table, "%s", "");
		histogram_cells(table, &name->duration, name->duration.count, period);
	}
	if (shown) {
		table_print(table, file);
		if (own_counts_lost_by_programs(period->own))
			fprintf(file, "  %s slots of programs' records lost\n",
				format_count(text, own_counts_lost_by_programs(period->own)));
		fputc('\n', file);
	}
	table_free(table);
}

void probe_counts_print(const struct probe_counts *counts, const struct period *period, FILE *file)
{
	struct table *table = new_table("probes", "");
	bool any = false;
	__u32 i;

	if (!table)
		return;
	for (i = 0; i < HFT_NAMES; i++) {
		const struct probe_count *count = &counts->of[i];

		if (!count->hits)
			continue;
		any = true;
		table_cell(table, "%s", hft_reader_name(period->reader, counts->ring, i));
		table_cell(table, "%s", "");
		histogram_cells(table, &count->duration, count->hits, period);
	}
	if (any) {
		table_print(table, file);
		fputc('\n', file);
	}
	table_free(table);
}

/* ---------------------------------------------------------------- programs */

static void json_ns(struct json *json, const char *key, const struct period *period, __u64 ticks)
{
	json_u64(json, key, (__u64)llround(period_ns(period, ticks)));
}

static void histogram_json(const struct histogram *histogram, __u64 count,
			   const struct period *period, struct json *json)
{
	json_u64(json, "count", count);
	json_u64(json, "ticks", histogram->total);
	json_ns(json, "total_ns", period, histogram->total);
	json_double(json, "share", share_of(period, histogram->total));
	json_ns(json, "p50_ns", period, histogram_percentile(histogram, 50));
	json_ns(json, "p95_ns", period, histogram_percentile(histogram, 95));
	json_ns(json, "p99_ns", period, histogram_percentile(histogram, 99));
	json_ns(json, "p999_ns", period, histogram_percentile(histogram, 99.9));
	json_ns(json, "max_ns", period, histogram->max);
}

static void entry_json(struct ledger *ledger, const struct ledger_entry *entry,
		       const struct period *period, struct json *json)
{
	struct causes *causes = ledger_causes(ledger);

	json_object(json, NULL);
	json_string(json, "cause", cause_name(causes_get(causes, entry->culprit)->cause));
	json_string(json, "culprit", causes_text(causes, entry->culprit));
	histogram_json(&entry->net, entry->net.count + entry->cut, period, json);
	json_u64(json, "without_time", entry->cut);
	causes_sender_json(causes, entry->culprit, json);
	json_close(json);
}

static void entries_json(struct ledger *ledger, const struct ledger_cpu *cpu, bool tasks,
			 const struct period *period, struct json *json, const char *key)
{
	size_t i;

	json_array(json, key);
	for (i = 0; i < cpu->entries; i++)
		if (!is_empty(cpu->entry[i]) && is_task(ledger, cpu->entry[i]) == tasks)
			entry_json(ledger, cpu->entry[i], period, json);
	json_close(json);
}

void ledger_task_json(struct ledger *ledger, __u32 number, struct json *json, const char *key)
{
	const struct task *task = tasks_get(ledger_tasks(ledger), number);

	if (!task) {
		json_null(json, key);
		return;
	}
	json_object(json, key);
	json_string(json, "comm", task->comm);
	json_s64(json, "tid", task->tid);
	json_close(json);
}

static void wakeups_json(struct ledger *ledger, const struct ledger_cpu *cpu,
			 const struct period *period, struct json *json)
{
	size_t i;

	json_array(json, "wake_to_run");
	for (i = 0; i < cpu->wakeups.count; i++) {
		const struct wakeup *wakeup = cpu->wakeups.at[i];

		if (!wakeup->latency.count)
			continue;
		json_object(json, NULL);
		ledger_task_json(ledger, wakeup->task, json, "task");
		ledger_task_json(ledger, wakeup->slowest_waker, json, "slowest_woken_by");
		histogram_json(&wakeup->latency, wakeup->latency.count, period, json);
		json_close(json);
	}
	json_close(json);
}

void ledger_json(struct ledger *ledger, const struct period *period, struct json *json,
		 const char *key)
{
	size_t i;

	json_array(json, key);
	for (i = 0; i < ledger_cpus(ledger); i++) {
		const struct ledger_cpu *cpu = ledger_cpu(ledger, i);

		json_object(json, NULL);
		json_s64(json, "cpu", cpu->cpu);
		json_u64(json, "switches", cpu->switches);
		own_counts_json(period->own, cpu->cpu, period->end - period->start, json,
				"own_cost");
		if (cpu->visits) {
			json_object(json, "visits");
			histogram_json(&cpu->visit, cpu->visit.count, period, json);
			json_close(json);
		} else {
			json_null(json, "visits");
		}
		entries_json(ledger, cpu, false, period, json, "entries");
		entries_json(ledger, cpu, true, period, json, "tasks");
		wakeups_json(ledger, cpu, period, json);
		json_close(json);
	}
	json_close(json);
}

void span_names_json(const struct spans *spans, const struct period *period, struct json *json,
		     const char *key)
{
	size_t i;

	json_array(json, key);
	for (i = 0; i < spans->names; i++) {
		const struct span_name *name = &spans->name[i];

		if (!name->duration.count)
			continue;
		json_object(json, NULL);
		json_string(json, "name", name->text);
		histogram_json(&name->duration, name->duration.count, period, json);
		json_close(json);
	}
	json_close(json);
}

void probe_counts_json(const struct probe_counts *counts, const struct period *period,
		       struct json *json, const char *key)
{
	__u32 i;

	json_array(json, key);
	for (i = 0; i < HFT_NAMES; i++) {
		const struct probe_count *count = &counts->of[i];

		if (!count->hits)
			continue;
		json_object(json, NULL);
		json_string(json, "probe", hft_reader_name(period->reader, counts->ring, i));
		histogram_json(&count->duration, count->hits, period, json);
		json_u64(json, "without_time", count->cut);
		json_close(json);
	}
	json_close(json);
}
