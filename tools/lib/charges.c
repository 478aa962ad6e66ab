// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/charges_private.h"
#include "lib/facts.h"
#include "lib/window.h"

struct causes *charges_causes(struct charges *charges)
{
	return charges->causes;
}

/* ---------------------------------------------------- spans of a thread */

typedef int (*span_visitor)(struct charges *charges, struct span *span, __u64 from, __u64 to,
			    const void *what);

/* Those of one track that are open in [from, to), newest first, with what overlaps. */
static int visit_track(struct charges *charges, const struct track_spans *track, __u64 from,
		       __u64 to, span_visitor visit, const void *what)
{
	struct span *all = charges->spans->span;
	size_t low = track->first, high = track->first + track->count;
	__u32 i;
	int err;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].start < to)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == track->first)
		return 0;
	for (i = (__u32)low - 1;;) {
		struct span *span = &all[i];
		__u64 begin = span->start > from ? span->start : from;
		__u64 end = span->end < to ? span->end : to;

		if (begin < end) {
			err = visit(charges, span, begin, end, what);
			if (err)
				return err;
		}
		/* What began before `from` and is still open is around this one. */
		if (span->start <= from)
			i = span->parent;
		else
			i = i == track->first ? SPAN_NONE : i - 1;
		if (i == SPAN_NONE)
			return 0;
	}
}

static int visit_spans(struct charges *charges, __u32 thread, __u64 from, __u64 to,
		       span_visitor visit, const void *what)
{
	__u32 track;
	int err = 0;

	for (track = charges->first_track[thread]; track != TRACK_NONE && !err;
	     track = charges->track[track].next)
		err = visit_track(charges, &charges->track[track], from, to, visit, what);
	return err;
}

static int found(struct charges *charges, struct span *span, __u64 from, __u64 to,
		 const void *what)
{
	(void)charges;
	(void)span;
	(void)from;
	(void)to;
	(void)what;
	return 1;
}

/* -------------------------------------------------------------- charging */

struct charge {
	__u32 culprit;
	__u64 interval;
	const struct piece *piece;	/* NULL: of no interval */
	__s32 cpu;		/* whose steal is taken out, -1: none */
	bool off;
};

/*
 * Both ends of a program's call are inside of traps that the probe made: what of
 * such a kernel visit is in the call is on the probe's account. 0 or -ENOMEM.
 */
static int find_trap(struct charges *charges, const struct span *span,
		     const struct charge *charge, __u32 *culprit)
{
	static const struct culprit trap = {
		.cause = CAUSE_KERNEL_ENTRY, .kind = KERNEL_ENTRY_PROBE,
	};
	const struct piece *piece = charge->piece;
	const struct culprit *known;

	*culprit = charge->culprit;
	if (span->kind != SPAN_PROGRAM_CALL || !piece ||
	    ((piece->start >= span->start || piece->end <= span->start) &&
	     (piece->start >= span->end || piece->end <= span->end)))
		return 0;
	known = causes_get(charges->causes, charge->culprit);
	if (known->cause != CAUSE_KERNEL_ENTRY || known->kind != KERNEL_ENTRY_BARE)
		return 0;
	*culprit = causes_intern(charges->causes, &trap);
	return *culprit == CULPRIT_NONE ? -ENOMEM : 0;
}

static int charge_span(struct charges *charges, struct span *span, __u64 from, __u64 to,
		       const void *what)
{
	const struct charge *charge = what;
	__u64 stolen = 0;
	__u32 culprit;
	int err;

	err = find_trap(charges, span, charge, &culprit);
	if (err)
		return err;

	if (charge->cpu >= 0)
		stolen = steal_within(&charges->steal, charge->cpu, from, to);
	if (charge->off) {
		span->off += to - from;
		span->steal += stolen;
	}
	return span_charge(span, culprit, to - from - stolen, charge->interval);
}

/* An instant: counted, takes no time. */
static int count_instant(struct charges *charges, struct span *span, __u64 from, __u64 to,
			 const void *what)
{
	const struct charge *charge = what;

	(void)charges;
	(void)from;
	(void)to;
	return span_charge(span, charge->culprit, 0, charge->interval);
}

/* Whether it took any time, the span as a whole tells. */
static int note_delivery(struct charges *charges, struct span *span, __u64 from, __u64 to,
			 const void *what)
{
	const struct charge *charge = what;

	(void)charges;
	span->delivery += to - from;
	if (to - from > span->delivery_longest) {
		span->delivery_longest = to - from;
		span->delivery_culprit = charge->culprit;
	}
	return 0;
}

static int charge_stay(struct charges *charges, __u32 thread, __u64 from, __u64 to,
		       const struct piece *piece, span_visitor visit)
{
	struct charge charge = {
		.culprit = piece->culprit,
		.interval = piece->interval,
		.piece = piece,
		.cpu = charges->line[piece->line].cpu,
	};
	__u64 begin = piece->start > from ? piece->start : from;
	__u64 end = piece->end < to ? piece->end : to;

	if (piece->start == piece->end)
		return piece->start >= from && piece->start < to ?
		       visit_spans(charges, thread, piece->start, piece->start + 1,
				   count_instant, &charge) : 0;
	return begin < end ? visit_spans(charges, thread, begin, end, visit, &charge) : 0;
}

/* Who was on the CPU meanwhile? */
static int give_piece(struct charges *charges, const struct piece *piece, span_visitor visit)
{
	struct cpu_line *line = &charges->line[piece->line];
	struct piece inside = *piece;
	__u64 since = 0;
	size_t i;
	__u32 on;
	int err;

	if (!line->traced)
		return 0;
	if (inside.start < line->from)
		inside.start = line->from;
	if (inside.end > line->to)
		inside.end = line->to;
	if (inside.start > inside.end)
		return 0;
	on = threads_on(charges->threads, piece->line, &since);
	if (on != THREAD_NONE) {
		err = charge_stay(charges, on, since, ~(__u64)0, &inside, visit);
		if (err)
			return err;
	}
	for (i = line->stays; i && line->stay[i - 1].to > inside.start; i--) {
		const struct stay *stay = &line->stay[i - 1];

		err = charge_stay(charges, stay->thread, stay->from, stay->to, &inside, visit);
		if (err)
			return err;
	}
	return 0;
}

/* Both: of the timeline. */
static int take_piece(void *context, const struct piece *piece)
{
	return give_piece(context, piece, charge_span);
}

static int take_delivery(void *context, const struct piece *piece)
{
	return give_piece(context, piece, note_delivery);
}

static int count_resident(struct charges *charges, struct span *span, __u64 from, __u64 to,
			  const void *what)
{
	const __s32 *cpu = what;

	span->resident += to - from;
	span->steal += steal_within(&charges->steal, *cpu, from, to);
	if (span->end <= to)
		span->cpu = *cpu;
	return 0;
}

static int charge_unrecorded(struct charges *charges, __u32 thread, __s32 cpu, __u64 from,
			     __u64 to, enum not_recorded_kind kind)
{
	struct culprit culprit = { .cause = CAUSE_NOT_RECORDED, .kind = (__u16)kind,
				   .number = cpu };
	struct charge charge = { .cpu = cpu };

	if (from >= to)
		return 0;
	charge.culprit = causes_intern(charges->causes, &culprit);
	if (charge.culprit == CULPRIT_NONE)
		return -ENOMEM;
	return visit_spans(charges, thread, from, to, charge_span, &charge);
}

static int keep_stay(struct cpu_line *line, __u32 thread, __u64 from, __u64 to)
{
	struct stay *stay;

	if (line->stays == line->room) {
		size_t room = line->room ? line->room * 2 : 64;

		stay = realloc(line->stay, room * sizeof(*stay));
		if (!stay)
			return -ENOMEM;
		line->stay = stay;
		line->room = room;
	}
	stay = &line->stay[line->stays++];
	stay->thread = thread;
	stay->from = from;
	stay->to = to;
	return 0;
}

/* Of the threads: a stay on a CPU is over. */
static int take_resident(void *context, __u32 thread, __u32 number, __s32 cpu, __u64 from,
			 __u64 to)
{
	struct charges *charges = context;
	struct cpu_line *line = number == THREAD_NONE ? NULL : &charges->line[number];
	int err;

	err = visit_spans(charges, thread, from, to, found, NULL);
	if (!err)
		return 0;	/* no span was open: nothing to charge */
	if (err < 0)
		return err;
	err = visit_spans(charges, thread, from, to, count_resident, &cpu);
	if (err)
		return err;
	/* A CPU without a ring, on which nothing happened, has nothing to charge. */
	if (!line && cpu >= 0 && cpus_has(&charges->traced, (unsigned int)cpu))
		return 0;
	if (!line || !line->traced)
		return charge_unrecorded(charges, thread, cpu, from, to, NOT_RECORDED_CPU);
	err = charge_unrecorded(charges, thread, cpu, from, to < line->from ? to : line->from,
				NOT_RECORDED_TIME);
	if (!err)
		err = charge_unrecorded(charges, thread, cpu, from > line->to ? from : line->to, to,
					NOT_RECORDED_TIME);
	return err ? err : keep_stay(line, thread, from, to);
}

static int take_off(void *context, __u32 thread, __u32 line, __u64 from, __u64 to, __u32 culprit)
{
	struct charges *charges = context;
	struct charge charge = {
		.culprit = culprit,
		.cpu = line == THREAD_NONE ? -1 : charges->line[line].cpu,
		.off = true,
	};

	return visit_spans(charges, thread, from, to, charge_span, &charge);
}

/* --------------------------------------------------------------- set-up */

static void find_lines(struct charges *charges, const char *recording)
{
	char *text = facts_value(recording, "recording", "cpus");
	bool all = !text || cpus_parse(&charges->traced, text);
	struct hft_ring_info info;
	__u32 i;

	free(text);
	for (i = 0; i < charges->lines; i++) {
		struct cpu_line *line = &charges->line[i];

		if (hft_reader_ring(charges->reader, i, &info))
			continue;
		line->is_cpu = info.kind == HFT_RING_CPU;
		line->cpu = line->is_cpu ? info.id : -1;
		line->traced = line->is_cpu &&
			       (all || cpus_has(&charges->traced, (unsigned int)info.id));
	}
}

int charges_open(struct charges **made, const char *recording, const struct hft_reader *reader,
		 struct spans *spans)
{
	struct charges *charges = calloc(1, sizeof(*charges));
	const struct threads_watcher watcher = { charges, take_resident, take_off };
	__u32 room;
	int err = -ENOMEM;

	if (!charges)
		return err;
	charges->recording = recording;
	charges->reader = reader;
	charges->spans = spans;
	charges->lines = hft_reader_rings(reader);
	room = charges->lines ? charges->lines : 1;
	charges->line = calloc(room, sizeof(*charges->line));
	if (!charges->line)
		goto err_close;
	find_lines(charges, recording);
	err = tasks_open(&charges->tasks, recording);
	if (!err)
		err = causes_open(&charges->causes, recording, charges->tasks);
	if (!err)
		err = steal_read(&charges->steal, recording);
	if (!err)
		err = threads_open(&charges->threads, reader, &watcher);
	if (err)
		goto err_close;
	*made = charges;
	return 0;

err_close:
	charges_close(charges);
	return err;
}

void charges_close(struct charges *charges)
{
	__u32 i;

	if (!charges)
		return;
	timeline_close(charges->timeline);
	threads_close(charges->threads);
	steal_uninit(&charges->steal);
	hidden_uninit(&charges->hidden);
	causes_close(charges->causes);
	tasks_close(charges->tasks);
	for (i = 0; i < charges->lines && charges->line; i++)
		free(charges->line[i].stay);
	free(charges->line);
	free(charges->track);
	free(charges->first_track);
	free(charges);
}

int charges_scout(struct charges *charges, const struct hft_record *record)
{
	struct cpu_line *line = &charges->line[record->ring];
	int err;

	err = threads_scout(charges->threads, record);
	if (err || !line->is_cpu || line->scouted)
		return err;
	line->scouted = true;
	/* a call may have begun elsewhere */
	line->from = record->start < record->tsc && record->type != HFT_REC_CALL ?
		     record->start : record->tsc;
	line->late = record->lost_slots;
	return 0;
}

/* All threads that can have spans. */
static int add_threads(struct charges *charges)
{
	__u32 track, tracks = spans_tracks(charges->spans);
	__s32 tid;
	int err = 0;

	for (track = 0; track < tracks && !err; track++) {
		tid = spans_tid(charges->spans, track);
		if (tid)
			err = threads_add(charges->threads, tid);
	}
	return err;
}

/* Ranges of spans, track by track, and the tracks of each thread. */
static int find_spans(struct charges *charges)
{
	const struct spans *spans = charges->spans;
	__u32 tracks = spans_tracks(spans), thread, track;
	size_t i;

	charges->track = calloc(tracks + 1, sizeof(*charges->track));
	/* no track, no thread */
	charges->first_track = malloc((tracks + 1) * sizeof(*charges->first_track));
	if (!charges->track || !charges->first_track)
		return -ENOMEM;
	for (i = 0; i < spans->count; i++) {
		struct track_spans *range = &charges->track[spans->span[i].track];

		if (!range->count++)
			range->first = i;
	}
	for (thread = 0; thread < tracks; thread++)
		charges->first_track[thread] = TRACK_NONE;
	for (track = tracks; track-- > 0;) {
		thread = threads_find(charges->threads, spans_tid(spans, track));
		if (thread == THREAD_NONE)
			continue;
		charges->track[track].next = charges->first_track[thread];
		charges->first_track[thread] = track;
	}
	return 0;
}

/* Armed from start to stop, as the recorder notes; a ring may hold more than that. */
static void find_window(struct charges *charges, const char *recording)
{
	__u64 started = 0, stopped = 0;
	struct hft_ring_info info;
	__u32 i;

	recording_window(recording, charges->reader, &started, &stopped);
	for (i = 0; i < charges->lines; i++) {
		struct cpu_line *line = &charges->line[i];

		if (line->is_cpu && !hft_reader_ring(charges->reader, i, &info))
			line->to = info.last_tsc;
		if (started && (!line->to || (started < line->from && !line->late)))
			line->from = started;
		if (stopped > line->to)
			line->to = stopped;
	}
}

int charges_start(struct charges *charges)
{
	const struct timeline_watcher watcher = {
		.context = charges, .piece = take_piece, .delivery = take_delivery,
	};
	int err;

	err = add_threads(charges);
	if (!err)
		err = find_spans(charges);
	if (err)
		return err;
	find_window(charges, charges->recording);
	err = timeline_open(&charges->timeline, charges->recording, charges->lines,
			    hft_reader_hz(charges->reader), charges->causes, charges->tasks,
			    &watcher);
	return err ? err : threads_start(charges->threads, charges->causes, charges->tasks);
}

int charges_feed(struct charges *charges, const struct hft_record *record)
{
	const struct cpu_line *line = &charges->line[record->ring];
	int err;

	if (!line->is_cpu)
		return 0;
	err = hidden_feed(&charges->hidden, line->cpu, record);
	if (!err)
		err = tasks_feed(charges->tasks, record);
	if (!err)
		err = threads_feed(charges->threads, record);
	if (!err)
		err = timeline_feed(charges->timeline, record->ring, line->cpu, record);
	return err;
}

int charges_finish(struct charges *charges)
{
	int err;

	err = timeline_finish(charges->timeline);
	if (!err)
		err = threads_finish(charges->threads);
	return err ? err : charges_complete(charges);
}

__s32 charges_tid(const struct charges *charges, const struct span *span)
{
	return spans_tid(charges->spans, span->track);
}

const char *charges_comm(struct charges *charges, const struct span *span)
{
	const struct task *task;

	task = tasks_get(charges->tasks, tasks_find(charges->tasks, charges_tid(charges, span)));
	return task && task->comm[0] ? task->comm : "?";
}

__u32 charges_unplaced(const struct charges *charges)
{
	return threads_unplaced(charges->threads);
}

bool charges_has_visits(const struct charges *charges, __s32 cpu)
{
	__u32 i;

	for (i = 0; i < charges->lines; i++)
		if (charges->line[i].is_cpu && charges->line[i].cpu == cpu)
			return timeline_has_visits(charges->timeline, i);
	return false;
}
