// SPDX-License-Identifier: GPL-2.0
/* Every entry into the kernel on the traced CPUs, in tables. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/facts.h"
#include "lib/hooks.h"
#include "lib/ledger_print.h"
#include "lib/limits.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/readahead.h"
#include "lib/report.h"
#include "lib/samples.h"
#include "lib/source.h"
#include "lib/violations.h"
#include "lib/window.h"

#define PERIODS_MAX	10000U
#define UNNAMED_CALLS	"; system calls are in kernel_entry ('hftrace attach syscall' names them)"

static const struct record_types span_records = RECORD_TYPES_OF(HFT_REC_SPAN);

struct report {
	const struct report_options *options;
	const char *called;	/* to people */
	struct hft_reader *reader;
	struct ledger *ledger;
	struct spans spans;
	struct own_cost cost;
	struct own_counts *own;
	struct limits_subject subject;
	struct limits_check check;
	struct probe_counts *probes;
	struct samples *samples;
	struct cpus traced;
	struct cpus chosen;	/* of those */
	struct violations violations;
	struct period period;
	__u64 armed;		/* ticks; spans that ended before are left out; 0: not known */
	__u64 stopped;		/* ticks, as the recorder noted; 0: not known */
	__u64 by;		/* ticks, 0: all in one */
	unsigned int periods;	/* that are over */
	bool told;		/* to the end */
};

/* 0 or an exit code. */
static int choose_cpus(struct report *report)
{
	char wanted[256], there[256];
	struct cpus missing;

	recording_cpus(report->options->path, report->reader, &report->traced);
	report->chosen = report->traced;
	if (!report->options->cpus_given)
		return 0;
	cpus_without(&missing, &report->options->cpus, &report->traced);
	if (cpus_count(&missing)) {
		message("%s: CPU %s was not traced; %s was", report->called,
			cpus_format(&missing, wanted, sizeof(wanted)),
			cpus_format(&report->traced, there, sizeof(there)));
		return HFT_EXIT_FAILED;
	}
	report->chosen = report->options->cpus;
	return 0;
}

/* ------------------------------------------------------------------ periods */

static void print_period(struct report *report)
{
	__s64 start = hft_reader_realtime(report->reader, report->period.start);
	char from[FORMAT_SIZE];

	ledger_sort(report->ledger);
	if (report->options->json) {
		json_object(report->options->json, NULL);
		json_u64(report->options->json, "start_tsc", report->period.start);
		json_u64(report->options->json, "end_tsc", report->period.end);
		json_s64(report->options->json, "start_realtime_ns", start);
		ledger_json(report->ledger, &report->period, report->options->json, "cpus");
		span_names_json(&report->spans, &report->period, report->options->json, "spans");
		probe_counts_json(report->probes, &report->period, report->options->json, "probes");
		json_close(report->options->json);
		return;
	}
	if (report->by)
		printf("---- from %s\n", format_clock(from, start));
	ledger_print(report->ledger, &report->period, stdout);
	span_names_print(&report->spans, &report->period, stdout);
	probe_counts_print(report->probes, &report->period, stdout);
}

static int end_period(struct report *report)
{
	print_period(report);
	return report->options->limits ? limits_check_period(&report->check, &report->period) : 0;
}

/* 0; -E2BIG: too many of them for anybody to read; -ENOMEM. */
static int next_period(struct report *report)
{
	size_t i;
	int err;

	if (++report->periods > PERIODS_MAX)
		return -E2BIG;
	err = end_period(report);
	if (err)
		return err;
	ledger_reset(report->ledger);
	own_counts_reset(report->own);
	probe_counts_reset(report->probes);
	for (i = 0; i < report->spans.names; i++) {
		histogram_reset(&report->spans.name[i].duration);
		report->spans.name[i].longest = (struct stretch){ 0 };
	}
	report->period.start = report->period.end;
	report->period.end += report->by;
	return 0;
}

static void begin(struct report *report, const struct hft_record *first)
{
	__u64 started = 0;

	recording_window(report->options->path, report->reader, &started, &report->stopped);
	report->armed = recording_armed(report->options->path, report->reader);
	if (!started || (started > first->start && !report->armed))
		started = first->start;
	report->period.start = started;
	report->period.end = report->by ? started + report->by : ~(__u64)0;
	report->period.least = report->by;
	ledger_begin(report->ledger, started);
}

static int take_kernel(void *context, const struct hft_record *record)
{
	struct report *report = context;
	int err;

	own_counts_feed(report->own, record);
	err = ledger_feed(report->ledger, record);
	if (!err)
		err = probe_counts_feed(report->probes, record);
	if (!err)
		err = samples_feed(report->samples, &report->chosen, record);
	return err ? err : violations_feed(&report->violations, record);
}

static int take_program(void *context, const struct hft_record *record)
{
	struct report *report = context;

	own_counts_feed(report->own, record);
	return record->tsc < report->armed ? 0 : spans_offer(&report->spans, record);
}

static int take_in_periods(void *context, const struct hft_record *record)
{
	struct report *report = context;
	int err = 0;

	while (record->tsc >= report->period.end && !err)
		err = next_period(report);
	if (err)
		return err;
	return report->spans.is_user[record->ring] ? take_program(report, record) :
	       take_kernel(report, record);
}

static int read_all(struct report *report)
{
	const struct reading kernel = { .take = take_kernel, .context = report };
	const struct reading program = {
		.take = take_program, .context = report, .types = &span_records,
	};
	const struct reading both = { .take = take_in_periods, .context = report };

	/* at the end of a period all are to have got that far */
	return report->by ? readahead_each(report->reader, 0, &both) :
	       readahead_kinds(report->reader, &kernel, &program);
}

static int read_records(struct report *report)
{
	struct hft_record first = { .start = ~(__u64)0 };
	__u64 last;
	int err;

	err = hft_reader_first(report->reader, &first);
	if (err && err != -ENODATA)
		return err;
	begin(report, &first);
	err = read_all(report);
	if (err)
		return err;
	last = recording_last(report->reader);
	if (!last) {
		if (!report->stopped)
			report->period.start = 0;
		report->period.end = report->stopped > report->period.start ? report->stopped :
				     report->period.start;
		return 0;
	}
	if (report->stopped > last)
		last = report->stopped;
	for (err = 0; report->by && last >= report->period.end && !err;)
		err = next_period(report);
	if (err)
		return err;
	report->period.end = last > report->period.start ? last : report->period.start;
	return ledger_finish(report->ledger, last);
}

/* -------------------------------------------------------------- not hooked */

/* What was not watched cannot be missed in the tables without a word. */
static void tell_unhooked(struct report *report)
{
	char *text = facts_value(report->options->path, "recording", "hooks");
	char *why = facts_value(report->options->path, "recording", "kernel_why_not");
	char word[128], names[HOOKS_TEXT], escaped[512];
	struct json *json = report->options->json;
	__u64 mask = 0;

	if (!text && !why)
		goto out;	/* the recorder did not note it */
	if (text && hooks_parse(text, &mask, word, sizeof(word)))
		mask = 0;
	mask = report->options->hooks & ~mask;
	if (json) {
		json_string(json, "not_hooked", mask ? hooks_format(mask, names) : "");
	} else if (!text) {
		printf("The kernel was not recorded: %s\n",
		       text_escape(escaped, sizeof(escaped), why, strlen(why)));
	} else if (mask) {
		printf("Not hooked, so not in the tables: %s", hooks_format(mask, names));
		if (mask & HFT_HOOK_BIT(HFT_HOOK_SYSCALL))
			fputs(UNNAMED_CALLS, stdout);
		putchar('\n');
	}
out:
	free(why);
	free(text);
}

/* Of the whole recording, whatever -i says. */
static int tell_samples(struct report *report)
{
	struct json *json = report->options->json;
	struct event_names events;
	struct symbols *symbols;
	int err = symbols_open(&symbols, report->options->path);

	if (err)
		return err;
	event_names_read(&events, report->options->path);
	if (json)
		err = samples_json(report->samples, symbols, &events, json, "samples");
	else
		err = samples_print(report->samples, symbols, &events, stdout);
	symbols_close(symbols);
	return err;
}

/* Of the whole recording. */
static void tell_violations(struct report *report)
{
	const char *path = report->options->path;
	char *threads = facts_value(path, "recording", "no_syscalls");

	if (report->options->json)
		violations_json(&report->violations, path, report->reader, report->options->json,
				"forbidden_syscalls");
	else
		violations_print(&report->violations, path, threads, report->reader, stdout);
	free(threads);
}

static int tell_limits(struct report *report)
{
	int err;

	if (!report->options->limits)
		return 0;
	err = limits_check_finish(&report->check);
	if (err)
		return err;
	if (report->options->json)
		limits_check_json(&report->check, report->options->json, "limits");
	else
		limits_check_print(&report->check, stdout);
	return 0;
}

static int make_report(struct report *report)
{
	int err;

	if (report->options->json)
		json_array(report->options->json, "periods");
	err = read_records(report);
	if (err)
		return err;
	err = end_period(report);
	if (err)
		return err;
	if (report->options->json)
		json_close(report->options->json);
	err = tell_limits(report);
	if (err)
		return err;
	tell_violations(report);
	err = tell_samples(report);
	if (err)
		return err;
	tell_unhooked(report);
	if (report->options->json)
		losses_json(report->reader, report->options->json, "losses");
	else
		losses_print(report->reader, stdout);
	return 0;
}

/* Whether all went well, or what of that which did not counts most. */
static int exit_code(struct report *report)
{
	size_t unmeasured = limits_check_count(&report->check, LIMIT_NOT_MEASURED);
	char text[512];

	if (report->violations.count || limits_check_count(&report->check, LIMIT_EXCEEDED))
		return HFT_EXIT_THRESHOLD;
	if (unmeasured) {
		message("%zu limits of %s were not measured, so nobody knows whether they hold",
			unmeasured, report->options->limits->path);
		return HFT_EXIT_FAILED;
	}
	if (report->options->limits && !report->check.count) {
		message("%s has no limits of CPU %s", report->options->limits->path,
			cpus_format(&report->chosen, text, sizeof(text)));
		return HFT_EXIT_FAILED;
	}
	return losses_any(report->reader) ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

/* What the recording is held against. 0 or -errno. */
static int open_parts(struct report *report)
{
	static const struct span_choice no_spans = { .slowest = 1 };
	const char *path = report->options->path;
	int err;

	err = spans_init(&report->spans, path, report->reader, &no_spans);
	report->probes = calloc(1, sizeof(*report->probes));
	if (!err && !report->probes)
		err = -ENOMEM;
	if (!err)
		err = samples_new(&report->samples, report->reader);
	if (!err)
		err = ledger_open(&report->ledger, path, report->reader, &report->chosen);
	if (!err)
		err = own_cost_read(&report->cost, path);
	if (!err)
		err = own_counts_new(&report->own, &report->cost, report->reader);
	report->period.own = report->own;
	report->subject = (struct limits_subject){
		.recording = path, .passing = report->options->called,
		.reader = report->reader, .traced = &report->traced, .chosen = &report->chosen,
		.ledger = report->ledger, .spans = &report->spans, .cost = &report->cost,
	};
	if (!err && report->options->limits)
		err = limits_check_open(&report->check, report->options->limits, &report->subject);
	return err;
}

static void close_parts(struct report *report)
{
	limits_check_close(&report->check);
	own_counts_free(report->own);
	own_cost_free(&report->cost);
	violations_uninit(&report->violations);
	ledger_close(report->ledger);
	spans_uninit(&report->spans);
	if (report->probes)
		probe_counts_uninit(report->probes);
	free(report->probes);
	samples_free(report->samples);
}

/* Limits are times, and intervals, too. */
static int check_clock(struct report *report)
{
	const struct report_options *options = report->options;
	double hz = hft_reader_hz(report->reader);

	report->by = (__u64)llround((double)options->interval_ns * hz / 1e9);
	if ((!options->interval_ns || report->by) &&
	    (hz > 0 || (!options->limits && !options->write_limits)))
		return 0;
	message("%s: its clock's rate is not known, so %s cannot be used", report->called,
		options->interval_ns ? "-i" : "limits");
	return HFT_EXIT_FAILED;
}

int report_make(struct report *report)
{
	const struct report_options *options = report->options;
	int err = make_report(report);
	int status;

	if (err == -E2BIG)
		message("%s: more than %u tables; take a longer -i", report->called, PERIODS_MAX);
	else if (err)
		message("%s: %s", report->called, strerror(-err));
	if (err)
		return HFT_EXIT_FAILED;
	report->told = true;
	status = output_finish(exit_code(report));
	if (status != HFT_EXIT_FAILED && options->write_limits &&
	    limits_write(options->write_limits, &report->subject, &report->period))
		status = HFT_EXIT_FAILED;
	return status;
}

bool report_told(const struct report *report)
{
	return report->told;
}

struct ledger *report_ledger(const struct report *report)
{
	return report->ledger;
}

const struct period *report_period(const struct report *report)
{
	return &report->period;
}

__u64 report_spans(const struct report *report)
{
	return report->spans.seen;
}

int report_open(struct report **made, const struct report_options *options)
{
	struct report *report = calloc(1, sizeof(*report));
	int status, err;

	if (!report) {
		message("out of memory");
		return HFT_EXIT_FAILED;
	}
	report->options = options;
	report->called = options->called ? options->called : options->path;
	status = source_open_recording(&report->reader, options->path);
	if (status)
		goto err_free;
	report->period.reader = report->reader;
	status = choose_cpus(report);
	if (!status)
		status = check_clock(report);
	if (status)
		goto err_close;
	err = open_parts(report);
	if (!err) {
		*made = report;
		return HFT_EXIT_OK;
	}
	message("%s: %s", report->called, strerror(-err));
	status = HFT_EXIT_FAILED;
	close_parts(report);
err_close:
	hft_reader_close(report->reader);
err_free:
	free(report);
	return status;
}

void report_close(struct report *report)
{
	close_parts(report);
	hft_reader_close(report->reader);
	free(report);
}
