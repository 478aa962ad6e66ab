// SPDX-License-Identifier: GPL-2.0
/* hftrace report: every entry into the kernel on the traced CPUs. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/facts.h"
#include "lib/hooks.h"
#include "lib/ledger_print.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/samples.h"
#include "lib/source.h"
#include "lib/violations.h"
#include "lib/window.h"

#define PERIODS_MAX	10000U
#define UNNAMED_CALLS	"; system calls are in kernel_entry ('hftrace attach syscall' names them)"

struct options {
	const char *path;
	struct cpus cpus;
	bool cpus_given;
	__u64 by_ns;		/* 0: all in one */
	bool json;
};

struct report {
	const struct options *options;
	struct hft_reader *reader;
	struct ledger *ledger;
	struct spans spans;
	struct probe_counts *probes;
	struct samples *samples;
	struct cpus chosen;
	struct violations violations;
	struct period period;
	__u64 stopped;		/* ticks, as the recorder noted; 0: not known */
	__u64 by;		/* ticks, 0: all in one */
	unsigned int periods;	/* that are over */
	struct json json;
};

/* 0 or an exit code. */
static int choose_cpus(struct report *report, struct cpus *chosen)
{
	char wanted[256], there[256];
	struct cpus missing;

	recording_cpus(report->options->path, report->reader, chosen);
	if (!report->options->cpus_given)
		return 0;
	cpus_without(&missing, &report->options->cpus, chosen);
	if (cpus_count(&missing)) {
		message("%s: CPU %s was not traced; %s was", report->options->path,
			cpus_format(&missing, wanted, sizeof(wanted)),
			cpus_format(chosen, there, sizeof(there)));
		return HFT_EXIT_FAILED;
	}
	*chosen = report->options->cpus;
	return 0;
}

/* ------------------------------------------------------------------ periods */

static void print_period(struct report *report)
{
	__s64 start = hft_reader_realtime(report->reader, report->period.start);
	char from[FORMAT_SIZE];

	ledger_sort(report->ledger);
	if (report->options->json) {
		json_object(&report->json, NULL);
		json_u64(&report->json, "start_tsc", report->period.start);
		json_u64(&report->json, "end_tsc", report->period.end);
		json_s64(&report->json, "start_realtime_ns", start);
		ledger_json(report->ledger, &report->period, &report->json, "cpus");
		span_names_json(&report->spans, &report->period, &report->json, "spans");
		probe_counts_json(report->probes, &report->period, &report->json, "probes");
		json_close(&report->json);
		return;
	}
	if (report->by)
		printf("---- from %s\n", format_clock(from, start));
	ledger_print(report->ledger, &report->period, stdout);
	span_names_print(&report->spans, &report->period, stdout);
	probe_counts_print(report->probes, &report->period, stdout);
}

/* 0, or -E2BIG: too many of them for anybody to read. */
static int next_period(struct report *report)
{
	size_t i;

	if (++report->periods > PERIODS_MAX)
		return -E2BIG;
	print_period(report);
	ledger_reset(report->ledger);
	probe_counts_reset(report->probes);
	for (i = 0; i < report->spans.names; i++)
		histogram_reset(&report->spans.name[i].duration);
	report->period.start = report->period.end;
	report->period.end += report->by;
	return 0;
}

static void begin(struct report *report, const struct hft_record *first)
{
	__u64 started = 0;

	recording_window(report->options->path, report->reader, &started, &report->stopped);
	if (!started || started > first->start)
		started = first->start;
	report->period.start = started;
	report->period.end = report->by ? started + report->by : ~(__u64)0;
	ledger_begin(report->ledger, started);
}

static int read_records(struct report *report)
{
	struct hft_record record;
	__u64 last = 0;
	int err;

	while (!(err = hft_reader_next(report->reader, &record))) {
		if (!last)
			begin(report, &record);
		last = record.tsc ? record.tsc : 1;
		while (report->by && record.tsc >= report->period.end && !err)
			err = next_period(report);
		if (err)
			return err;
		if (record.type == HFT_REC_SPAN)
			err = spans_offer(&report->spans, &record);
		else
			err = ledger_feed(report->ledger, &record);
		if (!err)
			err = probe_counts_feed(report->probes, &record);
		if (!err)
			err = samples_feed(report->samples, report->reader, &report->chosen,
					   &record);
		if (!err)
			err = violations_feed(&report->violations, &record);
		if (err)
			return err;
	}
	if (err != -ENODATA)
		return err;
	if (!last) {
		struct hft_record nothing = { .start = ~(__u64)0 };

		begin(report, &nothing);
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
	__u64 mask = 0;

	if (!text && !why)
		goto out;	/* the recorder did not note it */
	if (text && hooks_parse(text, &mask, word, sizeof(word)))
		mask = 0;
	mask = HOOKS_ALL & ~mask;
	if (report->options->json) {
		json_string(&report->json, "not_hooked", mask ? hooks_format(mask, names) : "");
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

/* Of the whole recording, whatever --by says. */
static int tell_samples(struct report *report)
{
	struct event_names events;
	struct symbols *symbols;
	int err = symbols_open(&symbols, report->options->path);

	if (err)
		return err;
	event_names_read(&events, report->options->path);
	if (report->options->json)
		err = samples_json(report->samples, symbols, &events, &report->json, "samples");
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
		violations_json(&report->violations, path, report->reader, &report->json,
				"forbidden_syscalls");
	else
		violations_print(&report->violations, path, threads, report->reader, stdout);
	free(threads);
}

static int make_report(struct report *report)
{
	int err;

	if (report->options->json) {
		json_start(&report->json, stdout);
		json_object(&report->json, NULL);
		json_array(&report->json, "periods");
	}
	err = read_records(report);
	if (err)
		return err;
	print_period(report);
	if (report->options->json)
		json_close(&report->json);
	tell_violations(report);
	err = tell_samples(report);
	if (err)
		return err;
	tell_unhooked(report);
	if (report->options->json) {
		losses_json(report->reader, &report->json, "losses");
		json_close(&report->json);
		json_newline(&report->json);
	} else {
		losses_print(report->reader, stdout);
	}
	return 0;
}

static int run_report(const struct options *options)
{
	const struct span_choice no_spans = { .slowest = 1 };
	struct report report = { .options = options };
	int status, err;

	status = source_open_recording(&report.reader, options->path);
	if (status)
		return status;
	report.period.reader = report.reader;
	status = choose_cpus(&report, &report.chosen);
	if (status)
		goto out;
	report.by = (__u64)llround((double)options->by_ns * hft_reader_hz(report.reader) / 1e9);
	if (options->by_ns && !report.by) {
		message("%s: its clock's rate is not known, so --by cannot be used", options->path);
		status = HFT_EXIT_FAILED;
		goto out;
	}
	err = spans_init(&report.spans, options->path, report.reader, &no_spans);
	report.probes = calloc(1, sizeof(*report.probes));
	if (!err && !report.probes)
		err = -ENOMEM;
	if (!err)
		err = samples_new(&report.samples);
	if (!err)
		err = ledger_open(&report.ledger, options->path, report.reader, &report.chosen);
	if (!err)
		err = make_report(&report);
	if (err == -E2BIG)
		message("%s: more than %u tables; take a longer --by", options->path, PERIODS_MAX);
	else if (err)
		message("%s: %s", options->path, strerror(-err));
	status = err ? HFT_EXIT_FAILED :
		 output_finish(report.violations.count ? HFT_EXIT_THRESHOLD :
			       losses_any(report.reader) ? HFT_EXIT_LOST : HFT_EXIT_OK);
	violations_uninit(&report.violations);
	ledger_close(report.ledger);
	spans_uninit(&report.spans);
	if (report.probes)
		probe_counts_uninit(report.probes);
	free(report.probes);
	samples_free(report.samples);
out:
	hft_reader_close(report.reader);
	return status;
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "cpus", required_argument, NULL, 'c' },
		{ "by", required_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			if (cpus_parse(&options->cpus, optarg))
				return usage_error(&cmd_report,
						   "-c takes CPUs like 1-3,7, not '%s'", optarg);
			options->cpus_given = true;
			break;
		case 'b':
			if (parse_duration(optarg, 0, &options->by_ns) || options->by_ns < 1000)
				return usage_error(&cmd_report,
						   "--by takes a time like 1s, not '%s'", optarg);
			break;
		case 'j':
			options->json = true;
			break;
		default:
			return option_error(&cmd_report, option, argv);
		}
	}
	if (optind == argc)
		return usage_error(&cmd_report, "which recording?");
	options->path = argv[optind++];
	return no_more_arguments(&cmd_report, argc, argv);
}

static int run(int argc, char **argv)
{
	struct options options = { 0 };
	int status;

	status = parse(argc, argv, &options);
	return status ? status : run_report(&options);
}

const struct hft_command cmd_report = {
	.name = "report",
	.summary = "Counts and times every entry into the kernel on traced CPUs",
	.usage = "NAME.hft [OPTION]...",
	.risk = HFT_RISK_NONE,
	.run = run,
	.help =
"For each traced CPU: how often the kernel had it, by cause, and for how long, net of\n"
"what nested inside: interrupts, softirqs, vectors, NMIs, page faults, system calls,\n"
"kernel visits as a whole and their rest, entry and exit; which tasks ran, and for how\n"
"long each time; how long they waited for the CPU once somebody had woken them, and\n"
"who woke the one that waited longest. How long the spans of each name took. And, of\n"
"record --sample, the functions that were hot.\n"
"\n"
"  -c, --cpus LIST      only these: 1-3,7\n"
"  --by TIME            a table for each 1s, 10ms of the recording\n"
"  --json               as JSON\n"
"\n"
"What 'hftrace record --no-syscalls' saw is listed with its stacks.\n"
"\n"
"Exit status: 0 fine, 1 failed, 2 a thread made system calls that was to make none,\n"
"3 records were lost or damaged, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace report monday.hft\n"
"  hftrace report monday.hft -c 3 --by 1s\n"
"  hftrace report monday.hft --json > ledger.json\n",
};
