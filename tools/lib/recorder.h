/* SPDX-License-Identifier: GPL-2.0 */
/* A run of the recorder: what was asked for, what it does, what came of it. */
#ifndef HFT_RECORDER_H
#define HFT_RECORDER_H

#include <stdbool.h>
#include <sys/types.h>
#include "lib/capture.h"
#include "lib/child.h"
#include "lib/clock.h"
#include "lib/cost.h"
#include "lib/cpus.h"
#include "lib/device.h"
#include "lib/events.h"
#include "lib/probes.h"
#include "lib/recording.h"
#include "lib/span_rule.h"

/* Windows of what went before triggers, instead of all. */
struct flight_options {
	bool wanted;
	bool given;		/* one of those that need it */
	struct span_rule rule[SPAN_RULES];
	size_t rules;
	__u64 pre_ns;
	__u64 post_ns;
	__u64 gap_ns;		/* between triggers that windows are kept of */
	__u64 windows_max;
};

struct recorder_options {
	struct cpus cpus;
	bool cpus_given;
	__u64 hooks;		/* HOOKS_ALL: all that are attached */
	bool hooks_given;
	__u64 hooks_besides;	/* those of these that are attached */
	__s32 tgids[HFT_FILTERS];
	size_t tgids_count;
	char **command;		/* NULL: none */
	__u64 duration_ns;	/* 0: until it is stopped */
	const char *output;
	bool replace;
	const char *passing;	/* NULL, or what it is called: it goes with the command */
	__u32 lease_ms;
	__u64 ring_slots;	/* 0: as they are */
	struct events events;	/* to count or sample */
	const char *watch[HFT_WATCHES];	/* addresses, as typed */
	size_t watches;
	__s32 quiet[HFT_QUIET_THREADS];	/* that are to make no system call */
	size_t quiets;
	struct probes probes;
	bool yes;		/* open, set and add those even while a CPU is armed */
	__u32 every[HFT_HOOKS];	/* one record in so many; 0: each */
	bool budget_given;
	__u64 budget_ns;	/* a second, of each traced CPU; 0: no limit */
	bool no_culprits;
	bool share_cpu;
	bool live;		/* to be looked at: leaves a CPU for this tool, needs no module */
	bool json;
	int ready_fd;		/* -1: none */
	struct flight_options flight;
	int argc;		/* the command line, for the facts */
	char **argv;
};

/* What it comes to on this machine. */
struct recorder_plan {
	bool kernel;		/* CPU rings too; else `why_not` */
	char why_not[DEVICE_WHY];
	struct device device;
	struct arming arming;
	struct cpus rings;	/* CPUs whose rings are recorded */
	struct cpus affinity;	/* of the command: as the recorder's was */
	pid_t command_pid;	/* once it is started; 0: none */
};

/*
 * Decides and checks; moves the caller off the traced CPUs. Says what is wrong.
 * enum hft_exit.
 */
int recorder_plan(const struct recorder_options *options, struct recorder_plan *plan);

struct recorder {
	const struct recorder_options *options;
	struct recorder_plan *plan;
	struct recording recording;
	struct capture capture;
	struct child child;
	pid_t child_pid;	/* also after its end */
	bool command_ended;
	struct hft_clock_sample first;
	struct hft_clock_sample last;
	__u64 started_ns;	/* since the epoch; what is recorded lies between the two */
	__u64 stopped_ns;
	__u64 armed_ns;		/* since the epoch; 0: no hook is */
	__u64 started_tsc;	/* the same in ticks, which nobody sets */
	__u64 stopped_tsc;
	__u64 armed_tsc;
	bool clock_set;		/* by somebody, and no sample has been taken since */
	double hz;
	const char *ended;	/* why it stopped */
	__u64 renewed_ns;	/* when the lease began anew */
	bool lease_ran_out;	/* because this process did not run */
	struct cost cost_first;	/* of the traced CPUs */
	struct cost cost_last;
	int failure;		/* -errno of what went wrong, 0 */
	size_t rings_noted;
	struct events events;	/* that are counted: those asked for, or what there is */
	struct hft_pmu pmu;
	struct watchpoint watch[HFT_WATCHES];
	__u32 watch_number[HFT_WATCHES];
	char pmu_note[EVENTS_WHY];	/* what they are instead of what was asked for */
};

/* All of it. enum hft_exit. */
int recorder_run(const struct recorder_options *options, struct recorder_plan *plan);

/* flight.c: the same, keeping windows. */
int flight_run(const struct recorder_options *options, struct recorder_plan *plan);

/* recorder_facts.c: 0 or -errno */
int recorder_facts_start(struct recorder *recorder);
int recorder_facts_refresh(struct recorder *recorder);	/* rings and names that came */
int recorder_facts_maps(struct recorder *recorder);
int recorder_facts_end(struct recorder *recorder);
/*
 * Of a window: what it is to be read by; then step by step from 0, as long as it returns 1,
 * what may take its time.
 */
int recorder_facts_window(struct recorder *recorder);
int recorder_facts_slow(struct recorder *recorder, unsigned int step);

/* The names of tasks, interrupts, functions: of a run whose records are read as they come. */
int recorder_facts_names(struct recorder *recorder);

/* recorder_pmu.c: before arming. enum hft_exit; the other two 0 or -errno. */
int recorder_pmu_open(struct recorder *recorder);
int recorder_pmu_request(struct recorder *recorder);
int recorder_pmu_facts(struct recorder *recorder);

/* recorder_probe.c: says the cost and asks; adds; writes down, before and after. */
int recorder_probe_agree(const struct recorder_options *options);
int recorder_probe_open(struct recorder *recorder);
int recorder_probe_facts(struct recorder *recorder);

/* recorder_watch.c: before arming. enum hft_exit; 0 or -errno. */
int recorder_watch_open(struct recorder *recorder);
int recorder_watch_facts(struct recorder *recorder);

/*
 * recorder_cost.c: 0 or -errno. Before arming, and before disarming; _restore
 * when arming failed.
 */
int recorder_cost_start(struct recorder *recorder);
int recorder_cost_end(struct recorder *recorder);
int recorder_cost_facts(struct recorder *recorder);	/* behind _end */
int recorder_cost_restore(const struct recorder *recorder);
void recorder_cost_say(const struct recorder *recorder);
void recorder_cost_free(struct recorder *recorder);

/* recorder_summary.c: says what came of it. enum hft_exit. */
int recorder_summary(const struct recorder *recorder);

#endif /* HFT_RECORDER_H */
