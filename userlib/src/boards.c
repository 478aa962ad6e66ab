// SPDX-License-Identifier: LGPL-2.1
/* Counters, gauges and states that were read, kept until they are read again. */
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more element behind `count`, at powers of two. NULL: no memory, nothing changed. */
static void *grown(void *array, size_t count, size_t size)
{
	return count & (count - 1) ? array : reallocarray(array, count ? 2 * count : 1, size);
}

struct hft_value_info *hft_boards_add_value(struct hft_boards *boards)
{
	struct hft_value_info *values, *info;

	values = grown(boards->values, boards->values_count, sizeof(*values));
	if (!values)
		return NULL;
	boards->values = values;
	info = &values[boards->values_count++];
	memset(info, 0, sizeof(*info));
	return info;
}

/* It belongs to the value that was added last. */
struct hft_value_line *hft_boards_add_line(struct hft_boards *boards)
{
	struct hft_value_line *lines, *line;

	lines = grown(boards->lines, boards->lines_count, sizeof(*lines));
	if (!lines)
		return NULL;
	boards->lines = lines;
	line = &lines[boards->lines_count++];
	memset(line, 0, sizeof(*line));
	boards->values[boards->values_count - 1].lines_count++;
	return line;
}

struct hft_kept_state *hft_boards_add_state(struct hft_boards *boards)
{
	struct hft_kept_state **states, *state;

	states = grown(boards->states, boards->states_count, sizeof(*states));
	if (!states)
		return NULL;
	boards->states = states;
	state = calloc(1, sizeof(*state));
	if (state)
		boards->states[boards->states_count++] = state;
	return state;
}

static void drop_states(struct hft_boards *boards)
{
	while (boards->states_count)
		free(boards->states[--boards->states_count]);
}

void hft_boards_close(struct hft_boards *boards)
{
	drop_states(boards);
	free(boards->states);
	free(boards->infos);
	free(boards->values);
	free(boards->lines);
	while (boards->names_count)
		free(boards->names[--boards->names_count]);
	free(boards->names);
}

/* Now that no line moves any more: sums, and where each value's lines begin. */
static void sum_up(struct hft_boards *boards)
{
	const struct hft_value_line *line = boards->lines;
	struct hft_value_info *info;
	uint64_t sum;
	size_t i;
	uint32_t j;

	for (i = 0; i < boards->values_count; i++) {
		info = &boards->values[i];
		info->lines = line;
		for (sum = 0, j = 0; j < info->lines_count; j++)
			sum += (uint64_t)(line++)->value;
		info->value = (int64_t)sum;
	}
}

int hft_reader_values(struct hft_reader *reader, const struct hft_value_info **values)
{
	struct hft_boards *boards = &reader->boards;
	int err = 0;

	if (reader->live) {
		boards->values_count = 0;
		boards->lines_count = 0;
		err = hft_live_values(reader);
	}
	if (err)
		return err;
	sum_up(boards);
	*values = boards->values;
	return (int)boards->values_count;
}

int hft_reader_states(struct hft_reader *reader, const struct hft_state_info **states)
{
	struct hft_boards *boards = &reader->boards;
	struct hft_state_info *infos;
	size_t i;
	int err;

	if (reader->live) {
		drop_states(boards);
		err = hft_live_states(reader);
		if (err)
			return err;
	}
	infos = reallocarray(boards->infos, boards->states_count + 1, sizeof(*infos));
	if (!infos)
		return -ENOMEM;
	boards->infos = infos;
	for (i = 0; i < boards->states_count; i++)
		infos[i] = boards->states[i]->info;
	*states = infos;
	return (int)boards->states_count;
}
