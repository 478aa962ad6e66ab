// SPDX-License-Identifier: GPL-2.0
/* Looks out for triggers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/flight_watch.h"

#define RECORDS_MAX	(1U << 20)	/* of a ring in one look: a fast one keeps nobody waiting */

static int open_reader(struct flight_watch *watch, __u32 flags)
{
	struct hft_live live = {
		.size = sizeof(live),
		.flags = flags | (watch->tgids_count ? 0 : HFT_LIVE_ALL_PROCESSES),
		.tgids = watch->tgids,
		.tgids_count = watch->tgids_count,
	};
	int err = hft_reader_open_live(&watch->reader, &live);

	return err == -ENOENT ? 0 : err;
}

static struct flight_process *find_process(struct flight_watch *watch, __s32 tgid)
{
	struct flight_process *more;
	size_t i;

	for (i = 0; i < watch->processes; i++) {
		if (watch->process[i].tgid == tgid)
			return &watch->process[i];
	}
	more = realloc(watch->process, (i + 1) * sizeof(*more));
	if (!more)
		return NULL;
	watch->process = more;
	watch->processes++;
	more[i] = (struct flight_process){ .tgid = tgid };
	return &more[i];
}

/* What each process counts now. */
static int count_all(struct flight_watch *watch, bool before)
{
	struct flight_process *process;
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(watch->reader, ring, &info); ring++) {
		process = find_process(watch, info.tgid);
		if (!process)
			return -ENOMEM;
		process->counted = hft_reader_triggers(watch->reader, info.tgid);
		if (before)
			process->before = process->counted;
	}
	return 0;
}

int flight_watch_open(struct flight_watch *watch)
{
	int err = open_reader(watch, HFT_LIVE_FROM_NOW);

	if (err || !watch->reader)
		return err;
	watch->counted = hft_reader_triggers(watch->reader, 0);
	return count_all(watch, true);
}

void flight_watch_close(struct flight_watch *watch)
{
	hft_reader_close(watch->reader);
	free(watch->process);
	free(watch->trigger);
	memset(watch, 0, sizeof(*watch));
}

int flight_watch_refresh(struct flight_watch *watch)
{
	int err;

	/* What attached since we began is read from its start. */
	if (!watch->reader)
		return open_reader(watch, 0);
	err = hft_reader_refresh(watch->reader);
	return err < 0 ? err : 0;
}

static struct flight_trigger *add_trigger(struct flight_watch *watch)
{
	size_t room = watch->room ? 2 * watch->room : 64;
	struct flight_trigger *more;

	if (watch->count == watch->room) {
		more = realloc(watch->trigger, room * sizeof(*more));
		if (!more)
			return NULL;
		watch->trigger = more;
		watch->room = room;
	}
	return &watch->trigger[watch->count++];
}

static int add(struct flight_watch *watch, const struct hft_record *record,
	       const struct hft_rec_trigger *rec, bool by_rule)
{
	struct flight_trigger *trigger = add_trigger(watch);
	struct hft_ring_info info;

	if (!trigger)
		return -ENOMEM;
	hft_reader_ring(watch->reader, record->ring, &info);
	*trigger = (struct flight_trigger){
		.tsc = record->tsc,
		.start = record->tsc,
		.cause = rec->cause,
		.by_rule = by_rule,
		.value = rec->value,
		.limit = rec->limit,
		.id = rec->id,
		.tgid = info.tgid,
		.tid = info.id,
	};
	/* Its span stands before it in the ring. */
	if (rec->cause == HFT_TRIGGER_SPAN && watch->span.duration == rec->value &&
	    watch->span.id == rec->id)
		trigger->tsc = watch->span.tsc;
	if (rec->cause == HFT_TRIGGER_SPAN && rec->value < trigger->tsc)
		trigger->start = trigger->tsc - rec->value;
	memcpy(trigger->thread, info.name, sizeof(trigger->thread));
	snprintf(trigger->name, sizeof(trigger->name), "%s",
		 hft_reader_name(watch->reader, record->ring, rec->name));
	return 0;
}

static int look_at_span(struct flight_watch *watch, const struct hft_record *record)
{
	const struct hft_rec_span *span = record->payload;
	double hz = hft_reader_hz(watch->reader);
	const char *name;
	size_t i;

	watch->span = (struct flight_span){ record->tsc, span->duration, span->id };
	if (!watch->rules)
		return 0;
	name = hft_reader_name(watch->reader, record->ring, span->name);
	for (i = 0; i < watch->rules; i++) {
		struct hft_rec_trigger trigger = {
			.value = span->duration,
			.limit = (__u64)((double)watch->rule[i].limit_ns * hz / 1e9),
			.id = span->id,
			.name = span->name,
			.cause = HFT_TRIGGER_SPAN,
		};

		if (trigger.value > trigger.limit && !strcmp(name, watch->rule[i].name))
			return add(watch, record, &trigger, true);
	}
	return 0;
}

static int look(struct flight_watch *watch, const struct hft_record *record)
{
	struct flight_process *process;
	struct hft_ring_info info;

	if (record->type == HFT_REC_SPAN)
		return look_at_span(watch, record);
	if (record->type != HFT_REC_TRIGGER)
		return 0;
	hft_reader_ring(watch->reader, record->ring, &info);
	process = find_process(watch, info.tgid);
	if (!process)
		return -ENOMEM;
	process->found++;
	return add(watch, record, record->payload, false);
}

static int earlier_first(const void *a, const void *b)
{
	const struct flight_trigger *left = a, *right = b;

	return left->tsc < right->tsc ? -1 : left->tsc > right->tsc;
}

static int look_at_ring(struct flight_watch *watch, __u32 ring)
{
	struct hft_record record;
	unsigned int i;
	int err = 0;

	for (i = 0; i < RECORDS_MAX && !err; i++) {
		err = hft_reader_next_in(watch->reader, ring, &record);
		if (!err)
			err = look(watch, &record);
	}
	watch->behind |= !err;
	return err == -ENODATA ? 0 : err;
}

int flight_watch_poll(struct flight_watch *watch)
{
	__u64 counted;
	__u32 ring;
	int err = 0;

	watch->count = 0;
	if (!watch->reader)
		return 0;
	counted = hft_reader_triggers(watch->reader, 0);
	if (counted == watch->counted && !watch->rules && !watch->behind)
		return 0;
	if (counted != watch->counted)
		err = count_all(watch, false);
	watch->counted = counted;
	watch->behind = false;
	for (ring = 0; ring < hft_reader_rings(watch->reader) && !err; ring++)
		err = look_at_ring(watch, ring);
	if (watch->count)
		qsort(watch->trigger, watch->count, sizeof(*watch->trigger), earlier_first);
	return err;
}

__u64 flight_process_missed(const struct flight_process *process)
{
	__u64 came = process->counted - process->before;

	return came > process->found ? came - process->found : 0;
}
