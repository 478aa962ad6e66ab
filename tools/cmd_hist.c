// SPDX-License-Identifier: GPL-2.0
/* hftrace hist: how long spans and intervals take. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hftrace/ring-write.h>
#include "command.h"
#include "lib/args.h"
#include "lib/durations.h"
#include "lib/facts.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/readahead.h"
#include "lib/source.h"
#include "lib/window.h"

#define PERIODS_MAX	10000U
#define ROUND_NS	2000000		/* at least, between two looks at live rings */

struct hist {
	const char *path;	/* NULL: live */
	const char *span;
	struct record_types types;
	bool types_given;
	struct cpus cpus;
	bool cpus_given;
	__s32 tgids[HFT_FILTERS];
	size_t tgids_count;
	__u64 interval_ns;	/* 0: all in one */
	__u64 duration_ns;	/* 0: until interrupted */
	bool json;
	struct hft_reader *reader;
	struct durations durations;
	char *machine;
	double unit;		/* ns in a tick */
	__u64 start;		/* of the period, ticks */
	__u64 by;		/* recording: ticks of a period, 0: all in one */
	unsigned int periods;	/* that are over */
	__u64 lost;		/* live: slots */
	struct json out;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* ------------------------------------------------------------------ printing */

static size_t print_distributions(struct hist *hist)
{
	size_t i, shown = 0;

	for (i = 0; i < hist->durations.count; i++) {
		const struct duration *duration = &hist->durations.at[i];

		if (!duration->ticks.count && !duration->cut)
			continue;
		shown++;
		if (hist->json)
			duration_json(duration, hist->unit, &hist->out);
		else
			duration_print(duration, hist->unit, stdout);
	}
	return shown;
}

static void print_period(struct hist *hist, __u64 end)
{
	__s64 start = hft_reader_realtime(hist->reader, hist->start);
	char from[FORMAT_SIZE];

	durations_sort(&hist->durations);
	if (hist->json) {
		json_object(&hist->out, NULL);
		json_s64(&hist->out, "start_realtime_ns", start);
		json_s64(&hist->out, "end_realtime_ns", hft_reader_realtime(hist->reader, end));
		json_array(&hist->out, "distributions");
	} else if (hist->interval_ns) {
		printf("---- from %s\n", format_clock(from, start));
	}
	if (!print_distributions(hist) && !hist->json)
		puts("nothing ended here");
	if (hist->json) {
		json_close(&hist->out);
		json_close(&hist->out);
	}
	durations_reset(&hist->durations);
	hist->start = end;
	hist->periods++;
	/* Whoever reads it from a pipe gets it now. */
	fflush(stdout);
}

/* ------------------------------------------------------------------ recording */

/* 0 or -errno; -E2BIG: more periods than anybody reads. */
static int end_periods(struct hist *hist, __u64 now, __u64 by)
{
	while (now - hist->start >= by) {
		if (hist->periods == PERIODS_MAX)
			return -E2BIG;
		print_period(hist, hist->start + by);
	}
	return 0;
}

static int take_record(void *context, const struct hft_record *record)
{
	struct hist *hist = context;
	int err;

	err = hist->by ? end_periods(hist, record->tsc, hist->by) : 0;
	return err ? err : durations_feed(&hist->durations, record);
}

/* Not to be handed out, but read for what is lost or damaged. */
static int take_nothing(void *context, const struct hft_record *record)
{
	(void)context;
	(void)record;
	return 0;
}

/* Of one kind of rings, unless there is something of both, or periods end for both. */
static int read_all(struct hist *hist)
{
	static const struct record_types none;
	const struct reading some = {
		.take = take_record, .context = hist, .types = &hist->types,
	};
	const struct reading nothing = { .take = take_nothing, .types = &none };
	const struct reading all = { .take = take_record, .context = hist };

	if (hist->by)
		return readahead_each(hist->reader, 0, &all);
	if (!hist->types_given)
		return readahead_kinds(hist->reader, &nothing, &some);
	return readahead_each(hist->reader, 0, &some);
}

static int read_recording(struct hist *hist)
{
	struct hft_record first;
	__u64 ended = 0, last;
	int err;

	hist->by = (__u64)llround((double)hist->interval_ns / hist->unit);
	recording_window(hist->path, hist->reader, &hist->start, &ended);
	err = durations_prepare(&hist->durations);
	if (err)
		return err;
	err = hft_reader_first(hist->reader, &first);
	if (!err && (!hist->start || hist->start > first.tsc))
		hist->start = first.tsc;
	if (!err)
		err = read_all(hist);
	if (err && err != -ENODATA)
		return err;
	last = recording_last(hist->reader);
	if (ended > last)
		last = ended;
	print_period(hist, last > hist->start ? last : hist->start);
	return 0;
}

/* ----------------------------------------------------------------------- live */

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

/* All that is ready. 0 or -errno. */
static int take_live(struct hist *hist)
{
	struct hft_record record;
	int err;

	while (!stopped && !(err = hft_reader_next(hist->reader, &record))) {
		hist->lost += record.lost_slots;
		err = durations_feed(&hist->durations, &record);
		if (err)
			return err;
	}
	return stopped || err == -ENODATA ? 0 : err;
}

static int read_live(struct hist *hist)
{
	const struct timespec wait = { .tv_nsec = ROUND_NS };
	__u64 began = now_ns(), next = hist->interval_ns, passed = 0;
	int err;

	hist->start = hft_ticks();
	while (!stopped && !ferror(stdout)) {
		err = hft_reader_refresh(hist->reader);
		if (err >= 0)
			err = take_live(hist);
		if (err < 0)
			return err;
		passed = now_ns() - began;
		if (hist->duration_ns && passed >= hist->duration_ns)
			break;
		if (next && passed >= next) {
			print_period(hist, hft_ticks());
			next += hist->interval_ns * (1 + (passed - next) / hist->interval_ns);
		}
		nanosleep(&wait, NULL);
	}
	print_period(hist, hft_ticks());
	return 0;
}

/* ------------------------------------------------------------------------ run */

static int open_source(struct hist *hist)
{
	const struct hft_live live = {
		.size = sizeof(live),
		.flags = HFT_LIVE_FROM_NOW | (hist->tgids_count ? 0 : HFT_LIVE_ALL_PROCESSES),
		.cpus = hist->cpus_given ? hist->cpus.word : NULL,
		.cpus_words = hist->cpus_given ? CPUS_WORDS : 0,
		.tgids = hist->tgids,
		.tgids_count = hist->tgids_count,
	};

	return hist->path ? source_open_recording(&hist->reader, hist->path) :
	       source_open_live(&hist->reader, &live);
}

static int tell_losses(struct hist *hist)
{
	char text[FORMAT_SIZE];

	if (hist->path && hist->json)
		losses_json(hist->reader, &hist->out, "losses");
	else if (hist->path)
		losses_print(hist->reader, stdout);
	else if (hist->json)
		json_u64(&hist->out, "slots_lost", hist->lost);
	if (!hist->path && hist->lost)
		message("%s slots of rings were overwritten before they could be read",
			format_count(text, hist->lost));
	return (hist->path ? losses_any(hist->reader) : hist->lost) ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

static int show(struct hist *hist)
{
	const char *what = hist->path ? hist->path : "live rings";
	double hz = hft_reader_hz(hist->reader);
	int status, err;

	if (hz <= 0) {
		message("%s: the clock's rate is not known, so no time can be told", what);
		return HFT_EXIT_FAILED;
	}
	hist->unit = 1e9 / hz;
	if (hist->json) {
		json_start(&hist->out, stdout);
		json_object(&hist->out, NULL);
		json_array(&hist->out, "periods");
	}
	err = hist->path ? read_recording(hist) : read_live(hist);
	if (err == -E2BIG)
		message("%s: more than %u tables; take a longer -i", what, PERIODS_MAX);
	else if (err)
		message("%s: %s", what, strerror(-err));
	if (hist->json && !err)
		json_close(&hist->out);
	status = err ? HFT_EXIT_FAILED : tell_losses(hist);
	if (hist->json)
		json_finish(&hist->out);
	return output_finish(status);
}

static int run_hist(struct hist *hist)
{
	const struct sigaction action = { .sa_handler = stop };
	int status;

	status = open_source(hist);
	if (status)
		return status;
	if (hist->path) {
		hist->machine = facts_value(hist->path, "host", "machine");
	} else {
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
	}
	hist->durations = (struct durations){
		.reader = hist->reader,
		.types = &hist->types,
		.span = hist->span,
		.cpus = hist->cpus_given ? &hist->cpus : NULL,
		.machine = hist->machine,
		.tgids = hist->tgids,
		.tgids_count = hist->tgids_count,
	};
	status = show(hist);
	durations_uninit(&hist->durations);
	free(hist->machine);
	hft_reader_close(hist->reader);
	return status;
}

static int take_types(struct hist *hist, const char *text)
{
	char word[65];

	hist->types_given = true;
	if (record_types_parse(text, &hist->types, word, sizeof(word)))
		return usage_error(&cmd_hist,
				   "no record type or hook '%s'; 'hftrace list' names them", word);
	return 0;
}

/* Those whose records say how long they took. */
static bool any_interval(const struct record_types *types)
{
	size_t count, i;
	const struct hft_schema *all = hft_schema_all(&count);

	for (i = 0; i < count; i++)
		if (all[i].interval && record_types_has(types, all[i].type))
			return true;
	return false;
}

static int take_option(struct hist *hist, int option, char **argv)
{
	switch (option) {
	case 'c':
		hist->cpus_given = true;
		if (cpus_parse(&hist->cpus, optarg) || !cpus_count(&hist->cpus))
			return usage_error(&cmd_hist, "'%s' is no list of CPUs like 1-3,7",
					   optarg);
		return 0;
	case 'd':
		if (parse_duration(optarg, 0, &hist->duration_ns) || !hist->duration_ns)
			return usage_error(&cmd_hist, "'%s' is no duration like 10s", optarg);
		return 0;
	case 'e':
		return take_types(hist, optarg);
	case 'i':
		if (parse_duration(optarg, 0, &hist->interval_ns) || hist->interval_ns < 1000)
			return usage_error(&cmd_hist, "-i takes a time like 1s, not '%s'", optarg);
		return 0;
	case 'p':
		if (hist->tgids_count == HFT_FILTERS)
			return usage_error(&cmd_hist, "at most %d processes can be chosen",
					   HFT_FILTERS);
		if (parse_pid(optarg, &hist->tgids[hist->tgids_count++]))
			return usage_error(&cmd_hist, "'%s' is no process number", optarg);
		return 0;
	case 's':
		hist->span = optarg;
		return 0;
	case 'j':
		hist->json = true;
		return 0;
	default:
		return option_error(&cmd_hist, option, argv);
	}
}

/* What does not go together. */
static int check(struct hist *hist)
{
	char word[65];
	bool spans;

	if (!hist->types_given)
		record_types_parse("span", &hist->types, word, sizeof(word));
	spans = record_types_has(&hist->types, HFT_REC_SPAN);
	if (!any_interval(&hist->types))
		return usage_error(&cmd_hist, "what -e names takes no time that is recorded");
	if (hist->span && !spans)
		return usage_error(&cmd_hist, "--span needs spans: leave -e out, or add span");
	if (hist->path && hist->duration_ns)
		return usage_error(&cmd_hist, "-d is for live rings: a recording is read whole");
	if (!hist->path && hist->types_given && !hist->cpus_given && !spans)
		return usage_error(&cmd_hist, "which CPUs? say -c 1-3");
	return 0;
}

static int parse(int argc, char **argv, struct hist *hist)
{
	static const struct option long_options[] = {
		{ "cpus", required_argument, NULL, 'c' },
		{ "duration", required_argument, NULL, 'd' },
		{ "events", required_argument, NULL, 'e' },
		{ "interval", required_argument, NULL, 'i' },
		{ "pid", required_argument, NULL, 'p' },
		{ "span", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:d:e:i:p:s:", long_options, NULL)) != -1) {
		status = take_option(hist, option, argv);
		if (status)
			return status;
	}
	if (optind < argc)
		hist->path = argv[optind++];
	status = no_more_arguments(&cmd_hist, argc, argv);
	return status ? status : check(hist);
}

static int run(int argc, char **argv)
{
	struct hist hist = { 0 };
	int status;

	status = parse(argc, argv, &hist);
	return status ? status : run_hist(&hist);
}

const struct hft_command cmd_hist = {
	.name = "hist",
	.summary = "Distributions of how long spans and intervals take",
	.usage = "NAME.hft [OPTION]...\n"
		 "[OPTION]...",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"For the spans of each name: p50, p90, p99, p99.9, p99.99 with what encloses the true\n"
"one with 95 % confidence, the longest, and a picture. With -e for intervals of the\n"
"kernel, by interrupt, softirq, system call, probe. Without a recording: what programs\n"
"and armed hooks write from now on, until interrupted.\n"
"\n"
"  -s, --span NAME      spans of this name alone\n"
"  -e, --events LIST    of these record types or hooks: irq,softirq,syscall,call,span\n"
"  -c, --cpus LIST      of these CPUs; needed for live intervals of the kernel\n"
"  -p, --pid PID        of this process; up to 8 times\n"
"  -i, --interval TIME  a table for each 1s, 10ms\n"
"  -d, --duration TIME  live: so long\n"
"  --json               as JSON\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 records were lost or damaged, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace hist monday.hft\n"
"  hftrace hist monday.hft -s tick_to_order -i 1s\n"
"  hftrace hist monday.hft -e irq,softirq -c 3\n"
"  hftrace hist -p 1234 -d 10s --json\n",
};
