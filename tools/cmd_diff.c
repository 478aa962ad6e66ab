// SPDX-License-Identifier: GPL-2.0
/* hftrace diff: what is different in a second recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/diff.h"
#include "lib/losses.h"
#include "lib/output.h"

struct options {
	const char *path[DIFF_SIDES];
	bool json;
};

/* Names that are in both. 0 or -ENOMEM. */
static int pair_spans(struct diff *diff)
{
	const struct durations *first = &diff->side[0].spans, *second = &diff->side[1].spans;
	size_t i, j;

	diff->spans = calloc(first->count ? first->count : 1, sizeof(*diff->spans));
	if (!diff->spans)
		return -ENOMEM;
	for (i = 0; i < first->count; i++) {
		for (j = 0; j < second->count; j++)
			if (!strcmp(first->at[i].name, second->at[j].name))
				break;
		if (j < second->count && first->at[i].ticks.count && second->at[j].ticks.count)
			diff->spans[diff->spans_count++] = (struct diff_span){
				{ &first->at[i], &second->at[j] },
			};
	}
	return 0;
}

/* A gate that judges nothing would let all through. */
static int check_gates(const struct diff *diff)
{
	size_t i, j;

	for (i = 0; i < diff->gates; i++) {
		for (j = 0; j < diff->spans_count; j++)
			if (gate_applies(&diff->gate[i], &diff->spans[j]))
				break;
		if (j < diff->spans_count)
			continue;
		if (diff->gate[i].span)
			message("gate '%s': no span '%s' is in both that are compared",
				diff->gate[i].text, diff->gate[i].span);
		else
			message("gate '%s': there is no span in both", diff->gate[i].text);
		return HFT_EXIT_FAILED;
	}
	return 0;
}

static int show(struct diff *diff, bool as_json)
{
	struct json json;
	bool exceeded;
	int err, status;

	err = pair_spans(diff);
	if (!err)
		err = diff_causes(diff);
	if (!err)
		err = diff_settings(diff);
	if (err) {
		message("%s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	status = check_gates(diff);
	if (status)
		return status;
	if (as_json) {
		json_start(&json, stdout);
		exceeded = diff_json(diff, &json);
	} else {
		exceeded = diff_print(diff, stdout);
	}
	status = losses_any(diff->side[0].reader) || losses_any(diff->side[1].reader) ?
		 HFT_EXIT_LOST : HFT_EXIT_OK;
	return output_finish(exceeded ? HFT_EXIT_THRESHOLD : status);
}

static int take_gate(struct diff *diff, const char *text)
{
	char why[GATE_WHY];

	if (diff->gates == DIFF_GATES)
		return usage_error(&cmd_diff, "at most %u gates", DIFF_GATES);
	if (gate_parse(&diff->gate[diff->gates++], text, why))
		return usage_error(&cmd_diff, "%s", why);
	return 0;
}

static int parse(int argc, char **argv, struct options *options, struct diff *diff)
{
	static const struct option long_options[] = {
		{ "span", required_argument, NULL, 's' },
		{ "gate", required_argument, NULL, 'g' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = 0;

	opterr = 0;
	while (!status && (option = getopt_long(argc, argv, ":s:", long_options, NULL)) != -1) {
		switch (option) {
		case 's':
			diff->span = optarg;
			break;
		case 'g':
			status = take_gate(diff, optarg);
			break;
		case 'j':
			options->json = true;
			break;
		default:
			status = option_error(&cmd_diff, option, argv);
		}
	}
	if (status)
		return status;
	if (argc - optind < DIFF_SIDES)
		return usage_error(&cmd_diff, "name two recordings: the one before, the one after");
	options->path[0] = argv[optind++];
	options->path[1] = argv[optind++];
	return no_more_arguments(&cmd_diff, argc, argv);
}

static int run(int argc, char **argv)
{
	struct options options = { 0 };
	struct diff diff = { 0 };
	size_t i;
	int status;

	status = parse(argc, argv, &options, &diff);
	for (i = 0; i < DIFF_SIDES && !status; i++)
		status = diff_side_read(&diff.side[i], options.path[i], diff.span);
	if (!status)
		status = show(&diff, options.json);
	for (i = 0; i < diff.gates; i++)
		free(diff.gate[i].span);
	diff_causes_free(&diff);
	diff_settings_free(&diff);
	free(diff.spans);
	for (i = 0; i < DIFF_SIDES; i++)
		diff_side_close(&diff.side[i]);
	return status;
}

const struct hft_command cmd_diff = {
	.name = "diff",
	.summary = "Compares two recordings: spans, causes, settings; gates for CI",
	.usage = "BEFORE.hft AFTER.hft [OPTION]...",
	.risk = HFT_RISK_NONE,
	.run = run,
	.help =
"Of each span name in both: percentiles, their difference, where the true difference is\n"
"with 95 % confidence, and whether it is more than chance. Causes that took more time,\n"
"settings of the machine that changed, what hftrace itself took, and losses.\n"
"\n"
"  -s, --span NAME      spans of this name alone\n"
"  --gate BOUND         p99.9<5%, p50<200ns, order:p99<3%: exit 2 when a percentile grew by\n"
"                       more, and that is more than chance; up to 32 times\n"
"  --json               as JSON\n"
"\n"
"Exit status: 0 fine, 1 failed, or a gate has no span to judge, 2 a gate was exceeded,\n"
"3 records were lost or damaged in one of them, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace diff monday.hft tuesday.hft\n"
"  hftrace diff monday.hft tuesday.hft --gate 'p99.9<5%'\n"
"  hftrace diff old.hft new.hft --gate 'order:p50<200ns' --gate 'order:p99<3%' --json\n",
};
