// SPDX-License-Identifier: GPL-2.0
/* hftrace run: a question, recorded and answered. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/explain.h"
#include "lib/hooks.h"
#include "lib/manners.h"
#include "lib/output.h"
#include "lib/presets.h"
#include "lib/recorder_options.h"
#include "lib/recorder_run.h"
#include "lib/report.h"

#define DURATION_DEFAULT_NS	10000000000ULL
#define SHOWN_DEFAULT		5
#define SPANS_SHOWN		3

enum {
	OPT_MAX = 256,
	OPT_RING_SIZE,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "pid", required_argument, NULL, 'p' },
	{ "duration", required_argument, NULL, 'd' },
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'f' },
	{ "cases", required_argument, NULL, 'n' },
	{ "max", required_argument, NULL, OPT_MAX },
	{ "ring-size", required_argument, NULL, OPT_RING_SIZE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

struct request {
	const struct preset *preset;
	struct recorder_options recorder;
	struct recorder_plan plan;
	__u64 shown;		/* cases */
	__u64 max_ns;		/* that one may take; 0: as long as it likes */
	bool as_json;
	char name[PATH_MAX];	/* of the recording */
};

/* ------------------------------------------------------------ what is asked */

static int take_option(struct request *request, int option, char **argv)
{
	struct recorder_options *recorder = &request->recorder;

	switch (option) {
	case 'c':
		return recorder_take_cpus(recorder, &cmd_run, optarg);
	case 'p':
		return recorder_take_pid(recorder, &cmd_run, optarg);
	case 'd':
		return recorder_take_duration(recorder, &cmd_run, optarg);
	case 'o':
		return recorder_take_output(recorder, &cmd_run, optarg);
	case 'f':
		recorder->replace = true;
		return 0;
	case 'n':
		if (parse_u64(optarg, &request->shown) || !request->shown)
			return usage_error(&cmd_run, "-n takes 1 or more, not '%s'", optarg);
		return 0;
	case OPT_MAX:
		if (parse_duration(optarg, 0, &request->max_ns) || !request->max_ns)
			return usage_error(&cmd_run, "--max takes a time like 10us, not '%s'",
					   optarg);
		return 0;
	case OPT_RING_SIZE:
		return recorder_take_ring_size(recorder, &cmd_run, optarg);
	case OPT_JSON:
		request->as_json = true;
		return 0;
	default:
		return option_error(&cmd_run, option, argv);
	}
}

/* The preset comes first: argv[0]. */
static int parse(int argc, char **argv, struct request *request)
{
	int option, status;
	char names[64];

	request->preset = preset_find(argv[0]);
	if (!request->preset)
		return usage_error(&cmd_run, "no preset '%s'; there are %s", argv[0],
				   presets_names(names, sizeof(names)));
	request->shown = SHOWN_DEFAULT;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:c:p:d:o:fn:", long_options, NULL)) >= 0) {
		status = take_option(request, option, argv);
		if (status)
			return status;
	}
	return recorder_take_command(&request->recorder, &cmd_run, argc, argv);
}

/* ------------------------------------------------------------- the recording */

/* Hooks that the answer has to do without. */
static void say_absent(const struct request *request)
{
	__u64 attached = request->plan.device.hello.hooks_attached;
	__u64 supported = request->plan.device.hello.hooks_supported;
	__u64 absent = request->preset->hooks & ~attached;
	char text[HOOKS_TEXT];

	if (absent & ~supported)
		message("not in the answer, as this kernel lacks it: %s; 'hftrace list' says why",
			hooks_format(absent & ~supported, text));
	if (absent & supported)
		message("not in the answer: %s; 'hftrace attach %s' says what that costs",
			hooks_format(absent & supported, text), text);
}

static void say_start(const struct request *request)
{
	__u64 ns = request->recorder.duration_ns;
	char cpus[256], time[FORMAT_SIZE];

	message("%s on CPU %s%s%s; Ctrl-C ends it earlier", request->preset->name,
		cpus_format(&request->plan.arming.cpus, cpus, sizeof(cpus)),
		ns ? " for " : ", until the command ends", ns ? format_ns(time, (double)ns) : "");
}

/* enum hft_exit; the recording is there if it is OK or LOST. */
static int record(struct request *request)
{
	struct recorder_options *recorder = &request->recorder;
	char prefix[32];
	int status = 0;

	recorder->hooks = request->preset->needs;
	recorder->hooks_given = true;
	recorder->hooks_besides = request->preset->hooks;
	if (!recorder->duration_ns && !recorder->command)
		recorder->duration_ns = DURATION_DEFAULT_NS;
	if (!recorder->cpus_given && !recorder->tgids_count && !recorder->command) {
		status = manners_traced_cpus(&recorder->cpus);
		recorder->cpus_given = true;
	}
	snprintf(prefix, sizeof(prefix), "hftrace-%s", request->preset->name);
	if (!status)
		status = recorder_choose_name(recorder, &cmd_run, prefix, request->name);
	if (!status)
		status = recorder_plan(recorder, &request->plan);
	if (status)
		return status;
	say_absent(request);
	say_start(request);
	return recorder_run(recorder, &request->plan);
}

/* ---------------------------------------------------------------- the answer */

/* A limit is worse than a loss; anything is worse than nothing. */
static int worse(int a, int b)
{
	static const int worst_first[] = {
		HFT_EXIT_USAGE, HFT_EXIT_FAILED, HFT_EXIT_THRESHOLD, HFT_EXIT_LOST,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(worst_first); i++)
		if (a == worst_first[i] || b == worst_first[i])
			return worst_first[i];
	return HFT_EXIT_OK;
}

/* Nobody need have marked spans. */
static int explain_spans(const struct request *request, const struct report *report,
			 struct json *json)
{
	struct explain_options options = {
		.path = request->name,
		.choice = { .slowest = SPANS_SHOWN },
		.json = json,
		.key = "slowest_spans",
		.chosen = true,
		.none_is_fine = true,
	};

	if (!request->preset->spans || !report_spans(report))
		return HFT_EXIT_OK;
	if (!json)
		printf("\nThe slowest of its own spans:\n\n");
	return explain_run(&options);
}

static int check_limit(const struct request *request, const struct cases *cases,
		       const struct period *period)
{
	double longest = cases_longest(cases, period);
	char took[FORMAT_SIZE], limit[FORMAT_SIZE];

	if (!request->max_ns || longest <= (double)request->max_ns)
		return HFT_EXIT_OK;
	message("%s: %s, and --max is %s", request->preset->name, format_ns(took, longest),
		format_ns(limit, (double)request->max_ns));
	return HFT_EXIT_THRESHOLD;
}

static void say_kept(const struct request *request, const struct cases *cases,
		     const struct period *period)
{
	char when[FORMAT_SIZE];

	printf("\nKept: %s; more: hftrace report %s", request->name, request->name);
	if (cases->count)
		printf("; around the worst:\n  hftrace dump %s --since %s -n 20", request->name,
		       format_clock(when, hft_reader_realtime(period->reader,
							      cases->at[0].longest.start)));
	putchar('\n');
}

/* The report is open, the cases are watching. */
static int tell(const struct request *request, struct report *report, struct cases *cases,
		struct json *json)
{
	const struct owners command = {
		&request->plan.command_pid, request->plan.command_pid ? 1 : 0,
	};
	const struct owners processes = {
		request->recorder.tgids, request->recorder.tgids_count,
	};
	const struct period *period = report_period(report);
	int status = report_make(report);

	if (!report_told(report))
		return status;
	if (cases_settle(cases, period, processes.count ? &processes : &command)) {
		message("out of memory");
		return HFT_EXIT_FAILED;
	}
	if (json) {
		cases_json(cases, period, json);
	} else {
		putchar('\n');
		cases_print(cases, period, request->shown, stdout);
	}
	status = worse(status, explain_spans(request, report, json));
	if (!json)
		say_kept(request, cases, period);
	return worse(status, check_limit(request, cases, period));
}

static int answer(const struct request *request)
{
	struct report_options options = {
		.path = request->name,
		.hooks = request->preset->needs | request->preset->hooks,
	};
	struct report *report;
	struct cases cases;
	struct json json;
	int status;

	status = report_open(&report, &options);
	if (status)
		return status;
	cases_init(&cases, report_ledger(report), &request->preset->rule);
	if (request->as_json) {
		json_start(&json, stdout);
		json_object(&json, NULL);
		json_string(&json, "preset", request->preset->name);
		json_string(&json, "question", request->preset->question);
		json_string(&json, "recording", request->name);
		options.json = &json;
	} else {
		printf("%s\n\n", request->preset->question);
	}
	status = tell(request, report, &cases, options.json);
	if (options.json)
		json_finish(&json);
	cases_uninit(&cases);
	report_close(report);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	int status;

	if (argc == 1) {
		printf("usage: hftrace run PRESET [OPTION]...\n\n");
		presets_print(stdout);
		printf("\n'hftrace run --help' says more.\n");
		return HFT_EXIT_OK;
	}
	recorder_options_init(&request.recorder, argc, argv);
	status = parse(argc - 1, argv + 1, &request);
	if (status)
		return status;
	status = record(&request);
	if (status != HFT_EXIT_OK && status != HFT_EXIT_LOST)
		return status;
	recorder_release_signals();
	return worse(status, answer(&request));
}

const struct hft_command cmd_run = {
	.name = "run",
	.summary = "Records for a while and answers one question: jitter, faults, ipi, sched",
	.usage = "PRESET [OPTION]...\n"
		 "PRESET [OPTION]... -- COMMAND [ARGUMENT]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.topics = presets_print,
	.help =
"Arms the hooks that the question takes, records, and prints the tables of 'hftrace\n"
"report' and the worst cases, each with its culprit and what may be done about it. Keeps\n"
"the recording, for all other commands. A thread that had a CPU most of the time is taken\n"
"for its owner; whoever else runs there is a case.\n"
"\n"
"  -c, --cpus LIST      these CPUs: 1-3,7. Default: the isolated and tickless ones; with\n"
"                       -p or a COMMAND where that is pinned, if it is\n"
"  -p, --pid PID        page faults of this process alone, and it is the CPUs' owner; up\n"
"                       to 8 times\n"
"  -d, --duration TIME  record for 10s, 2m, 500ms; default 10s, of a COMMAND to its end\n"
"  -n, --cases N        so many of the worst; default 5, --json has all\n"
"  --max TIME           end with status 2 if one of them took longer: 20us\n"
"  -o, --output NAME    the recording; default hftrace-PRESET-DATE-TIME.hft\n"
"  -f, --force          replace NAME if it is a recording\n"
"  --ring-size SIZE     of each CPU's ring: 4M, if records were lost. Changing it\n"
"                       interrupts CPUs\n"
"  --json               the answer in JSON on stdout\n"
"\n"
"Exit status: 0 fine, 1 failed, 2 a case took longer than --max, 3 records were lost,\n"
"64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace run jitter                            what disturbs the isolated CPUs?\n"
"  hftrace run jitter -c 3 -d 1m --max 20us      status 2 if anything took longer\n"
"  hftrace run faults -p $(pidof engine)\n"
"  hftrace run ipi -c 2-5 -d 30s\n"
"  hftrace run sched -- taskset -c 3 ./engine\n",
};
