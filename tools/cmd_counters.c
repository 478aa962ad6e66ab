// SPDX-License-Identifier: GPL-2.0
/* hftrace counters: the counters and gauges of programs, from outside. */
#include <stdlib.h>
#include <string.h>

#include <hftrace.h>
#include "command.h"
#include "lib/args.h"
#include "lib/boards.h"
#include "lib/json.h"
#include "lib/output.h"

/* A value as it stood before; names stand as long as the reader. */
struct earlier {
	const char *name;
	__u64 region;
	__u32 kind;
	__s64 value;
};

struct counters {
	struct boards boards;
	bool threads;			/* -v */
	const struct hft_value_info *values;
	int count;
	__u64 taken;			/* ticks */
	struct earlier *earlier;
	int earlier_count;
	__u64 earlier_taken;
	bool shown;
};

static const struct option long_options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'n' },
	{ "interval", required_argument, NULL, 'i' },
	{ "times", required_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "verbose", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static const char *kind_text(__u32 kind)
{
	return kind == HFT_VALUE_COUNTER ? "counter" : "gauge";
}

/* Per second since the last look, for counters that stood there. */
static bool find_rate(const struct counters *counters, const struct hft_value_info *info,
		      double *rate)
{
	double seconds = (double)(counters->taken - counters->earlier_taken) /
			 hft_reader_hz(counters->boards.reader);
	const struct earlier *earlier;
	int i;

	for (i = 0; i < counters->earlier_count; i++) {
		earlier = &counters->earlier[i];
		if (earlier->name != info->name || earlier->region != info->region ||
		    earlier->kind != info->kind || info->kind != HFT_VALUE_COUNTER)
			continue;
		*rate = (double)(__s64)((__u64)info->value - (__u64)earlier->value) / seconds;
		return seconds > 0;
	}
	return false;
}

/* 0 or HFT_EXIT_FAILED. */
static int keep(struct counters *counters)
{
	struct earlier *earlier;
	int i;

	earlier = reallocarray(counters->earlier, (size_t)counters->count + 1, sizeof(*earlier));
	if (!earlier) {
		message("not enough memory");
		return HFT_EXIT_FAILED;
	}
	counters->earlier = earlier;
	for (i = 0; i < counters->count; i++)
		earlier[i] = (struct earlier){
			.name = counters->values[i].name, .region = counters->values[i].region,
			.kind = counters->values[i].kind, .value = counters->values[i].value,
		};
	counters->earlier_count = counters->count;
	counters->earlier_taken = counters->taken;
	return 0;
}

static bool is_chosen(const struct counters *counters, const struct hft_value_info *info)
{
	return boards_is_chosen(&counters->boards, info->tgid, info->process_ended);
}

/* -------------------------------------------------------------------- text */

static void print_lines(struct table *table, const struct hft_value_info *info, bool rates)
{
	__u32 i;

	for (i = 0; i < info->lines_count; i++) {
		table_cell(table, "%s", "");
		table_cell(table, "  thread %d%s", info->lines[i].tid,
			   info->lines[i].ended ? " (ended)" : "");
		table_cell(table, "%s", "");
		table_cell(table, "%lld", info->lines[i].value);
		if (rates)
			table_cell(table, "%s", "");
	}
}

static void print_text(const struct counters *counters)
{
	static const char *const headings[] = { "PROCESS", "NAME", "KIND", "VALUE", "PER SECOND" };
	const bool rates = counters->boards.interval_ns;
	struct table *table = table_new(rates ? "lllrr" : "lllr", headings);
	char process[BOARDS_PROCESS], name[256];
	const struct hft_value_info *info;
	double rate;
	int i;

	for (i = 0; i < counters->count; i++) {
		info = &counters->values[i];
		if (!is_chosen(counters, info))
			continue;
		table_cell(table, "%s/%d%s", boards_process(&counters->boards, info->tgid,
							    info->process_ended, process),
			   info->tgid, info->process_ended ? " (ended)" : "");
		table_cell(table, "%s", text_escape(name, sizeof(name), info->name,
						    strlen(info->name)));
		table_cell(table, "%s", kind_text(info->kind));
		table_cell(table, "%lld", info->value);
		if (rates && find_rate(counters, info, &rate))
			table_cell(table, "%.0f", rate);
		else if (rates)
			table_cell(table, "-");
		if (counters->threads)
			print_lines(table, info, rates);
	}
	if (counters->shown)
		putchar('\n');
	table_print(table, stdout);
	table_free(table);
}

/* -------------------------------------------------------------------- JSON */

static void print_value_json(struct json *json, const struct counters *counters,
			     const struct hft_value_info *info)
{
	char process[BOARDS_PROCESS];
	double rate;
	__u32 i;

	json_object(json, NULL);
	json_string(json, "process", boards_process(&counters->boards, info->tgid,
						    info->process_ended, process));
	json_s64(json, "pid", info->tgid);
	json_bool(json, "ended", info->process_ended);
	json_string(json, "name", info->name);
	json_string(json, "kind", kind_text(info->kind));
	json_s64(json, "value", info->value);
	if (find_rate(counters, info, &rate))
		json_double(json, "per_second", rate);
	json_array(json, "threads");
	for (i = 0; i < info->lines_count; i++) {
		json_object(json, NULL);
		json_s64(json, "tid", info->lines[i].tid);
		json_bool(json, "ended", info->lines[i].ended);
		json_s64(json, "value", info->lines[i].value);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

static void print_json(const struct counters *counters)
{
	struct json json;
	int i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	if (!counters->boards.path)
		json_s64(&json, "realtime_ns", hft_reader_realtime(counters->boards.reader,
								   counters->taken));
	json_array(&json, "values");
	for (i = 0; i < counters->count; i++)
		if (is_chosen(counters, &counters->values[i]))
			print_value_json(&json, counters, &counters->values[i]);
	json_close(&json);
	json_close(&json);
	json_newline(&json);
}

/* ------------------------------------------------------------------- all */

/* How many there are to show, and of those, whose process runs. */
static int count_chosen(const struct counters *counters, int *running)
{
	int i, chosen = 0;

	for (*running = 0, i = 0; i < counters->count; i++) {
		if (!is_chosen(counters, &counters->values[i]))
			continue;
		chosen++;
		*running += !counters->values[i].process_ended;
	}
	return chosen;
}

static int show(void *context)
{
	struct counters *counters = context;
	struct boards *boards = &counters->boards;
	int chosen, running, status;

	counters->taken = hft_ticks();
	counters->count = hft_reader_values(boards->reader, &counters->values);
	if (counters->count < 0) {
		message("cannot read the values: %s", strerror(-counters->count));
		return HFT_EXIT_FAILED;
	}
	chosen = count_chosen(counters, &running);
	if (!chosen && !counters->shown && !boards->json)
		message("%s", boards->path ? "no counter or gauge was kept in this recording" :
			"no counter or gauge there: programs make them by hft_counter() and hft_gauge()");
	if (boards->json)
		print_json(counters);
	else if (chosen)
		print_text(counters);
	counters->shown = true;
	status = keep(counters);
	if (!status && chosen && !running)
		return BOARDS_END;
	return status;
}

static int parse(int argc, char **argv, struct counters *counters)
{
	struct boards *boards = &counters->boards;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":vp:n:i:", long_options, NULL)) >= 0) {
		if (option == 'v') {
			counters->threads = true;
			continue;
		}
		status = boards_option(boards, option, argv);
		if (status)
			return status;
	}
	if (optind < argc)
		boards->path = argv[optind++];
	status = no_more_arguments(&cmd_counters, argc, argv);
	return status ? status : boards_check(boards);
}

static int run(int argc, char **argv)
{
	struct counters counters = { .boards.command = &cmd_counters };
	int status;

	status = parse(argc, argv, &counters);
	if (!status)
		status = boards_open(&counters.boards);
	if (status)
		return status;
	status = boards_each_time(&counters.boards, show, &counters);
	boards_close(&counters.boards);
	free(counters.earlier);
	return status;
}

const struct hft_command cmd_counters = {
	.name = "counters",
	.summary = "Shows the counters and gauges of programs, live or of a recording",
	.usage = "[OPTION]...\n"
		 "[OPTION]... NAME.hft",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"Counters and gauges stand in memory that is read from outside; the programs\n"
"notice nothing. A counter is the sum over its threads. Those of a program that\n"
"was killed can be read as long as its rings are kept.\n"
"\n"
"  -p, --pid PID        of this process; up to 8 times\n"
"  -n, --name NAME      of the processes of this name\n"
"  -i, --interval TIME  again and again, with the counters' rates: 1s, 100ms\n"
"  --times N            with -i: N times, then end\n"
"  -v, --verbose        each thread's part of a counter\n"
"  --json               a JSON object a line, the threads' parts included\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace counters\n"
"  hftrace counters -n engine -i 1s\n"
"  hftrace counters -p 1234 --json | jq '.values[] | {name, value}'\n"
"  hftrace counters monday.hft\n",
};
