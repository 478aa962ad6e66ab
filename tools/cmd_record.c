// SPDX-License-Identifier: GPL-2.0
/* hftrace record: what was asked for. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/recorder_options.h"

#define LEASE_MS_MIN		2000	/* it is renewed each second */
#define PRE_NS_DEFAULT		10000000
#define POST_NS_DEFAULT		2000000
#define ROLL_NS_MAX		60000000000ULL
#define GAP_NS_DEFAULT		100000000
#define WINDOWS_DEFAULT		100

enum {
	OPT_LEASE = 256,
	OPT_RING_SIZE,
	OPT_NO_CULPRITS,
	OPT_SHARE_CPU,
	OPT_READY_FD,
	OPT_JSON,
	OPT_EVERY,
	OPT_BUDGET,
	OPT_PMU,
	OPT_SAMPLE,
	OPT_WATCH,
	OPT_PROBE,
	OPT_NO_SYSCALLS,
	OPT_ON_TRIGGER,
	OPT_SPAN,
	OPT_PRE,
	OPT_POST,
	OPT_MIN_GAP,
	OPT_MAX_WINDOWS,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "hooks", required_argument, NULL, 'e' },
	{ "pid", required_argument, NULL, 'p' },
	{ "duration", required_argument, NULL, 'd' },
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'f' },
	{ "lease", required_argument, NULL, OPT_LEASE },
	{ "ring-size", required_argument, NULL, OPT_RING_SIZE },
	{ "no-culprits", no_argument, NULL, OPT_NO_CULPRITS },
	{ "share-cpu", no_argument, NULL, OPT_SHARE_CPU },
	{ "ready-fd", required_argument, NULL, OPT_READY_FD },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "every", required_argument, NULL, OPT_EVERY },
	{ "budget", required_argument, NULL, OPT_BUDGET },
	{ "pmu", required_argument, NULL, OPT_PMU },
	{ "sample", required_argument, NULL, OPT_SAMPLE },
	{ "watch", required_argument, NULL, OPT_WATCH },
	{ "no-syscalls", required_argument, NULL, OPT_NO_SYSCALLS },
	{ "probe", required_argument, NULL, OPT_PROBE },
	{ "on-trigger", no_argument, NULL, OPT_ON_TRIGGER },
	{ "span", required_argument, NULL, OPT_SPAN },
	{ "pre", required_argument, NULL, OPT_PRE },
	{ "post", required_argument, NULL, OPT_POST },
	{ "min-gap", required_argument, NULL, OPT_MIN_GAP },
	{ "max-windows", required_argument, NULL, OPT_MAX_WINDOWS },
	{ "yes", no_argument, NULL, 'y' },
	{ NULL, 0, NULL, 0 },
};

static int take_hooks(struct recorder_options *options, const char *text)
{
	char word[65], known[HOOKS_TEXT];

	options->hooks_given = true;
	if (hooks_parse(text, &options->hooks, word, sizeof(word)))
		return usage_error(&cmd_record, "no hook '%s'; there are %s; groups sched, all",
				   word, hooks_format(HOOKS_ALL, known));
	return 0;
}

static int take_quiet(struct recorder_options *options, const char *text)
{
	char word[16];

	for (;; text++) {
		size_t length = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)(length < 15 ? length : 15), text);
		if (options->quiets == HFT_QUIET_THREADS)
			return usage_error(&cmd_record, "at most %d threads with --no-syscalls",
					   HFT_QUIET_THREADS);
		if (parse_pid(word, &options->quiet[options->quiets++]))
			return usage_error(&cmd_record, "'%s' is no thread's number", word);
		text += length;
		if (!*text)
			return 0;
	}
}

static int take_lease(struct recorder_options *options, const char *text)
{
	__u64 ns;

	if (parse_duration(text, 1000000000, &ns) ||
	    (ns && ns < LEASE_MS_MIN * 1000000ULL) || ns > 3600 * 1000000000ULL)
		return usage_error(&cmd_record, "'%s' is no lease: 2s to 1h, or 0 for none", text);
	options->lease_ms = ns / 1000000;
	return 0;
}

static int take_ready_fd(struct recorder_options *options, const char *text)
{
	__u64 fd;

	if (parse_u64(text, &fd) || fd > 1 << 20 || fcntl(fd, F_GETFD) < 0)
		return usage_error(&cmd_record, "'%s' is no open descriptor", text);
	options->ready_fd = fd;
	return 0;
}

static int take_events(struct recorder_options *options, const char *text, bool sampled)
{
	char why[EVENTS_WHY];

	return events_add(&options->events, text, sampled, why) ?
	       usage_error(&cmd_record, "%s", why) : 0;
}

static int take_watch(struct recorder_options *options, const char *text)
{
	if (options->watches == HFT_WATCHES)
		return usage_error(&cmd_record, "at most %d addresses can be watched", HFT_WATCHES);
	options->watch[options->watches++] = text;
	return 0;
}

/* "switch=10", "fault=100,irq=2". */
static int take_every(struct recorder_options *options, const char *text)
{
	char part[100], word[65];
	__u64 hooks_named, every;
	int hook;

	do {
		size_t length = strcspn(text, ",");
		char *number;

		snprintf(part, sizeof(part), "%.*s", (int)(length < 99 ? length : 99), text);
		number = strchr(part, '=');
		if (number)
			*number++ = 0;
		if (!number || hooks_parse(part, &hooks_named, word, sizeof(word)) ||
		    parse_u64(number, &every) || !every || every > 0xffffffff)
			return usage_error(&cmd_record,
					   "'%.*s' is not like fault=100: a hook, and 1 or more",
					   (int)length, text);
		for (hook = 0; hook < HFT_HOOKS; hook++) {
			if (hooks_named & HFT_HOOK_BIT(hook))
				options->every[hook] = every;
		}
		text += length;
	} while (*text++);
	return 0;
}

static int take_budget(struct recorder_options *options, const char *text)
{
	options->budget_given = true;
	if (budget_parse(text, &options->budget_ns))
		return usage_error(&cmd_record, "'%s' is no share of a CPU like 1%%, 500ppm, none",
				   text);
	return 0;
}

static int take_rule(struct recorder_options *options, const char *text)
{
	struct flight_options *flight = &options->flight;

	if (flight->rules == SPAN_RULES)
		return usage_error(&cmd_record, "at most %d rules for spans", SPAN_RULES);
	if (span_rule_parse(text, &flight->rule[flight->rules++]))
		return usage_error(&cmd_record, "'%s' is no rule like 'order>40us'", text);
	flight->wanted = true;
	return 0;
}

static int take_time(__u64 *ns, const char *option, const char *text)
{
	if (parse_duration(text, 0, ns) || *ns > ROLL_NS_MAX)
		return usage_error(&cmd_record, "%s takes a time like 10ms, up to 60s, not '%s'",
				   option, text);
	return 0;
}

/* Of windows; -1: it is none of these. */
static int take_window_option(struct recorder_options *options, int option)
{
	struct flight_options *flight = &options->flight;

	flight->given |= option >= OPT_PRE;
	switch (option) {
	case OPT_ON_TRIGGER:
		flight->wanted = true;
		return 0;
	case OPT_SPAN:
		return take_rule(options, optarg);
	case OPT_PRE:
		return take_time(&flight->pre_ns, "--pre", optarg);
	case OPT_POST:
		return take_time(&flight->post_ns, "--post", optarg);
	case OPT_MIN_GAP:
		return take_time(&flight->gap_ns, "--min-gap", optarg);
	case OPT_MAX_WINDOWS:
		if (parse_u64(optarg, &flight->windows_max) || !flight->windows_max)
			return usage_error(&cmd_record, "--max-windows takes 1 or more, not '%s'",
					   optarg);
		return 0;
	default:
		return -1;
	}
}

static int take_option(struct recorder_options *options, int option, char **argv)
{
	int status = take_window_option(options, option);

	if (status >= 0)
		return status;
	switch (option) {
	case 'c':
		return recorder_take_cpus(options, &cmd_record, optarg);
	case 'e':
		return take_hooks(options, optarg);
	case 'p':
		return recorder_take_pid(options, &cmd_record, optarg);
	case 'd':
		return recorder_take_duration(options, &cmd_record, optarg);
	case 'o':
		return recorder_take_output(options, &cmd_record, optarg);
	case 'f':
		options->replace = true;
		return 0;
	case OPT_LEASE:
		return take_lease(options, optarg);
	case OPT_RING_SIZE:
		return recorder_take_ring_size(options, &cmd_record, optarg);
	case OPT_NO_CULPRITS:
		options->no_culprits = true;
		return 0;
	case OPT_SHARE_CPU:
		options->share_cpu = true;
		return 0;
	case OPT_READY_FD:
		return take_ready_fd(options, optarg);
	case OPT_JSON:
		options->json = true;
		return 0;
	case OPT_EVERY:
		return take_every(options, optarg);
	case OPT_BUDGET:
		return take_budget(options, optarg);
	case OPT_PMU:
		return take_events(options, optarg, false);
	case OPT_SAMPLE:
		return take_events(options, optarg, true);
	case OPT_WATCH:
		return take_watch(options, optarg);
	case 'y':
		options->yes = true;
		return 0;
	case OPT_NO_SYSCALLS:
		return take_quiet(options, optarg);
	case OPT_PROBE:
		return probes_take(&options->probes, optarg);
	default:
		return option_error(&cmd_record, option, argv);
	}
}

static int parse(int argc, char **argv, struct recorder_options *options)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:c:e:p:d:o:fy", long_options, NULL)) >= 0) {
		status = take_option(options, option, argv);
		if (status)
			return status;
	}
	if (!options->flight.wanted && options->flight.given)
		return usage_error(&cmd_record, "windows are kept only --on-trigger or --span");
	if (options->watches && options->tgids_count > 1)
		return usage_error(&cmd_record, "--watch is for one process: one -p, or -c alone");
	return recorder_take_command(options, &cmd_record, argc, argv);
}

static int run(int argc, char **argv)
{
	struct recorder_options options;
	struct recorder_plan plan;
	char name[PATH_MAX];
	int status;

	recorder_options_init(&options, argc, argv);
	options.flight.pre_ns = PRE_NS_DEFAULT;
	options.flight.post_ns = POST_NS_DEFAULT;
	options.flight.gap_ns = GAP_NS_DEFAULT;
	options.flight.windows_max = WINDOWS_DEFAULT;
	status = parse(argc, argv, &options);
	if (!status)
		status = recorder_choose_name(&options, &cmd_record, "hftrace", name);
	if (!status)
		status = probes_resolve(&options.probes);
	if (!status)
		status = recorder_plan(&options, &plan);
	if (!status) {
		status = recorder_probe_agree(&options);
		if (status)
			device_close(&plan.device);
	}
	if (!status)
		status = options.flight.wanted ? flight_run(&options, &plan) :
			 recorder_run(&options, &plan);
	probes_close(&options.probes);
	return status;
}

const struct hft_command cmd_record = {
	.name = "record",
	.summary = "Records what happens on CPUs and in processes",
	.usage = "[OPTION]...\n"
		 "[OPTION]... -- COMMAND [ARGUMENT]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Arms the hooks on the traced CPUs and copies their rings, and the rings of\n"
"programs that use libhftrace, into a directory that 'hftrace report', 'explain',\n"
"'dump' and 'info' read, and babeltrace2 too. Ends with the command, with the\n"
"processes of -p, after -d, or on SIGINT or SIGTERM. Keeps itself off the traced\n"
"CPUs. Without the module it records the marks and spans of programs alone.\n"
"\n"
"  -c, --cpus LIST      trace these CPUs: 1-3,7, or all. Default: where the process\n"
"                       is pinned; else the isolated ones; else all\n"
"  -e, --hooks LIST     arm these hooks: irq,softirq; groups sched, all. Default: all\n"
"                       that are attached but syscall, pmu and watch\n"
"  -p, --pid PID        faults, system calls, marks and spans of this process alone;\n"
"                       up to 8 times\n"
"  -d, --duration TIME  stop after 10s, 2m, 500ms\n"
"  -o, --output NAME    the directory; default hftrace-DATE-TIME.hft\n"
"  -f, --force          replace NAME if it is a recording\n"
"  --pmu EVENTS         count these on the traced CPUs: cycles,LLC-misses:u (in user\n"
"                       mode alone; :k in the kernel); 'hftrace list --pmu' has names.\n"
"                       The CPU reads them itself when it switches tasks and, asked\n"
"                       each second, at the end of a visit to the kernel\n"
"  --sample EVENT:N     where the CPU is when the event has happened N times more:\n"
"                       cycles:100000; with call chains\n"
"                       Both interrupt the traced CPUs some times at the start and at\n"
"                       the end; each sample is an interrupt\n"
"  --watch ADDRESS[:LENGTH][:w|rw]\n"
"                       who writes there (rw: or reads): with -p in that process, on\n"
"                       whichever CPU, where ADDRESS may be a symbol, perhaps +N; else by\n"
"                       whoever runs on the traced CPUs. 1, 2, 4 or 8 bytes. Needs 'hftrace\n"
"                       attach watch'; each hit is an exception\n"
"  --no-syscalls TID,.. these threads are to make no system call on the traced CPUs:\n"
"                       each is recorded with its stack, and 'hftrace report' ends\n"
"                       with status 2 if there was one; up to 8\n"
"  --probe PROBE        a function of the kernel, or FILE:FUNCTION of a program, while\n"
"                       this recording runs: see 'hftrace help probe'; repeatable\n"
"  --on-trigger         keep nothing until a program that uses libhftrace asks for it\n"
"                       (hft_trigger(3)); then what the rings hold from around that, as\n"
"                       NAME-1.hft, NAME-2.hft... The rings go on meanwhile\n"
"  --span 'NAME>TIME'   the same when a span of this name takes longer: 'order>40us', up\n"
"                       to 8 times. Follows the programs' rings\n"
"  --pre, --post TIME   so much before and after it; default 10ms and 2ms\n"
"  --min-gap TIME       between triggers that windows are kept of; default 100ms\n"
"  --max-windows N      end after so many; default 100\n"
"  -y, --yes            open counters, set watches, add probes even while a CPU is\n"
"                       armed; add probes without asking\n"
"  --every HOOK=N       write one record in N of this hook: fault=100,irq=10\n"
"  --budget SHARE       of each traced CPU that the hooks may take: 1%, 500ppm, none;\n"
"                       beyond it the dearest is disarmed, and the end says so\n"
"  --no-culprits        leave the other CPUs alone: do not arm wakeup, migrate, task,\n"
"                       tlb, ipi, mmcall, workqueue, kthread, frequency, signal\n"
"                       there, which tell who disturbed a traced one\n"
"  --ring-size SIZE     of each CPU's ring: 4M. Changing it interrupts CPUs\n"
"  --lease TIME         disarm if the recorder is silent for so long; default 5s,\n"
"                       0: never\n"
"  --share-cpu          run on a traced CPU if no other is left\n"
"  --ready-fd N         write a line to descriptor N when recording has begun\n"
"  --json               say what came of it in JSON on stdout\n"
"\n"
"A COMMAND is recorded with the marks and spans of its descendants; without -c,\n"
"faults and system calls are those of the command's own process.\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 records were lost, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace record -c 1 -d 10s -o monday.hft      CPU 1 for ten seconds\n"
"  hftrace record -p $(pidof engine) -d 1m       where the engine is pinned\n"
"  taskset -c 3 hftrace record -- ./engine       from start to end, on CPU 3\n"
"  hftrace record -c 1-3 -e sched,irq --ring-size 16M -o big.hft\n"
"  hftrace record -p $(pidof engine) --on-trigger -o late --pre 20ms\n"
"  hftrace record -c 1 --span 'order>40us' -o late     explain late-1.hft\n"
"  hftrace record -p $(pidof engine) --watch position:8 -d 10s\n"
"  hftrace record -c 1 --pmu cycles,instructions --sample cycles:1000000 -d 5s\n",
};
