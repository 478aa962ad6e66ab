// SPDX-License-Identifier: GPL-2.0
/* The times of a loop as its program tells them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/process.h"
#include "lib/series.h"

void series_init(struct series *series, pid_t pid, bool descendants, const char *wanted,
		 struct histogram *times)
{
	memset(series, 0, sizeof(*series));
	series->pid = pid;
	series->descendants = descendants;
	series->wanted = wanted;
	series->times = times;
}

void series_close(struct series *series)
{
	if (series->reader)
		hft_reader_close(series->reader);
	series->reader = NULL;
	free(series->ring);
	series->ring = NULL;
	series->rings = 0;
}

void series_restart(struct series *series, pid_t pid)
{
	series_close(series);
	series->pid = pid;
}

static int open_reader(struct series *series)
{
	const __s32 tgid = series->pid;
	struct hft_live live = {
		.size = sizeof(live),
		.flags = series->descendants ? HFT_LIVE_ALL_PROCESSES : HFT_LIVE_FROM_NOW,
		.tgids = series->descendants ? NULL : &tgid,
		.tgids_count = series->descendants ? 0 : 1,
	};
	int err = hft_reader_open_live(&series->reader, &live);

	return err == -ENOENT ? 0 : err;
}

/* Rings of other programs stand there too, and those of earlier runs. */
static bool ours(struct series *series, __u32 ring, struct hft_ring_info *info)
{
	if (hft_reader_ring(series->reader, ring, info) || info->kind != HFT_RING_USER)
		return false;
	if (!series->ring[ring].belongs) {
		bool yes = info->tgid == series->pid ||
			   (series->descendants && process_descends(info->tgid, series->pid));

		series->ring[ring].belongs = yes ? 1 : -1;
	}
	return series->ring[ring].belongs > 0;
}

static struct series_name *find(struct series *series, const char *text, bool mark)
{
	struct series_name *name;
	size_t i;

	for (i = 0; i < series->names; i++) {
		name = &series->name[i];
		if (name->mark == mark && !strcmp(name->text, text))
			return name;
	}
	if (series->names == SERIES_MAX)
		return NULL;
	name = &series->name[series->names++];
	strncpy(name->text, text, sizeof(name->text) - 1);
	name->mark = mark;
	return name;
}

static int measured(struct series *series, const char *text, __u64 ticks)
{
	double hz = hft_reader_hz(series->reader);

	if (!series->wanted || strcmp(series->wanted, text) || hz <= 0)
		return 0;
	return histogram_add(series->times, (__u64)((double)ticks * 1e9 / hz));
}

static int take(struct series *series, const struct hft_record *record)
{
	struct series_name *name;
	const char *text;

	if (record->type == HFT_REC_SPAN) {
		const struct hft_rec_span *span = record->payload;

		text = hft_reader_name(series->reader, record->ring, span->name);
		name = find(series, text, false);
		if (name)
			name->count++;
		return measured(series, text, span->duration);
	}
	if (record->type == HFT_REC_MARK) {
		const struct hft_rec_mark *mark = record->payload;
		__u64 *last = &series->ring[record->ring].last;
		__u64 before = *last;

		text = hft_reader_name(series->reader, record->ring, mark->name);
		if (series->wanted && strcmp(series->wanted, text))
			return 0;
		name = find(series, text, true);
		if (name)
			name->count++;
		*last = record->tsc;
		/* What was lost in between would look like a long turn. */
		if (before && !record->lost_slots)
			return measured(series, text, record->tsc - before);
	}
	return 0;
}

static int make_room(struct series *series)
{
	size_t count = hft_reader_rings(series->reader);
	struct series_ring *ring;

	if (count <= series->rings)
		return 0;
	ring = reallocarray(series->ring, count, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	memset(ring + series->rings, 0, (count - series->rings) * sizeof(*ring));
	series->ring = ring;
	series->rings = count;
	return 0;
}

static int read_rings(struct series *series)
{
	struct hft_record record;
	struct hft_ring_info info;
	__u32 ring;
	int err;

	err = make_room(series);
	for (ring = 0; ring < hft_reader_rings(series->reader) && !err; ring++) {
		if (!ours(series, ring, &info))
			continue;
		while (!(err = hft_reader_next_in(series->reader, ring, &record))) {
			series->lost += record.lost_slots;
			err = take(series, &record);
			if (err)
				return err;
		}
		if (err == -ENODATA)
			err = 0;
	}
	return err;
}

int series_read(struct series *series)
{
	int err = 0;

	if (!series->reader)
		err = open_reader(series);
	else
		err = hft_reader_refresh(series->reader);
	if (err < 0 || !series->reader)
		return err;
	return read_rings(series);
}

int series_finish(struct series *series)
{
	int err = series_read(series);

	if (err || !series->reader)
		return err;
	hft_reader_settle(series->reader);
	return read_rings(series);
}

const struct series_name *series_choose(const struct series *series)
{
	const struct series_name *best = NULL;
	size_t i;

	for (i = 0; i < series->names; i++) {
		const struct series_name *name = &series->name[i];

		if (!best || name->mark < best->mark ||
		    (name->mark == best->mark && name->count > best->count))
			best = name;
	}
	return best;
}
