// SPDX-License-Identifier: GPL-2.0
/* hftrace report: every entry into the kernel on the traced CPUs. */
#include <unistd.h>

#include "command.h"
#include "lib/args.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/passing.h"
#include "lib/report.h"

struct request {
	struct report_options report;
	struct passing passing;		/* when no path was given */
	const char *limits_path;	/* NULL: none */
	struct limits limits;
	bool json;
};

static int parse(int argc, char **argv, struct request *request)
{
	struct report_options *options = &request->report;
	static const struct option long_options[] = {
		{ "cpus", required_argument, NULL, 'c' },
		{ "pid", required_argument, NULL, 'p' },
		{ "duration", required_argument, NULL, 'd' },
		{ "interval", required_argument, NULL, 'i' },
		{ "limits", required_argument, NULL, 'l' },
		{ "write-limits", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ "symbols", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	passing_init(&request->passing, &cmd_report, argc, argv);
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:i:" PASSING_SHORT_OPTIONS, long_options,
				     NULL)) != -1) {
		switch (option) {
		case 'c':
			if (parse_cpus(optarg, &options->cpus) || !cpus_count(&options->cpus))
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
			request->limits_path = optarg;
			break;
		case 'w':
			options->write_limits = optarg;
			break;
		case 'j':
			request->json = true;
			break;
		case 'd':
		case 'p':
			if (passing_option(&request->passing, option))
				return HFT_EXIT_USAGE;
			break;
		case 'S':
			if (take_symbols_directory(&cmd_report, optarg))
				return HFT_EXIT_USAGE;
			break;
		default:
			return option_error(&cmd_report, option, argv);
		}
	}
	if (options->write_limits && (request->limits_path || options->interval_ns))
		return usage_error(&cmd_report,
				   "--write-limits is of the whole recording: leave %s out",
				   request->limits_path ? "--limits" : "-i");
	if (optind < argc)
		options->path = argv[optind++];
	else
		options->called = PASSING_CALLED;
	return passing_check(&request->passing, options->path) ||
	       no_more_arguments(&cmd_report, argc, argv) ? HFT_EXIT_USAGE : 0;
}

/* What would fail at the end fails now. */
static int check_files(struct request *request)
{
	if (request->limits_path) {
		request->report.limits = &request->limits;
		return limits_read(&request->limits, request->limits_path);
	}
	if (!request->report.write_limits || access(request->report.write_limits, F_OK))
		return 0;
	message("%s exists: name another file for the limits, or delete it",
		request->report.write_limits);
	return HFT_EXIT_FAILED;
}

static int tell(void *context)
{
	struct request *request = context;
	struct report *report;
	struct json json;
	int status;

	status = report_open(&report, &request->report);
	if (status)
		return status;
	if (request->json) {
		json_start(&json, stdout);
		json_object(&json, NULL);
		request->report.json = &json;
	}
	status = report_make(report);
	if (request->json)
		json_finish(&json);
	report_close(report);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { .report.hooks = HOOKS_ALL };
	int status;

	status = parse(argc, argv, &request);
	if (!status)
		status = check_files(&request);
	if (!status)
		status = passing_tell(&request.passing,
				      request.report.cpus_given ? &request.report.cpus : NULL,
				      &request.report.path, tell, &request);
	limits_free(&request.limits);
	return status;
}

const struct hft_command cmd_report = {
	.name = "report",
	.summary = "Counts and times every entry into the kernel on traced CPUs",
	.usage = "NAME.hft [OPTION]...\n"
		 "-d TIME [-c LIST] [-p PID]... [OPTION]...",
	.risk = HFT_RISK_PASSIVE,
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
"  -d, --duration TIME  not of a recording: record what happens for so long, as 'hftrace\n"
"                       record' does it with the hooks that are attached, tell, forget\n"
"  -p, --pid PID        the same of this process, up to 8 times, while it runs\n"
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
"  hftrace report -c 1 -d 10s\n"
"  hftrace report monday.hft --write-limits engine.limits\n"
"  hftrace report tuesday.hft --limits engine.limits || echo 'not as quiet as it was'\n"
"  hftrace report monday.hft --json > ledger.json\n",
};
