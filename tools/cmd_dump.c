// SPDX-License-Identifier: GPL-2.0
/* hftrace dump: records one by one, oldest first. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hftrace.h>
#include "command.h"
#include "lib/args.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/records.h"
#include "lib/senders.h"
#include "lib/source.h"
#include "lib/symbols.h"

#define LAST_MAX	1000000
#define LIVE_WAIT_NS	15000000	/* longer than a record may be on its way */

enum {
	OPT_SINCE = 256,
	OPT_UNTIL,
	OPT_LAST,
	OPT_RAW_TIME,
	OPT_JSON,
	OPT_SYMBOLS,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "pid", required_argument, NULL, 'p' },
	{ "types", required_argument, NULL, 'e' },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "number", required_argument, NULL, 'n' },
	{ "last", required_argument, NULL, OPT_LAST },
	{ "raw-time", no_argument, NULL, OPT_RAW_TIME },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "symbols", required_argument, NULL, OPT_SYMBOLS },
	{ NULL, 0, NULL, 0 },
};

/* A record that waits to be among the last ones. */
struct kept {
	struct hft_record record;
	struct sender sender;
	__u64 payload[HFT_PAYLOAD_MAX / 8];
};

struct dump {
	const char *path;	/* NULL: live */
	struct cpus cpus;
	bool cpus_given;
	__s32 tgids[HFT_FILTERS];
	size_t tgids_count;
	struct record_types types;
	bool types_given;
	const char *since;	/* as typed */
	const char *until;
	__s64 since_ns;
	__s64 until_ns;
	__u64 since_tsc;
	__u64 until_tsc;
	__u64 most;		/* -n; 0: all */
	__u64 last;		/* --last; 0: not asked for */
	bool raw;
	bool json;
	struct hft_reader *reader;
	struct event_names events;
	struct kept *kept;
	__u64 printed;		/* or kept */
	struct senders *senders;	/* of a recording; NULL: live */
	struct symbols *symbols;
};

static int take_pid(struct dump *dump, const char *text)
{
	if (dump->tgids_count == HFT_FILTERS)
		return usage_error(&cmd_dump, "at most %d processes can be chosen", HFT_FILTERS);
	if (parse_pid(text, &dump->tgids[dump->tgids_count++]))
		return usage_error(&cmd_dump, "'%s' is no process number", text);
	return 0;
}

static int take_option(struct dump *dump, int option, char **argv)
{
	char word[65];

	switch (option) {
	case 'c':
		dump->cpus_given = true;
		if (parse_cpus(optarg, &dump->cpus) || !cpus_count(&dump->cpus))
			return usage_error(&cmd_dump, "'%s' is no list of CPUs like 1-3,7", optarg);
		return 0;
	case 'p':
		return take_pid(dump, optarg);
	case 'e':
		dump->types_given = true;
		if (record_types_parse(optarg, &dump->types, word, sizeof(word)))
			return usage_error(&cmd_dump,
					   "no record type or hook '%s'; 'hftrace list' names them",
					   word);
		return 0;
	case OPT_SINCE:
		dump->since = optarg;
		return 0;
	case OPT_UNTIL:
		dump->until = optarg;
		return 0;
	case 'n':
		if (parse_u64(optarg, &dump->most) || !dump->most)
			return usage_error(&cmd_dump, "'%s' is no number of records", optarg);
		return 0;
	case OPT_LAST:
		if (parse_u64(optarg, &dump->last) || !dump->last || dump->last > LAST_MAX)
			return usage_error(&cmd_dump, "'%s' is no number of records up to %d",
					   optarg, LAST_MAX);
		return 0;
	case OPT_RAW_TIME:
		dump->raw = true;
		return 0;
	case OPT_JSON:
		dump->json = true;
		return 0;
	case OPT_SYMBOLS:
		return take_symbols_directory(&cmd_dump, optarg);
	default:
		return option_error(&cmd_dump, option, argv);
	}
}

static int parse(int argc, char **argv, struct dump *dump)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:p:e:n:", long_options, NULL)) >= 0) {
		status = take_option(dump, option, argv);
		if (status)
			return status;
	}
	if (optind < argc)
		dump->path = argv[optind++];
	status = no_more_arguments(&cmd_dump, argc, argv);
	if (status)
		return status;
	if (dump->path && (dump->cpus_given || dump->tgids_count))
		return usage_error(&cmd_dump, "-c and -p read live rings, not a recording");
	if (!dump->path && !dump->cpus_given && !dump->tgids_count)
		return usage_error(&cmd_dump, "name a recording, or -c or -p for live rings");
	if (dump->most && dump->last)
		return usage_error(&cmd_dump, "-n and --last exclude each other");
	if (dump->json && dump->raw)
		return usage_error(&cmd_dump, "--json has ticks and time: leave --raw-time out");
	return 0;
}

static int open_reader(struct dump *dump)
{
	struct hft_live live = {
		.size = sizeof(live),
		.cpus = dump->cpus_given ? dump->cpus.word : NULL,
		.cpus_words = dump->cpus_given ? CPUS_WORDS : 0,
		.tgids = dump->tgids,
		.tgids_count = dump->tgids_count,
	};

	if (dump->path)
		return source_open_recording(&dump->reader, dump->path);
	return source_open_live(&dump->reader, &live);
}

/* Where the records of a recording begin and end, in ticks, for --since and --until. */
static int find_range(const struct dump *dump, __u64 *first, __u64 *last)
{
	struct hft_reader *reader;
	struct hft_record record;
	int err;

	*first = 0;
	*last = 0;
	if (!dump->path || (!dump->since && !dump->until))
		return 0;
	if (source_open_recording(&reader, dump->path))
		return HFT_EXIT_FAILED;
	while (!(err = hft_reader_next(reader, &record))) {
		if (!*first)
			*first = record.tsc;
		*last = record.tsc;
	}
	hft_reader_close(reader);
	return 0;
}

/* A time of day is one as shown; a distance is one in ticks, as the clock may have been set. */
static int find_moment(const struct dump *dump, const char *text, __u64 first, __u64 last,
		       __s64 *ns, __u64 *ticks)
{
	__s64 begin = hft_reader_realtime(dump->reader, first), distance;

	if (!text)
		return 0;
	if (is_distance(text) && !parse_moment(text, 0, 0, &distance)) {
		*ticks = (distance < 0 ? last : first) +
			 (__u64)llround((double)distance * hft_reader_hz(dump->reader) / 1e9);
		return 0;
	}
	if (!is_distance(text) && !parse_moment(text, begin, begin, ns))
		return 0;
	return usage_error(&cmd_dump,
			   "'%s' is no time like 14:03:22.5, +1.5s (after the start), -200ms (before the end), @1700000000.5",
			   text);
}

static bool is_chosen(const struct dump *dump, const struct hft_record *record)
{
	__s64 ns;

	if (dump->types_given && !record_types_has(&dump->types, record->type))
		return false;
	if (!dump->since && !dump->until)
		return true;
	ns = hft_reader_realtime(dump->reader, record->tsc);
	return ns >= dump->since_ns && ns <= dump->until_ns && record->tsc >= dump->since_tsc &&
	       record->tsc <= dump->until_tsc;
}

static void print(const struct dump *dump, const struct hft_record *record,
		  const struct sender *sender)
{
	const struct record_print how = {
		.reader = dump->reader, .events = &dump->events, .symbols = dump->symbols,
		.sender = sender, .raw = dump->raw,
	};

	if (dump->json)
		record_print_json(stdout, &how, record);
	else
		record_print(stdout, &how, record);
}

static void keep(struct dump *dump, const struct hft_record *record, const struct sender *sender)
{
	struct kept *kept = &dump->kept[dump->printed % dump->last];

	kept->record = *record;
	kept->sender = *sender;
	memcpy(kept->payload, record->payload, record->payload_bytes);
}

static void print_kept(struct dump *dump)
{
	__u64 i = dump->printed > dump->last ? dump->printed - dump->last : 0;

	for (; i < dump->printed; i++) {
		struct kept *kept = &dump->kept[i % dump->last];

		kept->record.payload = kept->payload;
		print(dump, &kept->record, &kept->sender);
	}
}

/* Who sent the interrupt, where that can be known: in a recording. */
static int find_sender(struct dump *dump, const struct hft_record *record, struct sender *sender)
{
	struct hft_ring_info info;

	memset(sender, 0, sizeof(*sender));
	if (!dump->senders || hft_reader_ring(dump->reader, record->ring, &info) ||
	    info.kind != HFT_RING_CPU)
		return 0;
	return senders_feed(dump->senders, info.id, record, sender);
}

/* Up to `until` ticks. 1: that is reached, or -n; or the reader's -errno. */
static int print_records(struct dump *dump, __u64 until)
{
	struct hft_record record;
	struct sender sender;
	int err;

	while (!(err = hft_reader_next(dump->reader, &record))) {
		if (record.tsc > until)
			return 1;
		err = find_sender(dump, &record, &sender);
		if (err)
			return err;
		if (!is_chosen(dump, &record))
			continue;
		if (dump->last)
			keep(dump, &record, &sender);
		else
			print(dump, &record, &sender);
		dump->printed++;
		if ((dump->most && dump->printed == dump->most) || ferror(stdout))
			return 1;
	}
	return err;
}

/* The rings as they stand now: what is written from now on does not count. */
static int print_live(struct dump *dump)
{
	const struct timespec wait = { .tv_nsec = LIVE_WAIT_NS };
	__u64 now = hft_ticks();
	int err;

	err = print_records(dump, now);
	if (err != -ENODATA)
		return err;
	nanosleep(&wait, NULL);
	return print_records(dump, now);
}

static int dump_all(struct dump *dump)
{
	int status = HFT_EXIT_OK;
	__u64 first, last;
	int err;

	if (dump->path) {
		event_names_read(&dump->events, dump->path);
		err = senders_open(&dump->senders, hft_reader_hz(dump->reader));
		if (!err)
			err = symbols_open(&dump->symbols, dump->path);
		if (err) {
			message("%s", strerror(-err));
			return HFT_EXIT_FAILED;
		}
	}
	status = find_range(dump, &first, &last);
	if (status)
		return status;
	dump->until_ns = INT64_MAX;
	dump->since_ns = INT64_MIN;
	dump->until_tsc = ~0ULL;
	status = find_moment(dump, dump->since, first, last, &dump->since_ns, &dump->since_tsc);
	if (!status)
		status = find_moment(dump, dump->until, first, last, &dump->until_ns,
				     &dump->until_tsc);
	if (status)
		return status;
	err = dump->path ? print_records(dump, ~0ULL) : print_live(dump);
	if (dump->last)
		print_kept(dump);
	if (err < 0 && err != -ENODATA) {
		message("cannot read on: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	return dump->path && losses_say(dump->reader, dump->path) ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	static struct dump dump;	/* large */
	int status;

	memset(&dump, 0, sizeof(dump));
	status = parse(argc, argv, &dump);
	if (status)
		return status;
	if (!dump.path && (dump.since || dump.until))
		return usage_error(&cmd_dump, "--since and --until are for recordings");
	if (dump.last) {
		dump.kept = malloc(dump.last * sizeof(*dump.kept));
		if (!dump.kept) {
			message("not enough memory to keep %llu records", dump.last);
			return HFT_EXIT_FAILED;
		}
	}
	status = open_reader(&dump);
	if (!status) {
		status = dump_all(&dump);
		symbols_close(dump.symbols);
		senders_close(dump.senders);
		hft_reader_close(dump.reader);
	}
	free(dump.kept);
	return status;
}

const struct hft_command cmd_dump = {
	.name = "dump",
	.summary = "Prints records, oldest first, of a recording or of live rings",
	.usage = "[OPTION]... NAME.hft\n"
		 "[OPTION]... -c CPUS | -p PID",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"A record a line: time, CPU or thread, type, fields. An interval stands at its end.\n"
"With -c or -p: what the rings hold now; nothing is armed, nothing is waited for.\n"
"\n"
"  -c, --cpus LIST      live: the rings of these CPUs\n"
"  -p, --pid PID        live: the rings of this process's threads; up to 8 times\n"
"  -e, --types LIST     these records alone: sched_switch,span; or all of a hook: irq\n"
"  --since TIME         14:03:22.5, +1.5s after the start, -200ms before the end,\n"
"                       @1700000000.5 since the epoch\n"
"  --until TIME         likewise\n"
"  -n, --number N       the first N\n"
"  --last N             the last N\n"
"  --raw-time           ticks instead of time and ns\n"
HELP_SYMBOLS
"  --json               a JSON object a line\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 the recording is damaged or records were lost\n"
"when it was made, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace dump monday.hft | less\n"
"  hftrace dump monday.hft -e span,page_fault --since +2s --until +2.1s\n"
"  hftrace dump --json monday.hft | jq 'select(.fields.duration_ns > 10000)'\n"
"  hftrace dump -c 3 --last 20\n",
};
