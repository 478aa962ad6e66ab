// SPDX-License-Identifier: GPL-2.0
/* An audit, for people and for scripts. */
#include <stdio.h>
#include <string.h>

#include "lib/audit.h"
#include "lib/compiler.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/process.h"

static const char *const verdicts[AUDIT_VERDICTS] = {
	[AUDIT_NONE] = "none",
	[AUDIT_WITHIN] = "within",
	[AUDIT_CHANCE] = "by chance",
	[AUDIT_ADDED] = "ADDED",
	[AUDIT_UNCLEAR] = "cannot tell",
	[AUDIT_NOISY] = "too noisy",
};

static const char *const keys[AUDIT_VERDICTS] = {
	[AUDIT_NONE] = "none",
	[AUDIT_WITHIN] = "within",
	[AUDIT_CHANCE] = "chance",
	[AUDIT_ADDED] = "added",
	[AUDIT_UNCLEAR] = "unclear",
	[AUDIT_NOISY] = "noisy",
};

static const char *const kinds[COUNT_KINDS] = {
	[COUNT_INTERRUPT] = "interrupts",
	[COUNT_TICK] = "ticks",
	[COUNT_SOFTIRQ] = "softirqs",
	[COUNT_SWITCH] = "switches",
	[COUNT_WAKEUP] = "wake-ups",
	[COUNT_KERNEL_TIME] = "kernel time",
	[COUNT_THREAD_SWITCH] = "thread switches",
	[COUNT_TRACED] = "tracefs",
};

/* "interrupts CAL", "switches", "thread switches 4711" */
static const char *name_of(const struct audit *audit, const struct audit_result *result,
			   char *buf, size_t size)
{
	const struct count_row *row = &audit->counts.row[result->row];

	if (row->kind == COUNT_SWITCH || row->kind == COUNT_WAKEUP ||
	    row->kind == COUNT_KERNEL_TIME)
		snprintf(buf, size, "%s", kinds[row->kind]);
	else
		snprintf(buf, size, "%s %s", kinds[row->kind], row->name);
	return buf;
}

/* The sum of a kind's counts: what is added per cycle. */
static double added_of(const struct audit *audit, size_t column, enum count_kind kind,
		       const char *name)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < audit->results; i++) {
		const struct audit_result *result = &audit->result[i];
		const struct count_row *row = &audit->counts.row[result->row];

		if (result->column == column && row->kind == kind &&
		    (!name || !strcmp(row->name, name)))
			sum += result->added;
	}
	return sum;
}

static void print_conclusion(const struct audit *audit, size_t column)
{
	static const char *const words[AUDIT_VERDICTS] = {
		[AUDIT_NONE] = "nothing added: nothing at all happened there",
		[AUDIT_WITHIN] = "nothing added: no count left the range of the windows without",
		[AUDIT_CHANCE] = "nothing added beyond the limit: what left the range is chance",
		[AUDIT_ADDED] = "DISTURBED: hftrace added what is marked below",
		[AUDIT_UNCLEAR] = "cannot tell: more with hftrace, but chance explains it",
		[AUDIT_NOISY] = "too noisy to say: too much happens there anyway",
	};
	int cpu = audit->counts.cpu[column];

	printf("CPU %d: %s\n", cpu, words[audit_verdict_of(audit, column)]);
	printf("       added per cycle: interrupts %.3f, ticks %.3f, ",
	       added_of(audit, column, COUNT_INTERRUPT, NULL),
	       added_of(audit, column, COUNT_TICK, NULL));
	printf("softirqs %.3f, switches %.3f, wake-ups ",
	       added_of(audit, column, COUNT_SOFTIRQ, NULL),
	       added_of(audit, column, COUNT_SWITCH, NULL));
	if (audit->counts.wakeups)
		printf("%.3f", added_of(audit, column, COUNT_WAKEUP, NULL));
	else
		printf("not counted");
	if (audit->traced)
		printf(", system calls %.3f\n",
		       added_of(audit, column, COUNT_TRACED, traced_names[TRACED_SYSCALLS]));
	else
		printf(", system calls not counted\n");
}

static void print_table(const struct audit *audit)
{
	static const char *const headings[] = {
		"cpu", "count", "without", "with", "added/cycle", "at most", "verdict",
	};
	struct table *table = table_new("rlrrrrl", headings);
	char name[64];
	size_t i;

	for (i = 0; i < audit->results; i++) {
		const struct audit_result *result = &audit->result[i];

		table_cell(table, "%d", audit->counts.cpu[result->column]);
		table_cell(table, "%s", name_of(audit, result, name, sizeof(name)));
		table_cell(table, "%llu..%llu", result->low[0], result->high[0]);
		table_cell(table, "%llu..%llu", result->low[1], result->high[1]);
		table_cell(table, "%.4f", result->added);
		table_cell(table, "%.4f", result->hidden);
		table_cell(table, "%s", verdicts[result->verdict]);
	}
	if (audit->results)
		table_print(table, stdout);
	table_free(table);
}

void audit_print(const struct audit *audit)
{
	size_t column;

	printf("%llu cycles of arming, filtering, reading and disarming in %u windows, ",
	       audit->cycles, audit->pairs);
	printf("beside %u without; %llu records read\n", audit->pairs, audit->records);
	for (column = 0; column < audit->counts.columns; column++)
		print_conclusion(audit, column);
	if (audit->traced)
		printf("tracefs blames %llu events on hftrace\n", audit->ours);
	if (!audit->counts.wakeups)
		printf("wake-ups are counted when sysctl kernel.sched_schedstats is 1%s\n",
		       audit->traced ? "; tracefs saw those that were sent" : "");
	if (!audit->traced)
		printf("system calls, and who sent what, are seen with --tracefs alone\n");
	print_table(audit);
}

static void json_result(const struct audit *audit, const struct audit_result *result,
			struct json *json)
{
	const struct count_row *row = &audit->counts.row[result->row];

	json_object(json, NULL);
	json_string(json, "kind", kinds[row->kind]);
	json_text(json, "name", row->name, sizeof(row->name));
	json_text(json, "what", row->what, sizeof(row->what));
	json_u64(json, "without_low", result->low[0]);
	json_u64(json, "without_high", result->high[0]);
	json_u64(json, "with_low", result->low[1]);
	json_u64(json, "with_high", result->high[1]);
	json_double(json, "added_per_cycle", result->added);
	json_double(json, "at_most_per_cycle", result->hidden);
	json_double(json, "chance", result->chance);
	json_string(json, "verdict", keys[result->verdict]);
	json_close(json);
}

static void json_cpu(const struct audit *audit, size_t column, struct json *json)
{
	size_t i;

	json_object(json, NULL);
	json_u64(json, "cpu", (__u64)audit->counts.cpu[column]);
	json_string(json, "verdict", keys[audit_verdict_of(audit, column)]);
	json_object(json, "added_per_cycle");
	json_double(json, "interrupts", added_of(audit, column, COUNT_INTERRUPT, NULL));
	json_double(json, "ticks", added_of(audit, column, COUNT_TICK, NULL));
	json_double(json, "softirqs", added_of(audit, column, COUNT_SOFTIRQ, NULL));
	json_double(json, "switches", added_of(audit, column, COUNT_SWITCH, NULL));
	if (audit->counts.wakeups)
		json_double(json, "wakeups", added_of(audit, column, COUNT_WAKEUP, NULL));
	else
		json_null(json, "wakeups");
	if (audit->traced)
		json_double(json, "syscalls", added_of(audit, column, COUNT_TRACED,
						       traced_names[TRACED_SYSCALLS]));
	else
		json_null(json, "syscalls");
	json_close(json);
	json_array(json, "counts");
	for (i = 0; i < audit->results; i++) {
		if (audit->result[i].column == column)
			json_result(audit, &audit->result[i], json);
	}
	json_close(json);
	json_close(json);
}

void audit_json(const struct audit *audit)
{
	struct json json;
	size_t column;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_u64(&json, "cycles", audit->cycles);
	json_u64(&json, "pairs", audit->pairs);
	json_u64(&json, "records", audit->records);
	json_bool(&json, "tracefs", audit->traced);
	if (audit->traced)
		json_u64(&json, "events_of_hftrace", audit->ours);
	else
		json_null(&json, "events_of_hftrace");
	json_array(&json, "cpus");
	for (column = 0; column < audit->counts.columns; column++)
		json_cpu(audit, column, &json);
	json_close(&json);
	json_close(&json);
	json_newline(&json);
}
