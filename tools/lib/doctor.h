/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a host is fit for pinned CPUs: a table of checks, by subject in
 * doctor_*.c. None of them interrupts a CPU.
 */
#ifndef HFT_DOCTOR_H
#define HFT_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/compiler.h"
#include "lib/counts.h"
#include "lib/cpus.h"
#include "lib/json.h"

#define DOCTOR_TEXT	512	/* what a finding says */
#define DOCTOR_LIST	256	/* a list of CPUs as text */

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_BAD,
	DOCTOR_UNKNOWN,
	DOCTOR_STATES
};

/* What the kernel counted on the chosen CPUs in a while. */
struct doctor_watch {
	__u64 ns;
	struct counts counts;
	struct reading before;
	struct reading after;
};

struct doctor_host {
	const char *root;		/* "", or a directory with the files of another host */
	struct cpus online;
	struct cpus cpus;		/* to be fit for pinning */
	struct cpus rest;		/* for all else; never empty */
	char list[DOCTOR_LIST];		/* of the cpus */
	char rest_list[DOCTOR_LIST];
	const struct doctor_watch *watch;	/* NULL: not watched */
};

struct doctor_finding {
	const struct doctor_check *check;
	enum doctor_state state;
	char found[DOCTOR_TEXT];
	char fix[DOCTOR_TEXT];		/* a command or a boot argument; empty when ok */
};

struct doctor_check {
	const char *name;
	const char *why;	/* it matters: one line */
	void (*look)(const struct doctor_host *host, struct doctor_finding *finding);
};

struct doctor_report {
	struct doctor_finding *finding;
	size_t count;
	size_t states[DOCTOR_STATES];	/* how many of each */
};

/*
 * The host's CPUs; `cpus` empty: the isolated and tickless ones, or all but
 * the first. 0, -EINVAL: one of `cpus` is not online, or -errno.
 */
int doctor_host_init(struct doctor_host *host, const char *root, const struct cpus *cpus);

/* Watches for so long. 0 or -errno. */
int doctor_watch_init(struct doctor_watch *watch, const struct cpus *cpus, __u64 ns);
void doctor_watch_uninit(struct doctor_watch *watch);

/* All checks. 0 or -ENOMEM. */
int doctor_examine(const struct doctor_host *host, struct doctor_report *report);
void doctor_report_uninit(struct doctor_report *report);

const char *doctor_state_name(enum doctor_state state);

/* "2 bad (thp, swap), 1 warning, 24 ok". Returns buf. */
const char *doctor_summary(const struct doctor_report *report, char *buf, size_t size);

void doctor_print(const struct doctor_host *host, const struct doctor_report *report, FILE *file);
void doctor_json(const struct doctor_host *host, const struct doctor_report *report,
		 struct json *json);
/* Lines "key=value", for the facts of a recording. */
void doctor_facts(const struct doctor_host *host, const struct doctor_report *report, FILE *file);

#endif /* HFT_DOCTOR_H */
