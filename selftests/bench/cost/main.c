// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the median cost of a workload's event in ticks, while one tracer
 * records it or none. Where each instruction takes one tick, that is a count
 * of instructions, and what a tracer adds is the difference.
 */
#include "cost.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("cost: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

static void show_usage(FILE *out)
{
	fprintf(out,
		"usage: cost [OPTION]... WORKLOAD...\n"
		"\n"
		"Prints, for each WORKLOAD, a line with the median ticks of one event.\n"
		"  -e HOOKS   hooks of hftrace, names with commas between or default, attached and\n"
		"             armed\n"
		"  -u HOOKS   the same, attached but not armed\n"
		"  -b NAME    a BPF program on tracepoint NAME that writes 32 bytes to a ring buffer\n"
		"  -p NAME    a perf event on tracepoint NAME that writes to an overwriting ring\n"
		"\n"
		"WORKLOAD: %s\n"
		"\n"
		"Examples:\n"
		"  cost getppid pipe fault\n"
		"  cost -e switch pipe\n"
		"  cost -p sched/sched_switch pipe\n", workload_names());
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "e:u:b:p:h",
				     (const struct option[]){ { "help", 0, NULL, 'h' }, { 0 } },
				     NULL)) >= 0) {
		switch (option) {
		case 'e':
		case 'u':
			hooks_arm(optarg, option == 'e');
			break;
		case 'b':
			bpf_attach(optarg);
			break;
		case 'p':
			perf_attach(optarg);
			break;
		case 'h':
			show_usage(stdout);
			return 0;
		default:
			show_usage(stderr);
			return 64;
		}
	}
	if (optind == argc) {
		show_usage(stderr);
		return 64;
	}
	for (; optind < argc; optind++)
		printf("%.1f\n", workload_cost(argv[optind]));
	return 0;
}
