// SPDX-License-Identifier: LGPL-2.1
/* demo-judge: holds what hftrace explained against what the mischief did. */
#include <stdlib.h>

#include "judge.h"
#include "options.h"

#define EXIT_BELOW	2
#define SET_ASIDE_US	50

static const char usage[] =
	"usage: demo-judge [OPTION]... RECORDING MISCHIEF EXPLANATION\n"
	"\n"
	"Takes the spans of RECORDING that were slow and in which, by the log MISCHIEF of\n"
	"demo-mischief, something was at work. In EXPLANATION, which \"hftrace explain --json\"\n"
	"printed, each must have its cause and culprit as the largest part, or \"steal\" if\n"
	"RECORDING/facts/steal.csv shows that the machine below did not run the CPU for so\n"
	"long. The 10 slowest spans must be all right. Set aside are acts in which the\n"
	"mischief's CPU was not run either: nobody knows which spans they hit.\n"
	"\n"
	"  -c CPU        the engine's; 1 unless given\n"
	"  -k CPU        the mischief's; 0 unless given\n"
	"  -n NAME       of the spans; tick_to_order unless given\n"
	"  -o US         slow is so much above the median; 10 unless given\n"
	"  -p PERCENT    of the slow, disturbed spans that must be right; 90 unless given\n"
	"  -v            list those that are wrong, even if few\n"
	"\n"
	"Exit code: 0 it holds, 2 it does not, 1 something could not be read.\n"
	"\n"
	"example:\n"
	"  hftrace explain -n 5000 --json demo.hft > explain.json\n"
	"  demo-judge demo.hft mischief.csv explain.json\n";

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
		err = judge_read_steals(&judged->truth.mischief, steal, mischief_cpu, 0);
	if (!err)
		judge_set_aside(&judged->truth, SET_ASIDE_US / 1e6 * judged->recording.hz);
	return err;
}

int main(int argc, char **argv)
{
	struct judge_case judged = { .over_us = 10, .percent = 90 };
	const char *name = "tick_to_order";
	int option, cpu = 1, mischief_cpu = 0, code = EXIT_FAILURE;

	while ((option = getopt_long(argc, argv, "c:k:n:o:p:vh", options_help, NULL)) != -1) {
		switch (option) {
		case 'c':
			cpu = option_number("demo-judge", "-c", optarg, 0, 65535);
			break;
		case 'k':
			mischief_cpu = option_number("demo-judge", "-k", optarg, 0, 65535);
			break;
		case 'n':
			name = optarg;
			break;
		case 'o':
			judged.over_us = option_number("demo-judge", "-o", optarg, 1, 1000000);
			break;
		case 'p':
			judged.percent = option_number("demo-judge", "-p", optarg, 1, 100);
			break;
		case 'v':
			judged.list_wrong = 1;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc - optind != 3) {
		fputs(usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	if (!read_case(&judged, argv + optind, name, cpu, mischief_cpu))
		code = judge_decide(&judged) ? EXIT_SUCCESS : EXIT_BELOW;
	judge_free_truth(&judged.truth);
	judge_free_recording(&judged.recording);
	judge_free_explanation(&judged.explanation);
	return code;
}
