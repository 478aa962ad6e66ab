/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose counters, gauges and states a command shows: of which processes, live
 * or as a recording has kept them, how often.
 */
#ifndef HFT_BOARDS_H
#define HFT_BOARDS_H

#include <stdbool.h>
#include <hftrace-reader.h>
#include "command.h"

struct boards {
	const struct hft_command *command;
	const char *path;		/* of a recording; NULL: live */
	__s32 tgids[HFT_FILTERS];	/* those alone, if there are any */
	size_t tgids_count;
	const char *name;		/* of processes; NULL: any */
	__u64 interval_ns;		/* 0: once */
	__u64 times;			/* with an interval; 0: without end */
	bool json;
	bool records;			/* those that the rings hold are wanted, too */
	struct hft_reader *reader;
};

/*
 * Takes one of -p, -n, -i, 't' (--times) and 'j' (--json), or says what is wrong
 * with it. 0 or HFT_EXIT_USAGE.
 */
int boards_option(struct boards *boards, int option, char **argv);

/* Whether an argument is the path of a recording and no name. */
bool boards_is_recording(const char *argument);

/* Options that exclude each other. 0 or HFT_EXIT_USAGE. */
int boards_check(const struct boards *boards);

/* Live: whether such a process is there yet, or the module. */
bool boards_are_there(const struct boards *boards);

/* 0, or HFT_EXIT_FAILED after saying why. */
int boards_open(struct boards *boards);
void boards_close(struct boards *boards);

/* Escaped for a terminal; "?" when it is not known. Returns buf. */
#define BOARDS_PROCESS 80
const char *boards_process(const struct boards *boards, __s32 tgid, bool ended,
			   char buf[BOARDS_PROCESS]);

/* Whether that process was asked for. */
bool boards_is_chosen(const struct boards *boards, __s32 tgid, bool ended);

/*
 * Calls `show` once, or at each interval until it returns other than 0: BOARDS_END
 * or an exit code, which is returned. Looks for new processes in between.
 */
#define BOARDS_END (-1)
int boards_each_time(struct boards *boards, int (*show)(void *context), void *context);

#endif /* HFT_BOARDS_H */
