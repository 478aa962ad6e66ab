/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command of hftrace: its file cmd_NAME.c and one line in the table of
 * hftrace.c.
 */
#ifndef HFT_COMMAND_H
#define HFT_COMMAND_H

#include <stdio.h>

/* Exit codes of every command. */
enum hft_exit {
	HFT_EXIT_OK		= 0,
	HFT_EXIT_FAILED		= 1,
	HFT_EXIT_THRESHOLD	= 2,	/* a limit or a regression was hit */
	HFT_EXIT_LOST		= 3,	/* done, but data were lost */
	HFT_EXIT_USAGE		= 64,
};

/* What a command does to a machine that trades. */
enum hft_risk {
	HFT_RISK_NONE,		/* reads files */
	HFT_RISK_PASSIVE,	/* stores and loads: interrupts no CPU */
	HFT_RISK_INTERRUPTS,	/* interrupts CPUs: not during trading hours */
};

struct hft_command {
	const char *name;
	const char *summary;	/* one line */
	const char *usage;	/* what follows "hftrace NAME", a line per form */
	const char *help;	/* options, exit codes, examples */
	void (*topics)(FILE *file);	/* prints what it offers, above its help; or NULL */
	enum hft_risk risk;
	int (*run)(int argc, char **argv);	/* argv[0] is the name; enum hft_exit */
};

extern const struct hft_command cmd_run;
extern const struct hft_command cmd_record;
extern const struct hft_command cmd_dump;
extern const struct hft_command cmd_info;
extern const struct hft_command cmd_list;
extern const struct hft_command cmd_report;
extern const struct hft_command cmd_explain;
extern const struct hft_command cmd_probe;
extern const struct hft_command cmd_attach;
extern const struct hft_command cmd_detach;
extern const struct hft_command cmd_audit;
extern const struct hft_command cmd_budget;
extern const struct hft_command cmd_history;
extern const struct hft_command cmd_prove;
extern const struct hft_command cmd_counters;
extern const struct hft_command cmd_state;
extern const struct hft_command cmd_log;
extern const struct hft_command cmd_hist;
extern const struct hft_command cmd_diff;
extern const struct hft_command cmd_doctor;
extern const struct hft_command cmd_top;

#endif /* HFT_COMMAND_H */
