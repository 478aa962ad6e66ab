// SPDX-License-Identifier: GPL-2.0
/* hftrace explain: where the time of single spans went. */
#include "command.h"
#include "lib/args.h"
#include "lib/explain.h"

#define SLOWEST_DEFAULT	10

static int parse(int argc, char **argv, struct explain_options *options, bool *json)
{
	static const struct option long_options[] = {
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
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":n:", long_options, NULL)) != -1) {
		options->chosen |= option != 'j' && option != 'T' && option != 'S';
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
			*json = true;
			break;
		case 'a':
			options->all = true;
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
	if (optind == argc)
		return usage_error(&cmd_explain, "which recording?");
	options->path = argv[optind++];
	return no_more_arguments(&cmd_explain, argc, argv);
}

static int run(int argc, char **argv)
{
	struct explain_options options = { 0 };
	bool as_json = false;
	struct json json;
	int status;

	status = parse(argc, argv, &options, &as_json);
	if (status)
		return status;
	if (as_json) {
		json_start(&json, stdout);
		options.json = &json;
	}
	return explain_run(&options);
}

const struct hft_command cmd_explain = {
	.name = "explain",
	.summary = "Says where the time of slow spans went",
	.usage = "NAME.hft [OPTION]...",
	.risk = HFT_RISK_NONE,
	.run = run,
	.help =
"Takes the slowest spans of a recording and gives each of their ticks to one cause:\n"
"the thread's own code, an interrupt, a TLB shootdown, a page fault, a system call,\n"
"another task on its CPU, the hypervisor; and names the culprit. The parts add up\n"
"to the span, and where the program had counters in it (hft_span_begin_pmu()), they are\n"
"shown beside the median of its name. Own time beyond what 9 of 10 spans of the same name take, with nothing\n"
"seen, is called unexplained. A call of a function that was probed as FUNCTION%return is a\n"
"span, too, whose name is the probe's.\n"
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
"  hftrace explain orders.hft --span engine:on_order\n"
"  hftrace explain monday.hft --at 14:03:22.5\n"
"  hftrace explain monday.hft --all --slower-than 40us --json > slow.ndjson\n",
};
