// SPDX-License-Identifier: GPL-2.0
/* hftrace log: the logs of programs in words, live or of a recording. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hftrace.h>
#include "command.h"
#include "lib/args.h"
#include "lib/boards.h"
#include "lib/json.h"
#include "lib/log_lines.h"
#include "lib/losses.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/records.h"

#define ROUND_NS	20000000	/* -f: from look to look; more than a record takes */

enum {
	OPT_LEVEL = 256,
	OPT_THREAD,
};

static const struct option long_options[] = {
	{ "follow", no_argument, NULL, 'f' },
	{ "pid", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'n' },
	{ "level", required_argument, NULL, OPT_LEVEL },
	{ "thread", required_argument, NULL, OPT_THREAD },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* What is known of a ring. */
enum ring_state {
	RING_NEW,
	RING_CHOSEN,
	RING_OTHER,
};

struct ring {
	enum ring_state state;
	bool read;		/* a record of it was read, or it came after we began */
};

struct log {
	struct boards boards;
	bool follow;
	__u32 level;
	const char *thread;	/* NULL: any */
	bool colour;
	struct ring *rings;
	size_t rings_count;
	size_t rings_standing;	/* when we began */
	__u64 lost;		/* slots, while it was read live */
	__u64 lost_said;
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int take_option(struct log *log, int option, char **argv)
{
	switch (option) {
	case 'f':
		log->follow = true;
		return 0;
	case OPT_LEVEL:
		if (log_level_parse(optarg, &log->level))
			return usage_error(&cmd_log,
					   "'%s' is no level: debug, info, warning, error", optarg);
		return 0;
	case OPT_THREAD:
		log->thread = optarg;
		return 0;
	default:
		return boards_option(&log->boards, option, argv);
	}
}

static int parse(int argc, char **argv, struct log *log)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":fp:n:", long_options, NULL)) >= 0) {
		status = take_option(log, option, argv);
		if (status)
			return status;
	}
	if (optind < argc)
		log->boards.path = argv[optind++];
	status = no_more_arguments(&cmd_log, argc, argv);
	if (status)
		return status;
	if (log->boards.path && log->follow)
		return usage_error(&cmd_log, "a recording does not grow: leave -f out");
	return 0;
}

/* ------------------------------------------------------------------- rings */

static struct ring *ring_of(struct log *log, __u32 number)
{
	size_t count = hft_reader_rings(log->boards.reader);
	struct ring *rings;

	if (number < log->rings_count)
		return &log->rings[number];
	rings = reallocarray(log->rings, count, sizeof(*rings));
	if (!rings)
		return NULL;
	log->rings = rings;
	for (; log->rings_count < count; log->rings_count++)
		rings[log->rings_count] = (struct ring){
			.read = log->rings_count >= log->rings_standing,
		};
	return &rings[number];
}

static bool is_chosen(const struct log *log, const struct hft_ring_info *info)
{
	return (!log->thread || !strcmp(log->thread, info->name)) &&
	       boards_is_chosen(&log->boards, info->tgid, false);
}

/* ------------------------------------------------------------------- lines */

static const char *colour_of(const struct log *log, const struct log_line *line)
{
	if (!log->colour || line->rank < HFT_LOG_WARNING)
		return "";
	return line->rank == HFT_LOG_ERROR ? "\033[31m" : "\033[33m";
}

static void print_text(const struct log *log, const struct hft_record *record,
		       const struct hft_ring_info *info, const struct log_line *line)
{
	char time[FORMAT_SIZE], where[100], text[4 * sizeof(line->text)];
	const char *colour = colour_of(log, line);

	printf("%s  %s%-7s%s  %-14s ",
	       format_clock(time, hft_reader_realtime(log->boards.reader, record->tsc)), colour,
	       line->level ? line->level : "?", *colour ? "\033[0m" : "",
	       ring_text(info, where, sizeof(where)));
	if (line->level)
		printf(" %s:%u",
		       text_escape(text, sizeof(text), line->file, strlen(line->file)),
		       line->line);
	if (line->every > 1)
		printf("  [1 in %u]", line->every);
	printf("  %s\n", text_escape(text, sizeof(text), line->text, strlen(line->text)));
}

static void print_json(const struct log *log, const struct hft_record *record,
		       const struct hft_ring_info *info, const struct log_line *line)
{
	__s64 realtime = hft_reader_realtime(log->boards.reader, record->tsc);
	char time[FORMAT_SIZE];
	struct json json;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "time", format_date(time, realtime));
	json_s64(&json, "time_ns", realtime);
	json_u64(&json, "tsc", record->tsc);
	json_s64(&json, "tgid", info->tgid);
	json_s64(&json, "tid", info->id);
	json_text(&json, "thread", info->name, sizeof(info->name));
	log_line_json(line, &json);
	json_close(&json);
	json_newline(&json);
}

/* 0 or -ENOMEM. */
static int take(struct log *log, const struct hft_record *record)
{
	struct ring *ring = ring_of(log, record->ring);
	struct hft_ring_info info;
	struct log_line line;

	if (!ring)
		return -ENOMEM;
	/* What was overwritten before we came is no loss. */
	if (ring->read && !log->boards.path)
		log->lost += record->lost_slots;
	ring->read = true;
	if (record->type != HFT_REC_LOG || ring->state == RING_OTHER ||
	    log_line_read(&line, log->boards.reader, record))
		return 0;
	hft_reader_ring(log->boards.reader, record->ring, &info);
	if (ring->state == RING_NEW)
		ring->state = is_chosen(log, &info) ? RING_CHOSEN : RING_OTHER;
	if (ring->state == RING_OTHER || (line.rank && line.rank < log->level))
		return 0;
	if (log->boards.json)
		print_json(log, record, &info, &line);
	else
		print_text(log, record, &info, &line);
	return 0;
}

/* ------------------------------------------------------------------ reading */

/* What there is up to `until` ticks. 0 or -errno. */
static int read_on(struct log *log, __u64 until)
{
	struct hft_record record;
	char text[FORMAT_SIZE];
	int err;

	while (!stopped && !ferror(stdout)) {
		err = hft_reader_next(log->boards.reader, &record);
		if (!err && record.tsc <= until)
			err = take(log, &record);
		else if (!err)
			err = -ENODATA;
		if (err == -ENODATA)
			break;
		if (err)
			return err;
	}
	if (log->lost != log->lost_said)
		message("%s slots of rings were overwritten unread: lines may be missing",
			format_count(text, log->lost - log->lost_said));
	log->lost_said = log->lost;
	return 0;
}

static void wait_a_round(void)
{
	const struct timespec wait = { .tv_nsec = ROUND_NS };

	nanosleep(&wait, NULL);
}

/* The rings as they stand now: what is written from now on does not count. */
static int read_standing(struct log *log)
{
	__u64 now = hft_ticks();
	int err;

	err = read_on(log, now);
	if (err)
		return err;
	wait_a_round();
	return read_on(log, now);
}

/* Whether all that were asked for by number have ended. */
static bool have_ended(const struct log *log)
{
	size_t i;

	for (i = 0; i < log->boards.tgids_count; i++)
		if (process_exists(log->boards.tgids[i]))
			return false;
	return log->boards.tgids_count;
}

static int read_following(struct log *log)
{
	bool ended;
	int err;

	while (!stopped) {
		ended = have_ended(log);
		err = hft_reader_refresh(log->boards.reader);
		if (err < 0)
			return err;
		if (ended)
			hft_reader_settle(log->boards.reader);
		err = read_on(log, ~0ULL);
		/* Whoever reads it from a pipe gets it now. */
		if (err || ended || fflush(stdout))
			return err;
		wait_a_round();
	}
	return 0;
}

/* -f may come before the program that it follows, which may never attach and end. */
static void wait_for_program(const struct log *log)
{
	bool said = false;

	while (!stopped) {
		bool ended = have_ended(log);

		if (boards_are_there(&log->boards) || ended)
			return;
		if (!said)
			message("no process there uses libhftrace yet: waiting for one");
		said = true;
		wait_a_round();
	}
}

static int read_all(struct log *log)
{
	int err;

	err = log->follow ? read_following(log) :
	      log->boards.path ? read_on(log, ~0ULL) : read_standing(log);
	if (err) {
		message("cannot read on: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	if (log->boards.path)
		return losses_say(log->boards.reader, log->boards.path) ?
		       HFT_EXIT_LOST : HFT_EXIT_OK;
	return log->lost ? HFT_EXIT_LOST : HFT_EXIT_OK;
}

static int run(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct log log = {
		.boards.command = &cmd_log,
		.boards.records = true,
		.colour = output_colour(stdout),
	};
	int status;

	status = parse(argc, argv, &log);
	if (status)
		return status;
	if (log.follow) {
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		wait_for_program(&log);
		if (stopped)
			return HFT_EXIT_OK;
	}
	status = boards_open(&log.boards);
	if (status)
		return status;
	log.rings_standing = hft_reader_rings(log.boards.reader);
	status = read_all(&log);
	boards_close(&log.boards);
	free(log.rings);
	return status;
}

const struct hft_command cmd_log = {
	.name = "log",
	.summary = "Prints the logs of programs, live or of a recording",
	.usage = "[OPTION]...\n"
		 "[OPTION]... NAME.hft",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"What programs wrote with HFT_LOG(), a line each: time, level, thread, place, text.\n"
"The programs write numbers; words are made of them here, and they notice nothing.\n"
"The last lines of a program that was killed can be read as long as its rings are\n"
"kept. Without a recording: what the rings of all processes hold now.\n"
"\n"
"  -f, --follow         go on with what is written, until interrupted, or until the\n"
"                       processes of -p have ended\n"
"  -p, --pid PID        of this process; up to 8 times\n"
"  -n, --name NAME      of the processes of this name\n"
"  --level LEVEL        from this level on: debug, info, warning, error\n"
"  --thread NAME        of the threads of this name\n"
"  --json               a JSON object a line\n"
"\n"
"Exit status: 0 fine, 1 failed, 3 lines may be missing: the recording is damaged or\n"
"lost records, or what was followed was written faster than it could be read,\n"
"64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace log -f -n engine\n"
"  hftrace log -p 1234 --level warning\n"
"  hftrace log --thread risk monday.hft\n"
"  hftrace log --json monday.hft | jq -r 'select(.level == \"error\") | .text'\n",
};
