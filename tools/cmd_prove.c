// SPDX-License-Identifier: GPL-2.0
/* hftrace prove: what tracing costs the owner's own loop. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/prove.h"

#define ROUNDS_DEFAULT		20
#define WINDOW_DEFAULT_NS	500000000ULL
#define WINDOW_MIN_NS		50000000ULL
#define THRESHOLD_DEFAULT	0.01	/* what the histogram can tell apart */

enum {
	OPT_SPAN = 256,
	OPT_THRESHOLD,
	OPT_UNLOAD,
	OPT_MODULE,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "cpus", required_argument, NULL, 'c' },
	{ "hooks", required_argument, NULL, 'e' },
	{ "rounds", required_argument, NULL, 'n' },
	{ "duration", required_argument, NULL, 'd' },
	{ "span", required_argument, NULL, OPT_SPAN },
	{ "threshold", required_argument, NULL, OPT_THRESHOLD },
	{ "unload", no_argument, NULL, OPT_UNLOAD },
	{ "module", required_argument, NULL, OPT_MODULE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

static int take_cpus(struct prove_options *options, const char *text)
{
	options->cpus_given = true;
	if (parse_cpus(text, &options->cpus) || !cpus_count(&options->cpus))
		return usage_error(&cmd_prove, "'%s' is no list of CPUs like 1-3,7", text);
	return 0;
}

static int take_hooks(struct prove_options *options, const char *text)
{
	char word[65], known[HOOKS_TEXT];

	if (hooks_parse(text, &options->hooks, word, sizeof(word)))
		return usage_error(&cmd_prove, "no hook '%s'; there are %s; groups sched, all",
				   word, hooks_format(HOOKS_ALL, known));
	return 0;
}

static int take_pid(struct prove_options *options, const char *text)
{
	if (parse_pid(text, &options->pid))
		return usage_error(&cmd_prove, "'%s' is no process number", text);
	return 0;
}

static int take_rounds(struct prove_options *options, const char *text)
{
	__u64 rounds;

	if (parse_u64(text, &rounds) || rounds < PROVE_ROUNDS_MIN || rounds > PROVE_ROUNDS_MAX)
		return usage_error(&cmd_prove, "'%s' is no number of rounds: %u to %u", text,
				   PROVE_ROUNDS_MIN, PROVE_ROUNDS_MAX);
	options->rounds = rounds;
	return 0;
}

static int take_window(struct prove_options *options, const char *text)
{
	if (parse_duration(text, 1000000000, &options->window_ns) ||
	    options->window_ns < WINDOW_MIN_NS)
		return usage_error(&cmd_prove, "'%s' is no duration of a window: 50ms or more",
				   text);
	return 0;
}

/* "2%" of the time without, or a time. */
static int take_threshold(struct prove_options *options, const char *text)
{
	char *end;
	double share = strtod(text, &end);

	if (end != text && !strcmp(end, "%") && share >= 0 && share <= 1000) {
		options->threshold_share = share / 100;
		options->threshold_ns = 0;
		return 0;
	}
	if (parse_duration(text, 0, &options->threshold_ns) || !options->threshold_ns)
		return usage_error(&cmd_prove, "'%s' is no threshold like 2%% or 500ns", text);
	return 0;
}

static int take_option(struct prove_options *options, bool *json, int option, char **argv)
{
	switch (option) {
	case 'p':
		return take_pid(options, optarg);
	case 'c':
		return take_cpus(options, optarg);
	case 'e':
		return take_hooks(options, optarg);
	case 'n':
		return take_rounds(options, optarg);
	case 'd':
		return take_window(options, optarg);
	case OPT_SPAN:
		options->span = optarg;
		return 0;
	case OPT_THRESHOLD:
		return take_threshold(options, optarg);
	case OPT_UNLOAD:
		options->unload = true;
		return 0;
	case OPT_MODULE:
		options->module_path = optarg;
		return 0;
	case OPT_JSON:
		*json = true;
		return 0;
	default:
		return option_error(&cmd_prove, option, argv);
	}
}

static int parse(int argc, char **argv, struct prove_options *options, bool *json)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:p:c:e:n:d:", long_options, NULL)) >= 0) {
		status = take_option(options, json, option, argv);
		if (status)
			return status;
	}
	if (optind < argc && strcmp(argv[optind - 1], "--"))
		return usage_error(&cmd_prove, "what is '%s'? A command stands behind --",
				   argv[optind]);
	if (optind < argc)
		options->command = argv + optind;
	if (!options->command == !options->pid)
		return usage_error(&cmd_prove, "say -p PID or -- COMMAND, and one of them");
	if (options->unload && options->pid)
		return usage_error(&cmd_prove,
				   "--unload needs a command, which can be started anew each time");
	if (options->module_path && !options->unload)
		return usage_error(&cmd_prove, "--module is for --unload");
	return 0;
}

static int verdict(const struct prove *prove)
{
	bool known = false, slower = false;
	int state, i;

	for (state = 0; state < PROVE_STATES; state++) {
		for (i = 0; i < PROVE_PERCENTS; i++) {
			known |= prove->difference[state][i].known;
			slower |= prove->difference[state][i].slower;
		}
	}
	if (!known)
		message("too few times to compare: give more rounds or longer windows");
	return slower ? HFT_EXIT_THRESHOLD : known ? HFT_EXIT_OK : HFT_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
	struct prove_options options = {
		.rounds = ROUNDS_DEFAULT,
		.window_ns = WINDOW_DEFAULT_NS,
		.threshold_share = THRESHOLD_DEFAULT,
	};
	struct prove prove;
	bool json = false;
	int status;

	status = parse(argc, argv, &options, &json);
	if (status)
		return status;
	status = prove_open(&prove, &options);
	if (!status)
		status = prove_run(&prove);
	if (!status) {
		prove_judge(&prove);
		if (json)
			prove_json(&prove);
		else
			prove_print(&prove);
		status = verdict(&prove);
	}
	prove_close(&prove);
	return status;
}

const struct hft_command cmd_prove = {
	.name = "prove",
	.summary = "Measures what tracing costs your own loop",
	.usage = "[OPTION]... -- COMMAND [ARGUMENT]...\n"
		 "[OPTION]... -p PID",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Compares the times of a loop with hftrace loaded, armed, and armed and recorded, in\n"
"rounds of short windows that have each state once, in an order left to chance: p50 to\n"
"p99.9 and max of each, and intervals for the differences. The times are the durations\n"
"of the program's spans, of one name; without spans those between its marks; and a\n"
"COMMAND that has neither is run again and again, and its runs are timed.\n"
"\n"
"  -p, --pid PID        a process that runs, and writes spans or marks\n"
"  -c, --cpus LIST      arm on these CPUs. Default: where the process is pinned; else\n"
"                       the isolated and tickless ones\n"
"  -e, --hooks LIST     arm these hooks. Default: all that are attached but syscall\n"
"  -n, --rounds N       default 20, at least 10\n"
"  -d, --duration TIME  of a window; default 500ms. A COMMAND is started for each, and\n"
"                       told to end after it\n"
"  --span NAME          spans or marks of this name; default: the most frequent\n"
"  --threshold LIMIT    2% or 500ns: slower by no more is fine; default 1%\n"
"  --unload             measure without the module too: unloads it and loads it again\n"
"                       each round, which interrupts every CPU\n"
"  --module FILE        hftrace.ko for that; default: as modprobe finds it\n"
"  --json               the same in JSON\n"
"\n"
"Exit status: 0 no state is slower than the one it is compared with, armed and recorded\n"
"with loaded, loaded with absent; 1 failed, 2 one of them is, beyond the interval and\n"
"the threshold, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace prove -p $(pidof engine)               as it trades\n"
"  hftrace prove --span tick_to_order -- ./replay monday.pcap\n"
"  hftrace prove -n 30 -d 2s --unload -- taskset -c 3 ./bench\n",
};
