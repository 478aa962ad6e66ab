// SPDX-License-Identifier: GPL-2.0
/* hftrace state: the structures that programs publish, member by member, from outside. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/args.h"
#include "lib/boards.h"
#include "lib/json.h"
#include "lib/members.h"
#include "lib/output.h"

#define FOLLOW_NS	100000000ULL	/* how often -f looks */

/* What was shown of a state; its name stands as long as the reader. */
struct seen {
	const char *name;
	__u64 region;
	__u64 writes;
	int error;
	bool ended;
};

struct state {
	struct boards boards;
	const char *wanted;	/* the state's name; NULL: all */
	bool follow;
	struct seen *seen;
	size_t seen_count;
	bool shown;		/* has looked once */
	bool printed;		/* something stands above */
};

static const struct option long_options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'n' },
	{ "interval", required_argument, NULL, 'i' },
	{ "times", required_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "follow", no_argument, NULL, 'f' },
	{ NULL, 0, NULL, 0 },
};

static const char *error_text(int error)
{
	switch (error) {
	case 0:
		return "whole";
	case -ENODATA:
		return "never written";
	case -EAGAIN:
		return "torn";
	case -EIO:
		return "its memory is not there any more";
	default:
		return "its description makes no sense";
	}
}

static bool is_chosen(const struct state *state, const struct hft_state_info *info)
{
	return (!state->wanted || !strcmp(info->name, state->wanted)) &&
	       boards_is_chosen(&state->boards, info->tgid, info->process_ended);
}

/* Whether it has changed since it was shown, which is noted. 1, 0 or -ENOMEM. */
static int is_new(struct state *state, const struct hft_state_info *info)
{
	const struct seen now = {
		info->name, info->region, info->writes, info->error, info->process_ended,
	};
	struct seen *seen;
	size_t i;

	for (i = 0; i < state->seen_count; i++) {
		seen = &state->seen[i];
		if (seen->name != now.name || seen->region != now.region)
			continue;
		/* Torn: it has changed, but that will be seen better. */
		if (now.error == -EAGAIN ||
		    (seen->writes == now.writes && seen->error == now.error &&
		     seen->ended == now.ended))
			return 0;
		*seen = now;
		return 1;
	}
	seen = reallocarray(state->seen, state->seen_count + 1, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	state->seen = seen;
	seen[state->seen_count++] = now;
	return 1;
}

/* -------------------------------------------------------------------- text */

static int widest(const struct hft_state_info *info)
{
	int width = 0, length;
	__u32 i;

	for (i = 0; i < info->members_count; i++) {
		length = (int)strlen(info->members[i].name);
		if (length > width)
			width = length;
	}
	return width;
}

static void print_head(const struct state *state, const struct hft_state_info *info)
{
	char process[BOARDS_PROCESS], name[256], count[FORMAT_SIZE], age[FORMAT_SIZE];

	printf("%s  %s/%d%s: ", text_escape(name, sizeof(name), info->name, strlen(info->name)),
	       boards_process(&state->boards, info->tgid, info->process_ended, process),
	       info->tgid, info->process_ended ? " (ended)" : "");
	if (!info->error)
		printf("write %s, %s %s\n", format_count(count, info->writes),
		       format_ns(age, (double)info->age_ns),
		       state->boards.path ? "before the recording's end" : "ago");
	else if (info->error == -EAGAIN)
		printf("torn: it is written faster than it can be copied, look again\n");
	else
		printf("%s\n", error_text(info->error));
}

static void print_text(struct state *state, const struct hft_state_info *info)
{
	char name[4 * sizeof(info->members->name)];
	const int width = widest(info);
	__u32 i;

	if (state->printed)
		putchar('\n');
	state->printed = true;
	print_head(state, info);
	for (i = 0; info->data && i < info->members_count; i++) {
		printf("  %-*s  ", width, text_escape(name, sizeof(name), info->members[i].name,
						      sizeof(info->members[i].name)));
		member_print(stdout, &info->members[i], info->data);
		putchar('\n');
	}
}

/* -------------------------------------------------------------------- JSON */

static void print_json(const struct state *state, const struct hft_state_info *info)
{
	char process[BOARDS_PROCESS];
	struct json json;
	__u32 i;

	json_start(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "process", boards_process(&state->boards, info->tgid,
						     info->process_ended, process));
	json_s64(&json, "pid", info->tgid);
	json_s64(&json, "tid", info->tid);
	json_bool(&json, "ended", info->process_ended);
	json_string(&json, "name", info->name);
	json_string(&json, "value", error_text(info->error));
	if (info->data) {
		json_u64(&json, "writes", info->writes);
		json_s64(&json, "age_ns", info->age_ns);
		json_object(&json, "members");
		for (i = 0; i < info->members_count; i++)
			member_json(&json, &info->members[i], info->data);
		json_close(&json);
	}
	json_close(&json);
	json_newline(&json);
}

/* --------------------------------------------------------------------- all */

static int say_none(const struct state *state)
{
	char name[256];

	if (state->wanted) {
		message("no state '%s' there; 'hftrace state' shows all",
			text_escape(name, sizeof(name), state->wanted, strlen(state->wanted)));
		return HFT_EXIT_FAILED;
	}
	message("%s", state->boards.path ? "no state was kept in this recording" :
		"no state there: programs publish them by hft_state_publish()");
	return 0;
}

static int show(void *context)
{
	struct state *state = context;
	const struct hft_state_info *infos;
	int i, count, news, chosen = 0, running = 0;

	count = hft_reader_states(state->boards.reader, &infos);
	for (i = 0; i < count; i++) {
		if (!is_chosen(state, &infos[i]))
			continue;
		chosen++;
		running += !infos[i].process_ended;
		news = state->follow ? is_new(state, &infos[i]) : 1;
		if (news < 0)
			count = news;
		else if (news && state->boards.json)
			print_json(state, &infos[i]);
		else if (news)
			print_text(state, &infos[i]);
	}
	if (count < 0) {
		message("cannot read the states: %s", strerror(-count));
		return HFT_EXIT_FAILED;
	}
	if (!chosen && !state->shown && say_none(state) && !state->boards.interval_ns)
		return HFT_EXIT_FAILED;
	state->shown = true;
	return chosen && !running ? BOARDS_END : 0;
}

/* NAME.hft and a state's name, in this order. */
static int take_arguments(int argc, char **argv, struct state *state)
{
	if (optind < argc && boards_is_recording(argv[optind]))
		state->boards.path = argv[optind++];
	if (optind < argc)
		state->wanted = argv[optind++];
	return no_more_arguments(&cmd_state, argc, argv);
}

static int parse(int argc, char **argv, struct state *state)
{
	struct boards *boards = &state->boards;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":fp:n:i:", long_options, NULL)) >= 0) {
		if (option == 'f') {
			state->follow = true;
			continue;
		}
		status = boards_option(boards, option, argv);
		if (status)
			return status;
	}
	status = take_arguments(argc, argv, state);
	if (status)
		return status;
	if (boards->path && state->follow)
		return usage_error(&cmd_state,
				   "what a recording has kept does not change: leave -f out");
	if (state->follow && !boards->interval_ns)
		boards->interval_ns = FOLLOW_NS;
	return boards_check(boards);
}

static int run(int argc, char **argv)
{
	struct state state = { .boards.command = &cmd_state };
	int status;

	status = parse(argc, argv, &state);
	if (!status)
		status = boards_open(&state.boards);
	if (status)
		return status;
	status = boards_each_time(&state.boards, show, &state);
	boards_close(&state.boards);
	free(state.seen);
	return status;
}

const struct hft_command cmd_state = {
	.name = "state",
	.summary = "Shows the structures that programs publish, live or of a recording",
	.usage = "[OPTION]... [STATE]\n"
		 "[OPTION]... NAME.hft [STATE]",
	.risk = HFT_RISK_PASSIVE,
	.run = run,
	.help =
"A published state is a structure of a program's own; its last whole value is\n"
"read from outside, and the program notices nothing. It is shown member by\n"
"member, with its age. That of a program that was killed, in the middle of a\n"
"write too, can be read as long as its rings are kept.\n"
"\n"
"  -p, --pid PID        of this process; up to 8 times\n"
"  -n, --name NAME      of the processes of this name\n"
"  -f, --follow         again whenever it was written; looks every 100 ms, or\n"
"                       as often as -i says\n"
"  -i, --interval TIME  again and again: 1s, 100ms\n"
"  --times N            with -i or -f: look N times, then end\n"
"  --json               a JSON object a line for each state\n"
"\n"
"Exit status: 0 fine, 1 failed, 64 wrong usage.\n"
"\n"
"examples:\n"
"  hftrace state\n"
"  hftrace state -p 1234 position\n"
"  hftrace state -n engine position -f\n"
"  hftrace state --json position | jq .members.quantity\n"
"  hftrace state monday.hft position\n",
};
