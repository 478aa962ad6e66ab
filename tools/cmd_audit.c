// SPDX-License-Identifier: GPL-2.0
/* hftrace audit: what arming, reading and disarming add to a traced CPU. */
#include <math.h>
#include <stdlib.h>

#include "command.h"
#include "lib/args.h"
#include "lib/audit.h"
#include "lib/manners.h"
#include "lib/output.h"

#define CYCLES_DEFAULT		1000
#define CYCLES_MIN		100
#define CYCLES_MAX		1000000000
#define DURATION_DEFAULT_NS	14000000000ULL
#define DURATION_MIN_NS		1000000000ULL
#define LIMIT_DEFAULT		0.05

enum {
	OPT_LIMIT = 256,
	OPT_TRACEFS,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "cycles", required_argument, NULL, 'n' },
	{ "duration", required_argument, NULL, 'd' },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "tracefs", no_argument, NULL, OPT_TRACEFS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

struct request {
	struct audit_options options;
	bool cpus_given;
	bool json;
};

static int take_cpus(struct request *request, const char *text)
{
	request->cpus_given = true;
	if (parse_cpus(text, &request->options.cpus) || !cpus_count(&request->options.cpus))
		return usage_error(&cmd_audit, "'%s' is no list of CPUs like 1-3,7", text);
	return 0;
}

static int take_cycles(struct request *request, const char *text)
{
	__u64 *cycles = &request->options.cycles;

	if (parse_u64(text, cycles) || *cycles < CYCLES_MIN || *cycles > CYCLES_MAX)
		return usage_error(&cmd_audit, "'%s' is no number of cycles: %d to %d", text,
				   CYCLES_MIN, CYCLES_MAX);
	return 0;
}

static int take_duration(struct request *request, const char *text)
{
	__u64 *ns = &request->options.duration_ns;

	if (parse_duration(text, 1000000000, ns) || *ns < DURATION_MIN_NS)
		return usage_error(&cmd_audit, "'%s' is no duration: 1s or more", text);
	return 0;
}

static int take_limit(struct request *request, const char *text)
{
	char *end;

	request->options.limit = strtod(text, &end);
	if (end == text || *end || !(request->options.limit > 0) ||
	    !isfinite(request->options.limit))
		return usage_error(&cmd_audit, "'%s' is no limit: a number per cycle like 0.05",
				   text);
	return 0;
}

static int take_option(struct request *request, int option, char **argv)
{
	switch (option) {
	case 'c':
		return take_cpus(request, optarg);
	case 'n':
		return take_cycles(request, optarg);
	case 'd':
		return take_duration(request, optarg);
	case OPT_LIMIT:
		return take_limit(request, optarg);
	case OPT_TRACEFS:
		request->options.tracefs = true;
		return 0;
	case OPT_JSON:
		request->json = true;
		return 0;
	default:
		return option_error(&cmd_audit, option, argv);
	}
}

static int parse(int argc, char **argv, struct request *request)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:n:d:", long_options, NULL)) >= 0) {
		status = take_option(request, option, argv);
		if (status)
			return status;
	}
	status = no_more_arguments(&cmd_audit, argc, argv);
	if (status)
		return status;
	if (request->cpus_given)
		return manners_check_online(&request->options.cpus);
	return manners_traced_cpus(&request->options.cpus);
}

/* The worst of all CPUs. */
static int verdict(const struct audit *audit)
{
	bool added = false, unclear = false;
	size_t column;

	for (column = 0; column < audit->counts.columns; column++) {
		enum audit_verdict own = audit_verdict_of(audit, column);

		added |= own == AUDIT_ADDED;
		unclear |= own == AUDIT_UNCLEAR || own == AUDIT_NOISY;
	}
	if (added)
		return HFT_EXIT_THRESHOLD;
	return unclear ? HFT_EXIT_FAILED : HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct request request = {
		.options = {
			.cycles = CYCLES_DEFAULT,
			.duration_ns = DURATION_DEFAULT_NS,
			.limit = LIMIT_DEFAULT,
		},
	};
	struct audit audit;
	int status;

	status = parse(argc, argv, &request);
	if (status)
		return status;
	status = audit_open(&audit, &request.options);
	if (!status)
		status = audit_run(&audit);
	if (!status) {
		if (request.json)
			audit_json(&audit);
		else
			audit_print(&audit);
		status = verdict(&audit);
	}
	audit_close(&audit);
	return status;
}

const struct hft_command cmd_audit = {
	.name = "audit",
	.summary = "Measures whether tracing adds anything to the traced CPUs",
	.usage = "[OPTION]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Arms all attached hooks but syscall, filters, renews, reads and disarms, over and\n"
"over, in windows that take turns with windows in which it does nothing, and compares\n"
"what the kernel counted on each traced CPU: every line of /proc/interrupts and\n"
"/proc/softirqs, task switches, kernel time, the switches of threads pinned there.\n"
"Keeps itself off those CPUs. With --tracefs its events count system calls and timers\n"
"too, and tell who sent an interrupt or woke a task: switching them on and off again\n"
"interrupts every CPU, so not during trading hours.\n"
"\n"
"  -c, --cpus LIST      these CPUs: 1-3,7. Default: the isolated and tickless ones\n"
"  -n, --cycles N       at least so many; default 1000\n"
"  -d, --duration TIME  of all windows; default 14s. It goes on for up to three times as\n"
"                       long when it cannot tell yet\n"
"  --limit N            'too noisy' is a CPU on which more than so many a cycle could\n"
"                       hide; default 0.05\n"
"  --tracefs            tracefs as a second witness\n"
"  --json               the same in JSON\n"
"\n"
"Exit status: 0 nothing was added, 1 failed or a CPU was too noisy to say, 2 something\n"
"was added, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace audit                       the isolated CPUs, as they trade\n"
"  hftrace audit -c 3 -n 10000 -d 1m   CPU 3, more thoroughly\n"
"  hftrace audit --tracefs             before the market opens: who did it, too\n",
};
