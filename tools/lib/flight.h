/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recorder that keeps windows: the rings go round, and what they hold from around a
 * trigger becomes a recording of its own.
 */
#ifndef HFT_FLIGHT_H
#define HFT_FLIGHT_H

#include <limits.h>

#include "lib/flight_watch.h"
#include "lib/recorder_run.h"

struct flight_window {
	struct flight_window *next;
	struct flight_trigger trigger;
	unsigned int also;	/* triggers more that lie in it */
	__u64 begin;		/* ticks */
	__u64 end;
	bool begins_late;	/* recording began only then */
	bool ends_early;	/* recording was stopped then */
	char path[PATH_MAX];
	struct recording recording;	/* from when it was copied; then: */
	struct capture_held held;
	unsigned int step;	/* of the facts that take their time */
};

struct flight {
	struct recorder recorder;
	struct flight_watch watch;
	struct flight_window *wanted;	/* in order of time; not yet over, or not yet copied */
	struct flight_window *copied;	/* facts are missing still */
	struct flight_window last;	/* its times: the newest that was accepted */
	__u64 started;		/* ticks when hooks were armed */
	unsigned int number;	/* of the last file */
	__u64 windows;		/* accepted */
	__u64 kept;
	__u64 incomplete;	/* of those, from which something is lost */
	__u64 failed;
	__u64 triggers;
	__u64 also;		/* that lie in the window of another */
	__u64 left_out;		/* too soon after another, or too many */
	bool *warned;		/* by ring: too small for a window */
	size_t warned_count;
};

/* Ticks of so many ns. */
__u64 flight_ticks(const struct flight *flight, __u64 ns);

/* flight_window.c: copies what the rings hold; gives it up and says so when that fails. */
void flight_copy(struct flight *flight, struct flight_window *window);
/* The next step of its facts. False: it is done, and said. */
bool flight_finish(struct flight *flight, struct flight_window *window);
/* Nothing of it is missing. */
bool flight_complete(const struct flight_window *window);
/* Says of each ring that could not hold a window, once. */
void flight_check_rings(struct flight *flight);

/* flight_say.c */
void flight_say_window(const struct flight *flight, const struct flight_window *window);
int flight_summary(const struct flight *flight);	/* enum hft_exit */

#endif /* HFT_FLIGHT_H */
