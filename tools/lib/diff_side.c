// SPDX-License-Identifier: GPL-2.0
/* One of two recordings that are compared. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/diff.h"
#include "lib/facts.h"
#include "lib/output.h"
#include "lib/own_cost.h"
#include "lib/readahead.h"
#include "lib/source.h"
#include "lib/window.h"

static int take_kernel(void *context, const struct hft_record *record)
{
	struct diff_side *side = context;

	return ledger_feed(side->ledger, record);
}

static int take_program(void *context, const struct hft_record *record)
{
	struct diff_side *side = context;

	return durations_feed(&side->spans, record);
}

/* 0 or -errno */
static int read_records(struct diff_side *side)
{
	const struct reading kernel = { .take = take_kernel, .context = side };
	const struct reading program = {
		.take = take_program, .context = side, .types = &side->types,
	};
	__u64 stopped = 0, started = 0, last;
	struct hft_record first;
	int err;

	recording_window(side->path, side->reader, &started, &stopped);
	err = durations_prepare(&side->spans);
	if (err)
		return err;
	err = hft_reader_first(side->reader, &first);
	if (err && err != -ENODATA)
		return err;
	if (!err && (!started || (started > first.start &&
				  !recording_armed(side->path, side->reader))))
		started = first.start;
	if (!err)
		ledger_begin(side->ledger, started);
	err = readahead_kinds(side->reader, &kernel, &program);
	if (err)
		return err;
	last = recording_last(side->reader);
	if (stopped > last)
		last = stopped;
	if (last > started)
		side->seconds = (double)(last - started) * side->unit / 1e9;
	return ledger_finish(side->ledger, last);
}

int diff_side_read(struct diff_side *side, const char *path, const char *span)
{
	char *kernel = facts_value(path, "recording", "kernel"), word[8];
	int status, err;

	side->path = path;
	side->kernel = !kernel || strcmp(kernel, "no");
	free(kernel);
	record_types_parse("span", &side->types, word, sizeof(word));
	status = source_open_recording(&side->reader, path);
	if (status)
		return status;
	if (hft_reader_hz(side->reader) <= 0) {
		message("%s: its clock's rate is not known, so no time can be told", path);
		return HFT_EXIT_FAILED;
	}
	side->unit = 1e9 / hft_reader_hz(side->reader);
	recording_cpus(path, side->reader, &side->cpus);
	side->spans = (struct durations){
		.reader = side->reader, .types = &side->types, .span = span,
	};
	err = ledger_open(&side->ledger, path, side->reader, &side->cpus);
	if (!err)
		err = read_records(side);
	if (!err)
		durations_sort(&side->spans);
	else
		message("%s: %s", path, strerror(-err));
	return err ? HFT_EXIT_FAILED : 0;
}

void diff_side_close(struct diff_side *side)
{
	durations_uninit(&side->spans);
	ledger_close(side->ledger);
	if (side->reader)
		hft_reader_close(side->reader);
}

/* -------------------------------------------------------------------- cost */

bool diff_cost(const struct diff_side *side, int cpu, struct diff_cost *cost)
{
	struct own_cost_sum sum;
	struct own_cost own;

	if (own_cost_read(&own, side->path) || !own.known || side->seconds <= 0) {
		own_cost_free(&own);
		return false;
	}
	own_cost_of_cpu(&own, cpu, &sum);
	own_cost_free(&own);
	cost->ppm = sum.ns / side->seconds / 1000;
	cost->untimed = sum.untimed;
	return true;
}
