// SPDX-License-Identifier: GPL-2.0
/* hftrace explain: where the time of single spans went. */
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/explain.h"
#include "lib/passing.h"

#define SLOWEST_DEFAULT	10

struct request {
	struct explain_options explain;
	struct passing passing;		/* when no path was given, */
	struct cpus cpus;		/* of these CPUs */
	bool cpus_given;
	bool json;
};

static int parse(int argc, char **argv, struct request *request)
{
	struct explain_options *options = &request->explain;
	static const struct option long_options[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "duration", required_argument, NULL, 'd' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "slowest", required_argument, NULL, 'n' },
		{ "span", required_argument, NULL, 's' },
		{ "id", required_argument, NULL, 'i' },
		{ "slower-than", required_argument, NULL, 't' },
		{ "at", required_argument, NULL, '@' },
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "trigger", no_argument, NULL, 'T' },
		{ "symbols", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	struct span_choice *choice = &options->choice;
	__u64 value;
	int option;

	choice->slowest = SLOWEST_DEFAULT;
	passing_init(&request->passing, &cmd_explain, argc, argv);
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":n:c:" PASSING_SHORT_OPTIONS, long_options,
				     NULL)) != -1) {
		options->chosen |= !strchr("jTSdpc", option);
		switch (option) {
		case 'n':
			if (parse_u64(optarg, &value) || !value || value > SPANS_MAX)
				return usage_error(&cmd_explain, "-n takes a number from 1 to %zu",
						   SPANS_MAX);
			choice->slowest = value;
			break;
		case 's':
			choice->name = optarg;
			break;
		case 'i':
			if (parse_u64(optarg, &choice->id))
				return usage_error(&cmd_explain, "--id takes a number, not '%s'",
						   optarg);
			choice->by_id = true;
			break;
		case 't':
			if (parse_duration(optarg, 0, &options->slower_than_ns))
				return usage_error(&cmd_explain,
						   "--slower-than takes a time like 40us, not '%s'",
						   optarg);
			break;
		case '@':
			options->moment = optarg;
			break;
		case 'j':
			request->json = true;
			break;
		case 'a':
			options->all = true;
			break;
		case 'd':
		case 'p':
			if (passing_option(&request->passing, option))
				return HFT_EXIT_USAGE;
			break;
		case 'c':
			if (parse_cpus(optarg, &request->cpus) || !cpus_count(&request->cpus))
				return usage_error(&cmd_explain,
						   "-c takes CPUs like 1-3,7, not '%s'", optarg);
			request->cpus_given = true;
			break;
		case 'T':
			options->trigger = true;
			break;
		case 'S':
			if (take_symbols_directory(&cmd_explain, optarg))
				return HFT_EXIT_USAGE;
			break;
		default:
			return option_error(&cmd_explain, option, argv);
		}
	}
	if (options->all)
		choice->slowest = 0;
	if (options->trigger && options->chosen)
		return usage_error(&cmd_explain, "--trigger chooses one span, and no other option");
	if (optind < argc)
		options->path = argv[optind++];
	else
		options->called = PASSING_CALLED;
	if (options->path && request->cpus_given)
		return usage_error(&cmd_explain, "-c is of the live machine: leave it out");
	return passing_check(&request->passing, options->path) ||
	       no_more_arguments(&cmd_explain, argc, argv) ? HFT_EXIT_USAGE : 0;
}

static int tell(void *context)
{
	struct request *request = context;
	struct json json;

	if (request->json) {
		json_start(&json, stdout);
		request->explain.json = &json;
	}
	return explain_run(&request->explain);
}

static int run(int argc, char **argv)
{
	struct request request = { 0 };
	int status;

	status = parse(argc, argv, &request);
	return status ? status :
	       passing_tell(&request.passing, request.cpus_given ? &request.cpus : NULL,
			    &request.explain.path, tell, &request);
}

const struct hft_command cmd_explain = {
	.name = "explain",
	.summary = "Says where the time of slow spans went",
	.usage = "NAME.hft [OPTION]...\n"
		 "-d TIME [-c LIST] [-p PID]... [OPTION]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Takes the slowest spans of a recording and gives each of their ticks to one cause:\n"
"the thread's own code, an interrupt, a TLB shootdown, a page fault, a system call,\n"
"another task on its CPU, the hypervisor; and names the culprit. The parts add up\n"
"to the span, and where the program had counters in it (hft_span_begin_pmu()), they are\n"
"shown beside the median of its name. Own time beyond what 9 of 10 spans of the same name take is\n"
"called own_code where those counters say why, else unexplained. A call of a function\n"
"that was probed as FUNCTION%return is a span, too, whose name is the probe's.\n"
"\n"
"  -n, --slowest N      so many; default 10\n"
"  --span NAME          only spans of this name\n"
"  --id ID              only those with this id of the engine's; calls have none\n"
"  --slower-than TIME   only those that took at least 40us\n"
"  --at MOMENT          only those open at 14:03:22.5 (local time), +1.5s after the\n"
"                       recording began, -1s before its end\n"
"  --trigger            the span that a window of 'hftrace record --on-trigger' was kept of:\n"
"                       what is told of such a window unless other spans are chosen\n"
HELP_SYMBOLS
"  -d, --duration TIME  not of a recording: record what happens for so long, as 'hftrace\n"
"                       record' does it with the hooks that are attached, tell, forget\n"
"  -p, --pid PID        the same of this process, up to 8 times, while it runs\n"
"  -c, --cpus LIST      then trace these CPUs; default: where the process is pinned\n"
"  --all                every span that matches, in order of time\n"
"  --json               as JSON; with --all one object per line\n"
"\n"
"Exit status: 0 fine, 1 failed or no span matches, 3 records were lost or damaged,\n"
"64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace explain monday.hft\n"
"  hftrace explain monday.hft -n 3 --span tick_to_order\n"
"  hftrace explain late-1.hft                   why this window was kept\n"
"  hftrace explain monday.hft --id 81234\n"
"  hftrace explain -p $(pidof engine) -d 10s    what happens now\n"
"  hftrace explain orders.hft --span engine:on_order\n"
"  hftrace explain monday.hft --at 14:03:22.5\n"
"  hftrace explain monday.hft --all --slower-than 40us --json > slow.ndjson\n",
};
