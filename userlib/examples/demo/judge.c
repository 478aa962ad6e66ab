// SPDX-License-Identifier: LGPL-2.1
/* Holds what hftrace explained against what the mischief did. */
#include <stdlib.h>

#include "judge.h"
#include "options.h"

#define EXIT_BELOW	2

static int read_case(struct judge_case *judged, char **paths, const char *name, int cpu,
		     int mischief_cpu)
{
	char steal[4096];
	int err;

	err = judge_read_recording(&judged->recording, paths[0], name);
	if (!err)
		err = judge_read_acts(&judged->truth, paths[1]);
	if (!err)
		err = judge_read_explanation(&judged->explanation, paths[2]);
	snprintf(steal, sizeof(steal), "%s/facts/steal.csv", paths[0]);
	if (!err)
		err = judge_read_steals(&judged->truth.steals, steal, cpu, 1);
	if (!err)
		err = judge_read_steals(&judged->truth.preempted, steal, cpu, 0);
	if (!err)
		err = judge_read_steals(&judged->truth.mischief, steal, mischief_cpu, 0);
	if (!err)
		judge_set_aside(&judged->truth, &judged->recording,
				judged->aside_us / 1e6 * judged->recording.hz);
	if (!err)
		err = judge_find_typical(judged);
	return err;
}

int main(int argc, char **argv)
{
	struct judge_case judged = judge_defaults;
	const char *name = judge_spans_name;
	int option, cpu = 1, mischief_cpu = 0, code = EXIT_FAILURE;

	while ((option = getopt_long(argc, argv, "c:k:n:o:p:m:u:vh", options_help, NULL)) != -1) {
		switch (option) {
		case 'c':
			cpu = option_number(judge_name, "-c", optarg, 0, 65535);
			break;
		case 'k':
			mischief_cpu = option_number(judge_name, "-k", optarg, 0, 65535);
			break;
		case 'n':
			name = optarg;
			break;
		case 'o':
			judged.over_us = option_number(judge_name, "-o", optarg, 1, 1000000);
			break;
		case 'p':
			judged.percent = option_number(judge_name, "-p", optarg, 1, 100);
			break;
		case 'm':
			judged.count = option_number(judge_name, "-m", optarg, 0, 1000);
			break;
		case 'u':
			judged.unexplained = option_number(judge_name, "-u", optarg, 1, 100);
			break;
		case 'v':
			judged.list_wrong = 1;
			break;
		case 'h':
			fputs(judge_usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc - optind != 3) {
		fputs(judge_usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	if (!read_case(&judged, argv + optind, name, cpu, mischief_cpu))
		code = judge_decide(&judged) ? EXIT_SUCCESS : EXIT_BELOW;
	free(judged.typical);
	judge_free_truth(&judged.truth);
	judge_free_recording(&judged.recording);
	judge_free_explanation(&judged.explanation);
	return code;
}
