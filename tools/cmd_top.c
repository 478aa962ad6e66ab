// SPDX-License-Identifier: GPL-2.0
/* hftrace top: what was asked for. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/output.h"
#include "lib/top.h"

#define INTERVAL_NS_DEFAULT	1000000000ULL
#define INTERVAL_NS_MIN		100000000ULL
#define INTERVAL_NS_MAX		3600000000000ULL
#define LEASE_MS		5000

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "pid", required_argument, NULL, 'p' },
	{ "interval", required_argument, NULL, 'i' },
	{ "times", required_argument, NULL, 'n' },
	{ "batch", no_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static int take_pid(struct recorder_options *recorder)
{
	if (recorder->tgids_count == HFT_FILTERS)
		return usage_error(&cmd_top, "at most %d processes can be chosen", HFT_FILTERS);
	if (parse_pid(optarg, &recorder->tgids[recorder->tgids_count++]))
		return usage_error(&cmd_top, "'%s' is no process number", optarg);
	return 0;
}

static int take_option(struct top_options *options, int option, char **argv)
{
	struct recorder_options *recorder = &options->recorder;

	switch (option) {
	case 'c':
		recorder->cpus_given = true;
		if (parse_cpus(optarg, &recorder->cpus) || !cpus_count(&recorder->cpus))
			return usage_error(&cmd_top, "'%s' is no list of CPUs like 1-3,7", optarg);
		return 0;
	case 'p':
		return take_pid(recorder);
	case 'i':
		if (parse_duration(optarg, 1000000000, &options->interval_ns) ||
		    options->interval_ns < INTERVAL_NS_MIN ||
		    options->interval_ns > INTERVAL_NS_MAX)
			return usage_error(&cmd_top, "'%s' is no interval: 100ms to 1h", optarg);
		return 0;
	case 'n':
		if (parse_u64(optarg, &options->times) || !options->times)
			return usage_error(&cmd_top, "'%s' is no number of intervals", optarg);
		return 0;
	case 'b':
		options->batch = true;
		return 0;
	case 'j':
		options->batch = true;
		options->json = true;
		return 0;
	default:
		return option_error(&cmd_top, option, argv);
	}
}

static int run(int argc, char **argv)
{
	struct top_options options = {
		.interval_ns = INTERVAL_NS_DEFAULT,
		.recorder = {
			.live = true, .lease_ms = LEASE_MS, .ready_fd = -1, .argc = argc,
			.argv = argv,
		},
	};
	struct recorder_plan plan;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:p:i:n:b", long_options, NULL)) != -1) {
		status = take_option(&options, option, argv);
		if (status)
			return status;
	}
	status = no_more_arguments(&cmd_top, argc, argv);
	if (!status)
		status = recorder_plan(&options.recorder, &plan);
	else
		return status;
	if (status) {
		device_close(&plan.device);
		return status;
	}
	return output_finish(top_run(&options, &plan));
}

const struct hft_command cmd_top = {
	.name = "top",
	.summary = "Shows live what interrupts traced CPUs, and how long spans take",
	.usage = "[OPTION]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"For each traced CPU what had it, by cause and culprit as in 'hftrace report': how often a\n"
"second, ns a second and ppm of the CPU, the longest; and how long the spans of each\n"
"name take. Arms the attached hooks like 'hftrace record', stores nothing, and runs on\n"
"the other CPUs. What was lost and what hftrace itself takes is always shown.\n"
"\n"
"  -c, --cpus LIST      these CPUs: 1-3,7; default: the isolated ones, or where the\n"
"                       processes of -p are pinned, or all but the first\n"
"  -p, --pid PID        the spans of this process, and its faults and system calls\n"
"                       alone; up to 8 times\n"
"  -i, --interval TIME  from 100ms; default 1s\n"
"  -n, --times N        end after so many intervals\n"
"  -b, --batch          tables on standard output, where there is no terminal\n"
"  --json               the same as a JSON object a line\n"
"\n"
"Keys: Tab causes or spans; s sort, or t c m n by time, count, max, name; up and down\n"
"choose, Enter tells what the chosen one's outlier was made of, as 'hftrace explain' does;\n"
"f freezes; r resets; ? helps; q quits. NO_COLOR is obeyed.\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 with -b: records were lost, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace top\n"
"  hftrace top -c 2-5 -i 200ms\n"
"  hftrace top -p $(pidof engine)\n"
"  hftrace top -b -n 3 -i 10s\n"
"  hftrace top --json -n 60 | jq '.spans[] | {name, max_ns}'\n",
};
