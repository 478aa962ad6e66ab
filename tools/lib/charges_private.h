/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by charges.c and charges_complete.c. */
#ifndef HFT_CHARGES_PRIVATE_H
#define HFT_CHARGES_PRIVATE_H

#include "lib/charges.h"
#include "lib/cpus.h"
#include "lib/hidden.h"
#include "lib/steal.h"
#include "lib/tasks.h"
#include "lib/threads.h"
#include "lib/timeline.h"

/* A thread was on a CPU while spans of it were open. */
struct stay {
	__u32 thread;
	__u64 from;
	__u64 to;
};

struct cpu_line {
	__s32 cpu;
	bool is_cpu;		/* a kernel ring */
	bool traced;		/* its interruptions were recorded */
	bool scouted;		/* its first record came */
	bool late;		/* what came first was lost */
	__u64 from;		/* recorded from here to there */
	__u64 to;
	struct stay *stay;	/* over; in order of time */
	size_t stays;
	size_t room;
};

/* The spans of a track among all. */
struct track_spans {
	size_t first;
	size_t count;
	__u32 next;		/* another track of the same thread, TRACK_NONE */
};

#define TRACK_NONE	(~0U)

struct charges {
	const char *recording;
	const struct hft_reader *reader;
	struct spans *spans;
	struct tasks *tasks;
	struct causes *causes;
	struct threads *threads;
	struct timeline *timeline;
	struct steal steal;
	struct hidden hidden;
	struct cpus traced;		/* CPUs, also those where nothing happened */
	struct cpu_line *line;		/* by ring */
	struct track_spans *track;
	__u32 *first_track;		/* by thread */
	__u32 lines;
};

/* After the second pass: gives the chosen spans their remaining parts. 0 or -ENOMEM. */
int charges_complete(struct charges *charges);

#endif /* HFT_CHARGES_PRIVATE_H */
