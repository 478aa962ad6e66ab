// SPDX-License-Identifier: GPL-2.0
/* hftrace doctor: whether this host is fit for pinned CPUs. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/doctor.h"
#include "lib/manners.h"
#include "lib/output.h"

#define WATCH_DEFAULT_NS	1000000000ULL
#define WATCH_MIN_NS		100000000ULL

enum {
	OPT_WATCH = 256,
	OPT_ROOT,
	OPT_JSON,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "watch", required_argument, NULL, OPT_WATCH },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

struct request {
	struct cpus cpus;
	__u64 watch_ns;
	bool watch_given;
	const char *root;
	bool json;
};

static int take_option(struct request *request, int option, char **argv)
{
	switch (option) {
	case 'c':
		if (parse_cpus(optarg, &request->cpus) || !cpus_count(&request->cpus))
			return usage_error(&cmd_doctor, "'%s' is no list of CPUs like 1-3,7",
					   optarg);
		return 0;
	case OPT_WATCH:
		request->watch_given = true;
		if (parse_duration(optarg, 1000000000, &request->watch_ns) ||
		    request->watch_ns < WATCH_MIN_NS)
			return usage_error(&cmd_doctor, "'%s' is no duration: 100ms or more",
					   optarg);
		return 0;
	case OPT_ROOT:
		request->root = optarg;
		return 0;
	case OPT_JSON:
		request->json = true;
		return 0;
	default:
		return option_error(&cmd_doctor, option, argv);
	}
}

static int parse(int argc, char **argv, struct request *request)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:", long_options, NULL)) >= 0) {
		status = take_option(request, option, argv);
		if (status)
			return status;
	}
	if (request->watch_given && request->root[0])
		return usage_error(&cmd_doctor, "a copy (--root) cannot be watched");
	status = no_more_arguments(&cmd_doctor, argc, argv);
	if (status || request->root[0])
		return status;
	return manners_check_online(&request->cpus);
}

static int open_host(struct doctor_host *host, const struct request *request)
{
	int err = doctor_host_init(host, request->root, &request->cpus);
	char online[DOCTOR_LIST];

	if (!err)
		return HFT_EXIT_OK;
	if (err == -EINVAL && cpus_count(&host->online)) {
		message("not all of these CPUs are there: online are %s",
			cpus_format(&host->online, online, sizeof(online)));
		return HFT_EXIT_USAGE;
	}
	message("cannot tell which CPUs are online: %s/sys/devices/system/cpu/online: %s",
		request->root, strerror(-err));
	return HFT_EXIT_FAILED;
}

/* Away from the chosen CPUs, if there are others, and then for a while. */
static int watch(struct doctor_host *host, struct doctor_watch *watch, __u64 ns)
{
	int err;

	if (!cpus_equal(&host->cpus, &host->online)) {
		int status = manners_keep_off(&host->cpus);

		if (status)
			return status;
	}
	err = doctor_watch_init(watch, &host->cpus, ns);
	if (err) {
		message("cannot watch the CPUs: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	host->watch = watch;
	return HFT_EXIT_OK;
}

static int show(const struct doctor_host *host, bool as_json)
{
	struct doctor_report report;
	struct json json;
	int status;

	if (doctor_examine(host, &report)) {
		message("out of memory");
		return HFT_EXIT_FAILED;
	}
	if (as_json) {
		json_start(&json, stdout);
		doctor_json(host, &report, &json);
		json_newline(&json);
	} else {
		doctor_print(host, &report, stdout);
	}
	status = report.states[DOCTOR_BAD] ? HFT_EXIT_THRESHOLD : HFT_EXIT_OK;
	doctor_report_uninit(&report);
	return status;
}

static int run(int argc, char **argv)
{
	struct request request = { .watch_ns = WATCH_DEFAULT_NS, .root = "" };
	struct doctor_watch watched = { 0 };
	struct doctor_host host;
	int status;

	status = parse(argc, argv, &request);
	if (!status)
		status = open_host(&host, &request);
	if (!status && !request.root[0])
		status = watch(&host, &watched, request.watch_ns);
	if (!status)
		status = show(&host, request.json);
	doctor_watch_uninit(&watched);
	return status;
}

const struct hft_command cmd_doctor = {
	.name = "doctor",
	.summary = "Tells whether this host is fit for pinned CPUs, and what to change",
	.usage = "[-c LIST] [--watch TIME] [--json]\n"
		 "--root DIR [-c LIST] [--json]",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Looks at the clock, isolation, interrupts, power, memory, the scheduler, firmware,\n"
"signatures, and watches what comes to the CPUs. Each finding is ok, a warning, bad,\n"
"or unknown; those that are not ok say why they matter, and the command or boot\n"
"argument that helps. It changes nothing, and needs no module.\n"
"\n"
"  -c, --cpus LIST      these CPUs: 1-3,7. Default: the isolated and tickless ones, or\n"
"                       all but the first when there are none\n"
"  --watch TIME         watch for so long; default 1s\n"
"  --root DIR           examine a copy of another host's /proc and /sys, in DIR/proc and\n"
"                       DIR/sys; nothing is watched\n"
"  --json               the findings in JSON on stdout\n"
"\n"
"Exit status: 0 nothing is bad, 1 failed, 2 something is bad, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace doctor\n"
"  hftrace doctor -c 1-3 --watch 10s\n"
"  hftrace doctor --json | jq -r '.findings[] | select(.state == \"bad\") | .fix'\n",
};
