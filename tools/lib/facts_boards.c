// SPDX-License-Identifier: GPL-2.0
/*
 * Counters, gauges and states in lines of columns with tabs in between:
 *
 *	value	tgid	region	process_ended	kind	name
 *	line	tid	ended	value			of the value before
 *
 *	state	tgid	region	process_ended	tid	error	bytes	writes	ticks	age_ns	name
 *	member	offset	bytes	count	type	name	of the state before
 *	data	bytes in base 16			behind its members
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/facts_boards.h"
#include "lib/output.h"

static bool is_wanted(struct names *const *processes, size_t count, __s32 tgid)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (processes[i]->tgid == tgid)
			return true;
	return false;
}

static void print_name(FILE *file, const char *name)
{
	char escaped[256];

	fprintf(file, "\t%s\n", text_escape(escaped, sizeof(escaped), name, strlen(name)));
}

static void print_value(FILE *file, const struct hft_value_info *info)
{
	const struct hft_value_line *line;

	fprintf(file, "value\t%d\t%llu\t%u\t%u", info->tgid, info->region, info->process_ended,
		info->kind);
	print_name(file, info->name);
	for (line = info->lines; line < info->lines + info->lines_count; line++)
		fprintf(file, "line\t%d\t%u\t%lld\n", line->tid, line->ended, line->value);
}

int facts_values(struct recording *recording, struct hft_reader *reader,
		 struct names *const *processes, size_t count)
{
	const struct hft_value_info *values;
	FILE *file;
	int i, n;

	n = hft_reader_values(reader, &values);
	if (n <= 0)
		return n;
	file = recording_new_file(recording, "values");
	if (!file)
		return -errno;
	for (i = 0; i < n; i++)
		if (is_wanted(processes, count, values[i].tgid))
			print_value(file, &values[i]);
	return recording_put(recording, file, "values", false);
}

static void print_state(FILE *file, const struct hft_state_info *info)
{
	const unsigned char *data = info->data;
	const struct hft_member *member;
	__u32 i;

	fprintf(file, "state\t%d\t%llu\t%u\t%d\t%d\t%u\t%llu\t%llu\t%lld", info->tgid,
		info->region, info->process_ended, info->tid, info->error, info->bytes,
		info->writes, info->ticks, info->age_ns);
	print_name(file, info->name);
	for (i = 0; i < info->members_count; i++) {
		member = &info->members[i];
		fprintf(file, "member\t%u\t%u\t%u\t%u", member->offset, member->bytes,
			member->count, member->type);
		print_name(file, member->name);
	}
	if (!data)
		return;
	fputs("data\t", file);
	for (i = 0; i < info->bytes; i++)
		fprintf(file, "%02x", data[i]);
	fputc('\n', file);
}

int facts_states(struct recording *recording, struct hft_reader *reader,
		 struct names *const *processes, size_t count)
{
	const struct hft_state_info *states;
	FILE *file;
	int i, n;

	n = hft_reader_states(reader, &states);
	if (n <= 0)
		return n;
	file = recording_new_file(recording, "states");
	if (!file)
		return -errno;
	for (i = 0; i < n; i++)
		if (is_wanted(processes, count, states[i].tgid))
			print_state(file, &states[i]);
	return recording_put(recording, file, "states", false);
}
