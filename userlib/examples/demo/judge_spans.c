// SPDX-License-Identifier: LGPL-2.1
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hftrace-reader.h>

#include "judge.h"

static int by_start(const void *a, const void *b)
{
	const struct judge_span *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static int add(struct judge_recording *recording, const struct hft_record *record, __u64 id)
{
	struct judge_span *span;

	span = judge_grow(recording->spans, recording->spans_count, sizeof(*span));
	if (!span)
		return -ENOMEM;
	recording->spans = span;
	span[recording->spans_count++] = (struct judge_span){
		.id = id, .start = record->start, .end = record->tsc,
	};
	return 0;
}

/* From facts/recording: when the kernel's side began, ns since the epoch; 0: not told. */
static __s64 armed_at(const char *path)
{
	char name[4096], line[256];
	long long ns = 0;
	FILE *file;

	snprintf(name, sizeof(name), "%s/facts/recording", path);
	file = fopen(name, "re");
	while (file && !ns && fgets(line, sizeof(line), file))
		if (sscanf(line, "armed_ns=%lld", &ns) != 1)
			ns = 0;
	if (file)
		fclose(file);
	return ns;
}

static int read_spans(struct judge_recording *recording, struct hft_reader *reader,
		      const char *name, __s64 armed)
{
	struct hft_record record;
	int err;

	while (!(err = hft_reader_next(reader, &record))) {
		const struct hft_rec_span *span = record.payload;

		if (record.type != HFT_REC_SPAN || record.payload_bytes < sizeof(*span) ||
		    strcmp(hft_reader_name(reader, record.ring, span->name), name))
			continue;
		/* what began before is not explained */
		if (hft_reader_realtime(reader, record.start) < armed)
			continue;
		err = add(recording, &record, span->id);
		if (err)
			return err;
	}
	return err == -ENODATA ? 0 : err;
}

int judge_read_recording(struct judge_recording *recording, const char *path, const char *name)
{
	struct hft_reader *reader;
	int err;

	err = hft_reader_open_file(&reader, path);
	if (!err) {
		err = read_spans(recording, reader, name, armed_at(path));
		recording->hz = hft_reader_hz(reader);
		hft_reader_close(reader);
	}
	if (!err && (!recording->spans_count || recording->hz <= 0))
		err = -ENODATA;
	if (err) {
		fprintf(stderr, "%s: %s: spans \"%s\": %s\n", judge_name, path, name,
			strerror(-err));
		return err;
	}
	qsort(recording->spans, recording->spans_count, sizeof(*recording->spans), by_start);
	return 0;
}

void judge_free_recording(struct judge_recording *recording)
{
	free(recording->spans);
}

size_t judge_first_span(const struct judge_recording *recording, __u64 start)
{
	size_t low = 0, high = recording->spans_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (recording->spans[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int judge_within_one(const struct judge_recording *recording, const struct judge_act *act)
{
	size_t at = judge_first_span(recording, act->start);

	return at < recording->spans_count && recording->spans[at].start <= act->start &&
	       recording->spans[at].end >= act->end;
}
