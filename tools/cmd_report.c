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
#include "lib/limits.h"
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
	__u64 interval_ns;	/* 0: all in one */
	const char *limits;	/* a file; NULL: none */
	const char *write_limits;
	bool json;
};

struct report {
	const struct options *options;
	struct hft_reader *reader;
	struct ledger *ledger;
	struct spans spans;
	struct own_cost cost;
	struct own_counts *own;
	struct limits limits;
	struct limits_subject subject;
	struct limits_check check;
	struct probe_counts *probes;
	struct samples *samples;
	struct cpus traced;
	struct cpus chosen;	/* of those */
	struct violations violations;
	struct period period;
	__u64 stopped;		/* ticks, as the recorder noted; 0: not known */
	__u64 by;		/* ticks, 0: all in one */
	unsigned int periods;	/* that are over */
	struct json json;
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
		message("%s: CPU %s was not traced; %s was", report->options->path,
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
		own_counts_feed(report->own, &record);
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

/* Of the whole recording, whatever -i says. */
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

static int tell_limits(struct report *report)
{
	int err;

	if (!report->options->limits)
		return 0;
	err = limits_check_finish(&report->check);
	if (err)
		return err;
	if (report->options->json)
		limits_check_json(&report->check, &report->json, "limits");
	else
		limits_check_print(&report->check, stdout);
	return 0;
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
	err = end_period(report);
	if (err)
		return err;
	if (report->options->json)
		json_close(&report->json);
	err = tell_limits(report);
	if (err)
		return err;
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

/* Whether all went well, or what of that which did not counts most. */
static int exit_code(struct report *report)
{
	size_t unmeasured = limits_check_count(&report->check, LIMIT_NOT_MEASURED);
	char text[512];

	if (report->violations.count || limits_check_count(&report->check, LIMIT_EXCEEDED))
		return HFT_EXIT_THRESHOLD;
	if (unmeasured) {
		message("%zu limits of %s were not measured, so nobody knows whether they hold",
			unmeasured, report->options->limits);
		return HFT_EXIT_FAILED;
	}
	if (report->options->limits && !report->check.count) {
		message("%s has no limits of CPU %s", report->options->limits,
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
		err = samples_new(&report->samples);
	if (!err)
		err = ledger_open(&report->ledger, path, report->reader, &report->chosen);
	if (!err)
		err = own_cost_read(&report->cost, path);
	if (!err)
		err = own_counts_new(&report->own, &report->cost, report->reader);
	report->period.own = report->own;
	report->subject = (struct limits_subject){
		.recording = path, .reader = report->reader, .traced = &report->traced,
		.chosen = &report->chosen, .ledger = report->ledger, .spans = &report->spans,
		.cost = &report->cost,
	};
	if (!err && report->options->limits)
		err = limits_check_open(&report->check, &report->limits, &report->subject);
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
	const struct options *options = report->options;
	double hz = hft_reader_hz(report->reader);

	report->by = (__u64)llround((double)options->interval_ns * hz / 1e9);
	if ((!options->interval_ns || report->by) &&
	    (hz > 0 || (!options->limits && !options->write_limits)))
		return 0;
	message("%s: its clock's rate is not known, so %s cannot be used", options->path,
		options->interval_ns ? "-i" : "limits");
	return HFT_EXIT_FAILED;
}

static int run_report(const struct options *options)
{
	struct report report = { .options = options };
	int status, err;

	status = source_open_recording(&report.reader, options->path);
	if (status)
		return status;
	report.period.reader = report.reader;
	status = choose_cpus(&report);
	if (!status)
		status = check_clock(&report);
	if (!status && options->limits)
		status = limits_read(&report.limits, options->limits);
	if (status)
		goto out;
	err = open_parts(&report);
	if (!err)
		err = make_report(&report);
	if (err == -E2BIG)
		message("%s: more than %u tables; take a longer -i", options->path, PERIODS_MAX);
	else if (err)
		message("%s: %s", options->path, strerror(-err));
	status = err ? HFT_EXIT_FAILED : output_finish(exit_code(&report));
	if (!err && status != HFT_EXIT_FAILED && options->write_limits &&
	    limits_write(options->write_limits, &report.subject, &report.period))
		status = HFT_EXIT_FAILED;
	close_parts(&report);
out:
	limits_free(&report.limits);
	hft_reader_close(report.reader);
	return status;
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "cpus", required_argument, NULL, 'c' },
		{ "interval", required_argument, NULL, 'i' },
		{ "limits", required_argument, NULL, 'l' },
		{ "write-limits", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ "symbols", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:i:", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			if (cpus_parse(&options->cpus, optarg))
				return usage_error(&cmd_report,
						   "-c takes CPUs like 1-3,7, not '%s'", optarg);
			options->cpus_given = true;
			break;
		case 'i':
			if (parse_duration(optarg, 0, &options->interval_ns) ||
			    options->interval_ns < 1000)
				return usage_error(&cmd_report,
						   "-i takes a time like 1s, not '%s'", optarg);
			break;
		case 'l':
			options->limits = optarg;
			break;
		case 'w':
			options->write_limits = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'S':
			if (take_symbols_directory(&cmd_report, optarg))
				return HFT_EXIT_USAGE;
			break;
		default:
			return option_error(&cmd_report, option, argv);
		}
	}
	if (options->write_limits && (options->limits || options->interval_ns))
		return usage_error(&cmd_report,
				   "--write-limits is of the whole recording: leave %s out",
				   options->limits ? "--limits" : "-i");
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
"  -i, --interval TIME  tables for each 1s, 10ms of the recording\n"
"  --limits FILE        what may happen at most; exit 2 when more did. Lines like these:\n"
"                         cpu 1-3                # or 'cpu *': all others\n"
"                         irq:eth0*    count<10/s max<5us\n"
"                         page_fault   none\n"
"                         visit        time<50ppm p99.9<10us\n"
"                         spans\n"
"                         order        p99.9<40us max<100us\n"
"                       With -i each interval has to keep them. See hftrace-report(1)\n"
"  --write-limits FILE  a first such file: twice what was measured\n"
HELP_SYMBOLS
"  --json               as JSON\n"
"\n"
"What 'hftrace record --no-syscalls' saw is listed with its stacks.\n"
"\n"
"Exit status: 0 fine, 1 failed, or a limit was not measured, 2 a limit was exceeded, or\n"
"a thread made system calls that was to make none, 3 records were lost or damaged,\n"
"64 wrong usage, or a file of limits that cannot be understood.\n"
"\n"
"examples:\n"
"  hftrace report monday.hft\n"
"  hftrace report monday.hft -c 3 -i 1s\n"
"  hftrace report monday.hft --write-limits engine.limits\n"
"  hftrace report tuesday.hft --limits engine.limits || echo 'not as quiet as it was'\n"
"  hftrace report monday.hft --json > ledger.json\n",
};
