/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hftrace costs a loop: its times with the module absent, loaded, armed
 * and armed and recorded, in rounds that have each state once, in any order.
 */
#ifndef HFT_PROVE_H
#define HFT_PROVE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include "lib/cpus.h"
#include "lib/device.h"
#include "lib/histogram.h"
#include "lib/module.h"
#include "lib/paired.h"
#include "lib/series.h"

enum prove_state {
	PROVE_ABSENT,		/* not loaded: with --unload only */
	PROVE_LOADED,		/* hooks attached, none armed */
	PROVE_ARMED,		/* nobody reads */
	PROVE_RECORDED,		/* by 'hftrace record' */
	PROVE_STATES
};

#define PROVE_PERCENTS		5	/* the last is the maximum */
#define PROVE_ROUNDS_MIN	10U	/* fewer cannot give the interval at its confidence */
#define PROVE_ROUNDS_MAX	1000U
#define PROVE_CONFIDENCE	0.95	/* that all intervals are right at once */

extern volatile sig_atomic_t prove_stopped;	/* by a signal */
extern const double prove_percents[PROVE_PERCENTS];

struct prove_options {
	char **command;		/* NULL: */
	pid_t pid;		/* a process that runs */
	struct cpus cpus;
	bool cpus_given;
	__u64 hooks;		/* 0: all that are attached but syscall */
	__u64 window_ns;
	unsigned int rounds;
	const char *span;	/* NULL: the most frequent */
	double threshold_share;	/* slower by more than this share, */
	__u64 threshold_ns;	/* or, unless 0, this time, is too slow */
	bool unload;
	const char *module_path;
};

struct prove_window {
	__u64 count;
	__u64 at[PROVE_PERCENTS];	/* ns; ~0: too few for that */
};

/* A state against another: ns, of the rounds' differences. */
struct prove_difference {
	bool known;
	struct median_interval ns;
	double threshold;	/* ns */
	bool slower;
};

struct prove {
	const struct prove_options *options;
	struct device device;	/* open while it is loaded */
	struct arming arming;
	struct module module;
	struct cpus affinity;	/* of the command: as the tool's was */
	bool unloaded;		/* now */
	bool timed_runs;	/* the command's run times, not what it tells */
	bool marks;		/* times between marks, not spans */
	char name[60];
	char scratch[64];	/* directory for recordings */
	bool measured[PROVE_STATES];
	struct prove_window *window;	/* [round * PROVE_STATES + state] */
	unsigned int rounds;
	struct histogram all[PROVE_STATES];
	__u64 lost;
	struct prove_difference difference[PROVE_STATES][PROVE_PERCENTS];
};

/* enum hft_exit */
int prove_open(struct prove *prove, const struct prove_options *options);
int prove_run(struct prove *prove);
void prove_close(struct prove *prove);

/* prove_state.c: brings the machine into a state, and back to loaded. enum hft_exit */
int prove_enter(struct prove *prove, enum prove_state state);
int prove_leave(struct prove *prove, enum prove_state state);

/* prove_window.c: the loop's times for a window. enum hft_exit */
struct prove_sample {
	struct series series;
	struct histogram runs;	/* ns that each run of the command took */
};

int prove_sample(struct prove *prove, struct prove_sample *sample, const char *wanted,
		 struct histogram *times);

/* What a state is compared with; itself: with nothing. */
enum prove_state prove_base(const struct prove *prove, enum prove_state state);

/* Whether so many times have a percentile. */
bool prove_enough(__u64 count, double percent);

/* prove_judge.c: fills difference[][]. */
void prove_judge(struct prove *prove);

/* prove_print.c */
extern const char *const prove_names[PROVE_STATES];
void prove_print(struct prove *prove);
void prove_json(struct prove *prove);

#endif /* HFT_PROVE_H */
