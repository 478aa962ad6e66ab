// SPDX-License-Identifier: GPL-2.0
/* A comparison for people. */
#include <math.h>
#include <string.h>

#include "lib/diff.h"
#include "lib/losses.h"
#include "lib/output.h"

#define CAUSES_SHOWN	20U	/* JSON has all */
#define TEXT		200

/* "+1.23 us" */
static const char *format_change(char *buf, double ns)
{
	char text[FORMAT_SIZE];

	if (isinf(ns))
		return strcpy(buf, "?");
	if (fabs(ns) < 0.5)
		ns = 0;		/* of a plain zero, not of a negative one */
	snprintf(buf, FORMAT_SIZE, "%s%s", ns >= 0.5 ? "+" : "", format_ns(text, ns));
	return buf;
}

static void print_span(const struct diff *diff, const struct diff_span *span, double confidence,
		       FILE *file)
{
	static const char *const headings[] = {
		"", "A", "B", "difference", "", "from", "to", "",
	};
	struct table *table = table_new("lrrrrrrl", headings);
	char text[FORMAT_SIZE];
	size_t i;

	if (!table)
		return;
	for (i = 0; i < QUANTILES; i++) {
		struct diff_percentile found;
		const struct quantile *by = &found.difference;

		diff_compare(diff, span, quantile_percents[i], confidence, 1, &found);
		table_cell(table, "  p%g", quantile_percents[i]);
		table_cell(table, "%s", format_ns(text, found.of[0].at));
		table_cell(table, "%s", format_ns(text, found.of[1].at));
		table_cell(table, "%s", format_change(text, by->at));
		if (found.of[0].at > 0)
			table_cell(table, "%+.2f %%", fabs(by->at) < 0.5 ? 0 :
				   100 * by->at / found.of[0].at);
		else
			table_cell(table, "-");
		table_cell(table, "%s", format_change(text, by->low));
		table_cell(table, "%s", format_change(text, by->high));
		table_cell(table, "%s", by->low > 0 ? "slower" : by->high < 0 ? "faster" :
			   isinf(by->low) && isinf(by->high) ? "too few" : "");
	}
	table_cell(table, "  max");
	for (i = 0; i < DIFF_SIDES; i++)
		table_cell(table, "%s", format_ns(text, (double)span->of[i]->ticks.max *
						  diff->side[i].unit));
	for (i = 0; i < 5; i++)
		table_cell(table, "%s", "");
	table_print(table, file);
	table_free(table);
}

static void print_spans(const struct diff *diff, FILE *file)
{
	double confidence = quantile_confidence(diff->spans_count * QUANTILES);
	char name[TEXT], count[DIFF_SIDES][FORMAT_SIZE];
	size_t i;

	for (i = 0; i < diff->spans_count; i++) {
		const struct diff_span *span = &diff->spans[i];
		const char *text = span->of[0]->name;

		fprintf(file, "%s: %s spans in A, %s in B\n",
			text_escape(name, sizeof(name), text, strlen(text)),
			format_count(count[0], span->of[0]->ticks.count),
			format_count(count[1], span->of[1]->ticks.count));
		print_span(diff, span, confidence, file);
		fputc('\n', file);
	}
	if (diff->spans_count)
		fputs("from, to: where the true differences are, all with 95 % confidence\n\n",
		      file);
	else
		fputs("No span name is in both.\n\n", file);
}

static bool print_gates(const struct diff *diff, FILE *file)
{
	char name[TEXT], by[FORMAT_SIZE], low[FORMAT_SIZE], high[FORMAT_SIZE], gate[TEXT];
	bool exceeded = false;
	struct quantile beyond;
	size_t i, j;

	for (i = 0; i < diff->gates; i++) {
		const char *text = diff->gate[i].text;

		text_escape(gate, sizeof(gate), text, strlen(text));
		for (j = 0; j < diff->spans_count; j++) {
			const struct diff_span *span = &diff->spans[j];
			enum gate_verdict verdict;

			if (!gate_applies(&diff->gate[i], span))
				continue;
			verdict = gate_judge(diff, &diff->gate[i], span, &beyond);
			exceeded |= verdict == GATE_EXCEEDED;
			text = span->of[0]->name;
			fprintf(file, "gate %s, %s: %s; from its bound %s (%s to %s)\n", gate,
				text_escape(name, sizeof(name), text, strlen(text)),
				gate_verdicts[verdict], format_change(by, beyond.at),
				format_change(low, beyond.low), format_change(high, beyond.high));
		}
	}
	if (diff->gates)
		fputc('\n', file);
	return exceeded;
}

static void print_causes(const struct diff *diff, FILE *file)
{
	static const char *const headings[] = {
		"time a second and CPU", "what", "A", "B", "difference",
	};
	struct table *table;
	char text[512];
	size_t i, shown = 0, grew = 0;

	for (i = 0; i < DIFF_SIDES; i++) {
		if (!diff->side[i].kernel) {
			fprintf(file, "The kernel was not recorded in %c, so no causes.\n\n",
				'A' + (int)i);
			return;
		}
	}
	table = table_new("llrrr", headings);
	if (!table)
		return;
	for (i = 0; i < diff->causes; i++) {
		const struct diff_cause *cause = &diff->cause[i];

		if (cause->ns[1] <= cause->ns[0])
			continue;
		if (grew++ >= CAUSES_SHOWN)
			continue;
		shown++;
		table_cell(table, "  %s", cause_name(cause->cause));
		table_cell(table, "%s", text_escape(text, sizeof(text), cause->text,
						    strlen(cause->text)));
		table_cell(table, "%s", format_ns(text, cause->ns[0]));
		table_cell(table, "%s", format_ns(text, cause->ns[1]));
		table_cell(table, "%s", format_change(text, cause->ns[1] - cause->ns[0]));
	}
	if (shown)
		table_print(table, file);
	else
		fputs("No cause took more time.\n", file);
	if (grew > shown)
		fprintf(file, "  and %zu that grew less; --json has them all\n", grew - shown);
	fputc('\n', file);
	table_free(table);
}

static void print_settings(const struct diff *diff, FILE *file)
{
	char text[2048];
	size_t i;
	int side;

	if (diff->settings)
		fputs("Set differently:\n", file);
	else
		fputs("Nothing that was noted is set differently.\n", file);
	for (i = 0; i < diff->settings; i++) {
		fprintf(file, "  %s\n", text_escape(text, sizeof(text), diff->setting[i].key,
						    strlen(diff->setting[i].key)));
		for (side = 0; side < DIFF_SIDES; side++) {
			const char *value = diff->setting[i].value[side];

			fprintf(file, "    %c: %s\n", 'A' + side, !value ? "not noted" :
				text_escape(text, sizeof(text), value, strlen(value)));
		}
	}
	fputc('\n', file);
}

static void print_side(const struct diff_side *side, char letter, FILE *file)
{
	char path[TEXT], time[FORMAT_SIZE], count[FORMAT_SIZE];
	struct diff_cost cost;
	int cpu;

	fprintf(file, "%c: %s, %s\n", letter,
		text_escape(path, sizeof(path), side->path, strlen(side->path)),
		format_ns(time, side->seconds * 1e9));
	for (cpu = cpus_next(&side->cpus, 0); cpu >= 0; cpu = cpus_next(&side->cpus, cpu + 1)) {
		if (!side->kernel)
			break;
		if (!diff_cost(side, cpu, &cost)) {
			fprintf(file, "  cpu%d: what hftrace took was not noted\n", cpu);
			continue;
		}
		fprintf(file, "  cpu%d: hftrace took about %.0f ppm", cpu, cost.ppm);
		if (cost.untimed)
			fprintf(file, ", and for %s records what is not known",
				format_count(count, cost.untimed));
		fputc('\n', file);
	}
	losses_print(side->reader, file);
}

bool diff_print(const struct diff *diff, FILE *file)
{
	bool exceeded;

	print_spans(diff, file);
	exceeded = print_gates(diff, file);
	print_causes(diff, file);
	print_settings(diff, file);
	print_side(&diff->side[0], 'A', file);
	print_side(&diff->side[1], 'B', file);
	return exceeded;
}
