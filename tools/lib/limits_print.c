// SPDX-License-Identifier: GPL-2.0
/* What became of limits, for people and for programs. */
#include <math.h>
#include <string.h>

#include "lib/limits.h"
#include "lib/output.h"

#define TEXT 256

static const char *const verdicts[LIMIT_VERDICTS] = {
	[LIMIT_HELD] = "held", [LIMIT_NOT_MEASURED] = "not_measured",
	[LIMIT_EXCEEDED] = "exceeded",
};

/* "CPU 1", "span order"; returns buf. */
static const char *where_text(const struct limits_check *check, const struct limit_result *result,
			      char buf[TEXT])
{
	const struct spans *spans = check->subject->spans;
	const char *name;
	char escaped[TEXT - 8];

	if (result->cpu >= 0) {
		snprintf(buf, TEXT, "CPU %d", result->cpu);
		return buf;
	}
	name = result->name < spans->names ? spans->name[result->name].text : result->limit->name;
	snprintf(buf, TEXT, "span %s", text_escape(escaped, sizeof(escaped), name, strlen(name)));
	return buf;
}

/* "12.5/s", "52.3 ppm", "3.20 us"; returns buf. */
static const char *figure_text(const struct limit_result *result, char buf[FORMAT_SIZE])
{
	const struct limit *limit = result->limit;

	if (limit->figure == LIMIT_COUNT && limit->rate)
		snprintf(buf, FORMAT_SIZE, "%.6g/s", result->figure);
	else if (limit->figure == LIMIT_COUNT)
		format_count(buf, result->count);
	else if (limit->figure == LIMIT_TIME && limit->rate)
		snprintf(buf, FORMAT_SIZE, "%.6g ppm", result->figure / 1e3);
	else
		format_ns(buf, result->figure);
	return buf;
}

/* "@SECONDS.FRACTION", as --at and --since take it; returns buf. */
static const char *moment_text(const struct limits_check *check, __u64 ticks,
			       char buf[FORMAT_SIZE])
{
	__s64 ns = hft_reader_realtime(check->subject->reader, ticks);

	snprintf(buf, FORMAT_SIZE, "@%lld.%09lld", ns / 1000000000, ns % 1000000000);
	return buf;
}

static double length_ns(const struct limits_check *check, const struct stretch *worst)
{
	return (double)(worst->end - worst->start) * 1e9 / hft_reader_hz(check->subject->reader);
}

/* The longest one, and how to learn more of it. */
static void print_worst(const struct limits_check *check, const struct limit_result *result,
			FILE *file)
{
	const struct limits_subject *subject = check->subject;
	const struct stretch *worst = &result->worst;
	char clock[FORMAT_SIZE], from[FORMAT_SIZE], to[FORMAT_SIZE], ns[FORMAT_SIZE];

	if (!worst->end)
		return;
	format_clock(clock, hft_reader_realtime(subject->reader, worst->start));
	if (worst->end > worst->start)
		fprintf(file, "    worst: at %s, for %s", clock,
			format_ns(ns, length_ns(check, worst)));
	else
		fprintf(file, "    first: at %s", clock);
	fputc('\n', file);
	if (subject->passing)
		return;
	if (subject->spans->seen)
		fprintf(file, "      hftrace explain %s --at %s\n", subject->recording,
			moment_text(check, worst->start + (worst->end - worst->start) / 2, from));
	if (result->cpu >= 0)
		fprintf(file, "      hftrace dump %s --since %s --until %s\n", subject->recording,
			moment_text(check, worst->start, from),
			moment_text(check, worst->end, to));
}

static void print_result(const struct limits_check *check, const struct limit_result *result,
			 FILE *file)
{
	const struct limit *limit = result->limit;
	char where[TEXT], figure[FORMAT_SIZE], what[TEXT], file_name[TEXT];

	fprintf(file, "  %s: %s", result->verdict == LIMIT_EXCEEDED ? "exceeded" : "not measured",
		where_text(check, result, where));
	if (limit->kind)
		fprintf(file, " %s", text_escape(what, sizeof(what), limit->what,
						 strlen(limit->what)));
	fprintf(file, " %s: %s (%s:%u)\n", limit->text,
		result->verdict == LIMIT_EXCEEDED ? figure_text(result, figure) : result->why,
		text_escape(file_name, sizeof(file_name), check->limits->path,
			    strlen(check->limits->path)), limit->line);
	if (result->verdict == LIMIT_EXCEEDED)
		print_worst(check, result, file);
}

void limits_check_print(const struct limits_check *check, FILE *file)
{
	char text[TEXT];
	int verdict;
	size_t i;

	fprintf(file, "limits of %s: %zu exceeded, %zu not measured, %zu held\n",
		text_escape(text, sizeof(text), check->limits->path, strlen(check->limits->path)),
		limits_check_count(check, LIMIT_EXCEEDED),
		limits_check_count(check, LIMIT_NOT_MEASURED),
		limits_check_count(check, LIMIT_HELD));
	for (verdict = LIMIT_EXCEEDED; verdict > LIMIT_HELD; verdict--)
		for (i = 0; i < check->count; i++)
			if ((int)check->result[i].verdict == verdict)
				print_result(check, &check->result[i], file);
	fputc('\n', file);
}

static void result_json(const struct limits_check *check, const struct limit_result *result,
			struct json *json)
{
	const struct hft_reader *reader = check->subject->reader;
	const struct limit *limit = result->limit;

	json_object(json, NULL);
	json_string(json, "verdict", verdicts[result->verdict]);
	json_u64(json, "line", limit->line);
	if (result->cpu >= 0)
		json_s64(json, "cpu", result->cpu);
	else
		json_string(json, "span", result->name < check->subject->spans->names ?
			    check->subject->spans->name[result->name].text : limit->name);
	json_string(json, "what", limit->what);
	json_string(json, "limit", limit->text);
	if (result->verdict == LIMIT_NOT_MEASURED) {
		json_string(json, "why", result->why);
		json_close(json);
		return;
	}
	json_double(json, "figure", result->figure);
	json_double(json, "bound", limit->bound);
	json_string(json, "unit", limit->figure == LIMIT_COUNT ?
		    (limit->rate ? "count/s" : "count") : (limit->rate ? "ns/s" : "ns"));
	if (result->worst.end) {
		json_object(json, "worst");
		json_s64(json, "start_realtime_ns",
			 hft_reader_realtime(reader, result->worst.start));
		json_u64(json, "start_tsc", result->worst.start);
		json_u64(json, "end_tsc", result->worst.end);
		json_u64(json, "ns", (__u64)llround(length_ns(check, &result->worst)));
		json_close(json);
	} else {
		json_null(json, "worst");
	}
	json_close(json);
}

void limits_check_json(const struct limits_check *check, struct json *json, const char *key)
{
	int verdict;
	size_t i;

	json_object(json, key);
	json_string(json, "file", check->limits->path);
	for (verdict = LIMIT_EXCEEDED; verdict >= LIMIT_HELD; verdict--)
		json_u64(json, verdicts[verdict],
			 limits_check_count(check, (enum limit_verdict)verdict));
	json_array(json, "results");
	for (i = 0; i < check->count; i++)
		result_json(check, &check->result[i], json);
	json_close(json);
	json_close(json);
}
