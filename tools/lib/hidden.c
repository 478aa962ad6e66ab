// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <hftrace-reader.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hidden.h"

void hidden_uninit(struct hidden *hidden)
{
	free(hidden->window);
	memset(hidden, 0, sizeof(*hidden));
}

int hidden_feed(struct hidden *hidden, __s32 cpu, const struct hft_record *record)
{
	const struct hft_rec_hidden *rec = record->payload;
	struct hidden_window *window;

	if (record->type != HFT_REC_HIDDEN)
		return 0;
	if (hidden->count == hidden->room) {
		size_t room = hidden->room ? hidden->room * 2 : 64;

		window = realloc(hidden->window, room * sizeof(*window));
		if (!window)
			return -ENOMEM;
		hidden->window = window;
		hidden->room = room;
	}
	window = &hidden->window[hidden->count++];
	window->cpu = cpu;
	window->kind = rec->kind;
	window->start = rec->window < record->tsc ? record->tsc - rec->window : 0;
	window->end = record->tsc;
	window->delta = rec->delta;
	window->khz_before = rec->khz_before;
	window->khz = rec->khz;
	return 0;
}

/* The first window that ends behind `start`: they are in order of their ends. */
static size_t first_behind(const struct hidden *hidden, __u64 start)
{
	size_t low = 0, high = hidden->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hidden->window[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Windows are short, but one may be as long as its CPU slept: the next ones are looked through. */
#define LOOKED_AT	4096

static __u64 shared(const struct hidden_window *window, __u64 start, __u64 end)
{
	__u64 from = window->start > start ? window->start : start;
	__u64 to = window->end < end ? window->end : end;

	return from < to ? to - from : 0;
}

const struct hidden_window *hidden_find(const struct hidden *hidden, __s32 cpu, __u32 kind,
					__u64 start, __u64 end)
{
	const struct hidden_window *found = NULL;
	__u64 most = 0;
	size_t i = first_behind(hidden, start), last = i + LOOKED_AT;

	for (; i < hidden->count && i < last; i++) {
		const struct hidden_window *window = &hidden->window[i];
		__u64 ticks = shared(window, start, end);

		if (window->cpu != cpu || window->kind != kind || ticks <= most)
			continue;
		most = ticks;
		found = window;
	}
	return found;
}

__u64 hidden_stolen_ns(const struct hidden *hidden, __s32 cpu, __u64 start, __u64 end)
{
	size_t i = first_behind(hidden, start), last = i + LOOKED_AT;
	__u64 ns = 0;

	for (; i < hidden->count && i < last; i++) {
		const struct hidden_window *window = &hidden->window[i];

		if (window->cpu == cpu && window->kind == HFT_HIDDEN_STEAL && window->delta > 0 &&
		    shared(window, start, end))
			ns += window->delta;
	}
	return ns;
}
