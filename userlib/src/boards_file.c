// SPDX-License-Identifier: LGPL-2.1
/*
 * Counters, gauges and states that a recording has kept: facts/values and
 * facts/states. Lines that make no sense are passed over, and those that
 * belong to them.
 */
#include "member.h"
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kept until the reader is closed; NULL: no memory. */
static const char *keep_name(struct hft_boards *boards, const char *text)
{
	char **names, *name;

	names = reallocarray(boards->names, boards->names_count + 1, sizeof(*names));
	if (!names)
		return NULL;
	boards->names = names;
	name = strdup(text);
	if (name)
		names[boards->names_count++] = name;
	return name;
}

static int take_value(struct hft_boards *boards, const char *text)
{
	struct hft_value_info read = { 0 }, *info;
	uint64_t region;
	int at = 0;

	if (sscanf(text, "%d\t%" SCNu64 "\t%u\t%u\t%n", &read.tgid, &region, &read.process_ended,
		   &read.kind, &at) != 4 || !at ||
	    (read.kind != HFT_VALUE_COUNTER && read.kind != HFT_VALUE_GAUGE))
		return -EINVAL;
	read.region = region;
	read.name = keep_name(boards, text + at);
	info = read.name ? hft_boards_add_value(boards) : NULL;
	if (!info)
		return -ENOMEM;
	*info = read;
	return 0;
}

static int take_line(struct hft_boards *boards, const char *text)
{
	struct hft_value_line read = { 0 }, *line;
	int64_t value;

	if (sscanf(text, "%d\t%u\t%" SCNd64, &read.tid, &read.ended, &value) != 3)
		return -EINVAL;
	read.value = value;
	line = hft_boards_add_line(boards);
	if (!line)
		return -ENOMEM;
	*line = read;
	return 0;
}

static int take_value_line(struct hft_boards *boards, const char *line, bool *inside)
{
	int err = 0;

	if (!strncmp(line, "value\t", 6)) {
		err = take_value(boards, line + 6);
		*inside = !err;
	} else if (!strncmp(line, "line\t", 5) && *inside) {
		err = take_line(boards, line + 5);
	}
	return err == -ENOMEM ? err : 0;
}

static int take_state(struct hft_boards *boards, const char *text)
{
	struct hft_state_info read = { 0 };
	uint64_t region, writes, ticks;
	struct hft_kept_state *state;
	int64_t age;
	int at = 0;

	if (sscanf(text, "%d\t%" SCNu64 "\t%u\t%d\t%d\t%u\t%" SCNu64 "\t%" SCNu64 "\t%" SCNd64
		   "\t%n", &read.tgid, &region, &read.process_ended, &read.tid, &read.error,
		   &read.bytes, &writes, &ticks, &age, &at) != 9 || !at || age < 0)
		return -EINVAL;
	read.region = region;
	read.writes = writes;
	read.ticks = ticks;
	read.age_ns = age;
	read.name = keep_name(boards, text + at);
	state = read.name ? hft_boards_add_state(boards) : NULL;
	if (!state)
		return -ENOMEM;
	state->info = read;
	state->info.members = state->member;
	return 0;
}

static void take_member(struct hft_kept_state *state, const char *text)
{
	struct hft_member member = { 0 };
	int at = 0;

	if (state->info.members_count == HFT_STATE_MEMBERS ||
	    sscanf(text, "%hu\t%hu\t%hu\t%hu\t%n", &member.offset, &member.bytes, &member.count,
		   &member.type, &at) != 4 || !at)
		return;
	snprintf(member.name, sizeof(member.name), "%s", text + at);
	state->member[state->info.members_count++] = member;
}

static void take_data(struct hft_kept_state *state, const char *text)
{
	unsigned char *bytes = (unsigned char *)state->data;
	uint32_t i;

	if (state->info.bytes > HFT_STATE_DATA || strlen(text) != 2 * (size_t)state->info.bytes ||
	    strspn(text, "0123456789abcdef") != strlen(text))
		return;
	for (i = 0; i < state->info.bytes; i++)
		sscanf(text + 2 * i, "%2hhx", &bytes[i]);
	state->info.data = state->data;
}

static int take_state_line(struct hft_boards *boards, const char *line, bool *inside)
{
	struct hft_kept_state *state;
	int err = 0;

	if (!strncmp(line, "state\t", 6)) {
		err = take_state(boards, line + 6);
		*inside = !err;
		return err == -ENOMEM ? err : 0;
	}
	if (!*inside)
		return 0;
	state = boards->states[boards->states_count - 1];
	if (!strncmp(line, "member\t", 7))
		take_member(state, line + 7);
	else if (!strncmp(line, "data\t", 5))
		take_data(state, line + 5);
	return 0;
}

/* Whatever stood there: with an error there is no value, without a description no members. */
static void check_state(struct hft_state_info *info)
{
	if (!hft_members_are_sound(info->members, info->members_count, info->bytes)) {
		info->error = -EBADMSG;
		info->members_count = 0;
		info->bytes = 0;
	} else if (info->error ? info->error != -ENODATA && info->error != -EAGAIN : !info->data) {
		info->error = -EAGAIN;
	}
	if (info->error) {
		info->data = NULL;
		info->ticks = 0;
		info->age_ns = 0;
	}
}

/* 0, or -ENOMEM; a file that is not there has no lines. */
static int each_line(struct hft_boards *boards, int facts, const char *name,
		     int (*take)(struct hft_boards *boards, const char *line, bool *inside))
{
	FILE *file = hft_fact_open(facts, name);
	bool inside = false;
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	while (!err && file && hft_fact_line(file, &line, &size))
		err = take(boards, line, &inside);
	free(line);
	if (file)
		fclose(file);
	return err;
}

int hft_boards_read(struct hft_boards *boards, int facts)
{
	size_t i;
	int err;

	err = each_line(boards, facts, "values", take_value_line);
	if (!err)
		err = each_line(boards, facts, "states", take_state_line);
	for (i = 0; i < boards->states_count; i++)
		check_state(&boards->states[i]->info);
	return err;
}
