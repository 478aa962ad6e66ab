// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <hftrace-reader.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/hooks.h"
#include "lib/mmcalls.h"
#include "lib/records.h"

struct stretch {
	__s32 tid;
	__u32 call;
	__u64 start;
	__u64 end;
};

struct mmcalls {
	char *recording;		/* NULL: it was read, or there is nothing to read */
	struct stretch *stretch;	/* by tid, then by start; those of a tid do not overlap */
	size_t count;
	size_t room;
};

static int by_start(const void *a, const void *b)
{
	const struct stretch *left = a, *right = b;

	if (left->tid != right->tid)
		return left->tid < right->tid ? -1 : 1;
	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

static int add(struct mmcalls *mmcalls, const struct hft_record *record)
{
	const struct hft_rec_mmcall *rec = record->payload;
	size_t room = mmcalls->room ? mmcalls->room * 2 : 256;
	struct stretch *grown;

	if (mmcalls->count == mmcalls->room) {
		grown = realloc(mmcalls->stretch, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		mmcalls->stretch = grown;
		mmcalls->room = room;
	}
	mmcalls->stretch[mmcalls->count++] = (struct stretch){
		.tid = rec->tid, .call = rec->call, .start = record->start, .end = record->tsc,
	};
	return 0;
}

static int read_all(struct mmcalls *mmcalls, const char *recording)
{
	static const struct record_types types = RECORD_TYPES_OF(HFT_REC_MMCALL);
	struct hft_record record;
	struct hft_reader *reader;
	struct hft_part *part;
	int err;

	err = hft_reader_open_file(&reader, recording);
	if (err)
		return err;
	err = hft_part_open(&part, reader, HFT_RING_CPU, types.word, RECORD_TYPES_WORDS);
	if (!err) {
		while (!err && !hft_part_next(part, &record))
			if (record.type == HFT_REC_MMCALL)
				err = add(mmcalls, &record);
		hft_part_close(part);
	}
	hft_reader_close(reader);
	return err;
}

/* Whether it is worth a reading of its own. */
static bool were_recorded(const char *recording)
{
	char *text = facts_value(recording, "recording", "hooks");
	char word[128];
	__u64 mask;
	bool found;

	found = text && !hooks_parse(text, &mask, word, sizeof(word)) &&
		(mask & HFT_HOOK_BIT(HFT_HOOK_MMCALL));
	free(text);
	return found;
}

/* A segment and its end: from the one's start to the other's end, which has no length. */
static void join_segments(struct mmcalls *mmcalls)
{
	size_t i, kept = 0;

	for (i = 0; i < mmcalls->count; i++) {
		struct stretch *last = kept ? &mmcalls->stretch[kept - 1] : NULL;
		const struct stretch *stretch = &mmcalls->stretch[i];

		if (last && stretch->start == stretch->end && last->tid == stretch->tid &&
		    last->call == stretch->call)
			last->end = stretch->end;
		else
			mmcalls->stretch[kept++] = *stretch;
	}
	mmcalls->count = kept;
}

int mmcalls_open(struct mmcalls **made, const char *recording)
{
	struct mmcalls *mmcalls = calloc(1, sizeof(*mmcalls));

	if (!mmcalls)
		return -ENOMEM;
	if (were_recorded(recording)) {
		mmcalls->recording = strdup(recording);
		if (!mmcalls->recording) {
			mmcalls_close(mmcalls);
			return -ENOMEM;
		}
	}
	*made = mmcalls;
	return 0;
}

/* The first time that one is asked for. */
static int prepare(struct mmcalls *mmcalls)
{
	int err;

	if (!mmcalls->recording)
		return 0;
	err = read_all(mmcalls, mmcalls->recording);
	if (err)
		return err;
	free(mmcalls->recording);
	mmcalls->recording = NULL;
	if (mmcalls->count)
		qsort(mmcalls->stretch, mmcalls->count, sizeof(*mmcalls->stretch), by_start);
	join_segments(mmcalls);
	return 0;
}

void mmcalls_close(struct mmcalls *mmcalls)
{
	if (!mmcalls)
		return;
	free(mmcalls->recording);
	free(mmcalls->stretch);
	free(mmcalls);
}

int mmcalls_at(struct mmcalls *mmcalls, __s32 tid, __u64 tsc, int *call)
{
	size_t low = 0, high;
	int err;

	*call = -1;
	err = prepare(mmcalls);
	if (err)
		return err;
	high = mmcalls->count;

	/* the first one that begins behind it; the one before is it, or none is */
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct stretch *stretch = &mmcalls->stretch[middle];

		if (stretch->tid < tid || (stretch->tid == tid && stretch->start <= tsc))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || mmcalls->stretch[low - 1].tid != tid || mmcalls->stretch[low - 1].end < tsc)
		return 0;
	*call = (int)mmcalls->stretch[low - 1].call;
	return 0;
}

const char *mmcall_name(__u32 call)
{
	static const char *const names[] = {
		[HFT_MMCALL_MMAP] = "mmap", [HFT_MMCALL_MUNMAP] = "munmap",
		[HFT_MMCALL_BRK] = "brk", [HFT_MMCALL_MREMAP] = "mremap",
		[HFT_MMCALL_MPROTECT] = "mprotect", [HFT_MMCALL_MADVISE] = "madvise",
	};

	return call < sizeof(names) / sizeof(*names) ? names[call] : NULL;
}
