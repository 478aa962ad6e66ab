// SPDX-License-Identifier: GPL-2.0
/* The table of commands, help, dispatch. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hftrace/abi.h>
#include "command.h"
#include "lib/compiler.h"
#include "lib/missing.h"
#include "lib/output.h"

static const struct hft_command *const commands[] = {
	&cmd_run,
	&cmd_record,
	&cmd_dump,
	&cmd_info,
	&cmd_list,
	&cmd_report,
	&cmd_top,
	&cmd_explain,
	&cmd_probe,
	&cmd_attach,
	&cmd_detach,
	&cmd_audit,
	&cmd_budget,
	&cmd_history,
	&cmd_prove,
	&cmd_counters,
	&cmd_state,
	&cmd_log,
	&cmd_hist,
	&cmd_diff,
	&cmd_doctor,
};

#define COMMANDS ARRAY_SIZE(commands)

static const char *const risks[] = {
	[HFT_RISK_NONE]		= "Reads files only.",
	[HFT_RISK_PASSIVE]	= "Interrupts no CPU.",
	[HFT_RISK_INTERRUPTS]	= "Interrupts all CPUs: not during trading hours.",
};

static const struct hft_command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

/* Letters to add, drop or change to come from a to b; both are short. */
static int distance(const char *a, const char *b)
{
	int row[32];
	int i, j;

	for (j = 0; b[j] && j < 31; j++)
		row[j] = j;
	row[j] = j;
	for (i = 0; a[i]; i++) {
		int corner = row[0];

		row[0] = i + 1;
		for (j = 0; b[j] && j < 31; j++) {
			int change = corner + (a[i] != b[j]);
			int step = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;

			corner = row[j + 1];
			row[j + 1] = change < step ? change : step;
		}
	}
	return row[j];
}

static int unknown_command(const char *name)
{
	const char *nearest = NULL;
	int best = 3;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		int d = distance(name, commands[i]->name);

		if (d < best || (strlen(name) > 1 &&
				 !strncmp(commands[i]->name, name, strlen(name)))) {
			best = d;
			nearest = commands[i]->name;
		}
	}
	if (nearest)
		message("no command '%s'; did you mean '%s'?", name, nearest);
	else
		message("no command '%s'; 'hftrace help' lists them", name);
	return HFT_EXIT_USAGE;
}

static void print_overview(FILE *file)
{
	size_t i;

	fputs("usage: hftrace COMMAND [OPTION]...\n\n", file);
	for (i = 0; i < COMMANDS; i++)
		fprintf(file, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("  help       what a command does, its options, examples\n"
	      "\n"
	      "examples:\n"
	      "  hftrace doctor\n"
	      "  hftrace run jitter\n"
	      "  hftrace record -c 1 -d 10s -o monday.hft\n"
	      "  hftrace info monday.hft\n"
	      "  hftrace dump monday.hft | less\n"
	      "\n"
	      "Exit status: 0 fine, 1 failed, 2 a limit was hit, 3 data were lost, 64 wrong usage.\n",
	      file);
}

static void print_help(const struct hft_command *command)
{
	const char *form = command->usage;
	const char *lead = "usage:";

	while (*form) {
		size_t length = strcspn(form, "\n");

		printf("%s hftrace %s %.*s\n", lead, command->name, (int)length, form);
		form += length + (form[length] == '\n');
		lead = "      ";
	}
	printf("\n%s. %s\n\n", command->summary, risks[command->risk]);
	if (command->topics) {
		command->topics(stdout);
		putchar('\n');
	}
	fputs(command->help, stdout);
}

static int help(const char *name)
{
	const struct hft_command *command;

	if (!name) {
		print_overview(stdout);
		return HFT_EXIT_OK;
	}
	command = find(name);
	if (!command)
		return unknown_command(name);
	print_help(command);
	return HFT_EXIT_OK;
}

static int version(void)
{
	printf("hftrace %s (ABI %u.%u)\n", HFT_VERSION, HFT_ABI_MAJOR, HFT_ABI_MINOR);
	return HFT_EXIT_OK;
}

/* Whether --help stands among the options, which end at "--". */
static bool wants_help(char **argv)
{
	for (; *argv && strcmp(*argv, "--"); argv++) {
		if (!strcmp(*argv, "--help") || !strcmp(*argv, "-h"))
			return true;
	}
	return false;
}

static int dispatch(int argc, char **argv)
{
	const struct hft_command *command;

	if (argc < 2) {
		print_overview(stderr);
		return HFT_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return version();
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(NULL);
	if (!strcmp(argv[1], "help"))
		return help(argv[2]);
	command = find(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	if (wants_help(argv + 2))
		return help(argv[1]);
	return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int fd, status;

	/* A closed descriptor 0, 1 or 2 must not become a file of ours. */
	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= 2);
	if (fd >= 0)
		close(fd);
	status = output_finish(dispatch(argc, argv));
	missing_say();
	return status;
}
