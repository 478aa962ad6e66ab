// SPDX-License-Identifier: GPL-2.0
/* Processes whose counters, gauges and states are shown. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/args.h"
#include "lib/boards.h"
#include "lib/facts.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/source.h"

#define INTERVAL_MIN_NS	1000000ULL

static int take_pid(struct boards *boards)
{
	if (boards->tgids_count == HFT_FILTERS)
		return usage_error(boards->command, "at most %d processes can be chosen",
				   HFT_FILTERS);
	if (parse_pid(optarg, &boards->tgids[boards->tgids_count++]))
		return usage_error(boards->command, "'%s' is no process number", optarg);
	return 0;
}

int boards_option(struct boards *boards, int option, char **argv)
{
	switch (option) {
	case 'p':
		return take_pid(boards);
	case 'n':
		boards->name = optarg;
		return 0;
	case 'i':
		if (parse_duration(optarg, 0, &boards->interval_ns) ||
		    boards->interval_ns < INTERVAL_MIN_NS)
			return usage_error(boards->command,
					   "'%s' is no interval like 1s, 100ms, from 1ms", optarg);
		return 0;
	case 't':
		if (parse_u64(optarg, &boards->times) || !boards->times)
			return usage_error(boards->command, "'%s' is no number of times", optarg);
		return 0;
	case 'j':
		boards->json = true;
		return 0;
	default:
		return option_error(boards->command, option, argv);
	}
}

bool boards_is_recording(const char *argument)
{
	size_t length = strlen(argument);
	struct stat st;

	while (length && argument[length - 1] == '/')
		length--;
	return (length >= 4 && !strncmp(argument + length - 4, ".hft", 4)) ||
	       (!stat(argument, &st) && S_ISDIR(st.st_mode));
}

int boards_check(const struct boards *boards)
{
	if (boards->path && boards->interval_ns)
		return usage_error(boards->command,
				   "what a recording has kept does not change: leave -i out");
	if (boards->times && !boards->interval_ns)
		return usage_error(boards->command, "--times needs an interval: -i 1s");
	return 0;
}

static void wish(const struct boards *boards, struct hft_live *live)
{
	*live = (struct hft_live){
		.size = sizeof(*live),
		.flags = boards->records ? 0 : HFT_LIVE_FROM_NOW,
		.tgids = boards->tgids,
		.tgids_count = boards->tgids_count,
	};
	if (!boards->tgids_count)
		live->flags |= HFT_LIVE_ALL_PROCESSES;
}

bool boards_are_there(const struct boards *boards)
{
	struct hft_reader *reader;
	struct hft_live live;
	int err;

	wish(boards, &live);
	err = hft_reader_open_live(&reader, &live);
	if (!err)
		hft_reader_close(reader);
	return err != -ENOENT;
}

int boards_open(struct boards *boards)
{
	struct hft_live live;

	if (boards->path)
		return source_open_recording(&boards->reader, boards->path);
	wish(boards, &live);
	return source_open_live(&boards->reader, &live);
}

void boards_close(struct boards *boards)
{
	hft_reader_close(boards->reader);
}

struct wanted {
	__s32 tgid;
	char *buf;
};

/* Lines of facts/tasks: tid, tgid, name, which is escaped there. The last one is the latest. */
static int take_task(void *context, char *line)
{
	struct wanted *wanted = context;
	const char *tid = facts_column(&line), *tgid = facts_column(&line);
	const char *name = facts_column(&line);
	__s64 number;

	if (!name || facts_parse_signed(tid, &number) || number != wanted->tgid ||
	    strcmp(tid, tgid))
		return 0;
	snprintf(wanted->buf, BOARDS_PROCESS, "%s", name);
	return 0;
}

const char *boards_process(const struct boards *boards, __s32 tgid, bool ended,
			   char buf[BOARDS_PROCESS])
{
	struct wanted wanted = { tgid, buf };

	snprintf(buf, BOARDS_PROCESS, "?");
	if (boards->path)
		facts_each_line(boards->path, "tasks", take_task, &wanted);
	else if (!ended)
		process_name(tgid, buf, BOARDS_PROCESS);
	return buf;
}

bool boards_is_chosen(const struct boards *boards, __s32 tgid, bool ended)
{
	char buf[BOARDS_PROCESS];
	size_t i;

	for (i = 0; i < boards->tgids_count && boards->tgids[i] != tgid; i++)
		;
	if (boards->tgids_count && i == boards->tgids_count)
		return false;
	return !boards->name || !strcmp(boards_process(boards, tgid, ended, buf), boards->name);
}

static void wait_until(struct timespec *next, __u64 ns)
{
	next->tv_sec += ns / 1000000000;
	next->tv_nsec += ns % 1000000000;
	if (next->tv_nsec >= 1000000000) {
		next->tv_nsec -= 1000000000;
		next->tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
}

int boards_each_time(struct boards *boards, int (*show)(void *context), void *context)
{
	struct timespec next;
	__u64 time;
	int result;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (time = 1;; time++) {
		result = show(context);
		if (result)
			return result == BOARDS_END ? HFT_EXIT_OK : result;
		if (!boards->interval_ns || time == boards->times)
			return HFT_EXIT_OK;
		/* Whoever reads it from a pipe gets it now. */
		if (fflush(stdout))
			return HFT_EXIT_OK;
		wait_until(&next, boards->interval_ns);
		result = hft_reader_refresh(boards->reader);
		if (result < 0) {
			message("cannot look for new processes: %s", strerror(-result));
			return HFT_EXIT_FAILED;
		}
	}
}
