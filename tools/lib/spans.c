// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/spans.h"

#define ROUNDING 0.000001	/* of a rank: 90 % of 10 is 9, not 10 */

/* Of facts/probes: number, kind, ... Where it tells nothing, a call is the kernel's. */
static int take_probe(void *context, char *text)
{
	struct spans *spans = context;
	const char *number = facts_column(&text), *kind = facts_column(&text);
	__u64 probe;

	if (number && kind && !facts_parse(number, &probe) && probe < HFT_NAMES)
		spans->in_program[probe] = !strncmp(kind, "program", 7);
	return 0;
}

int spans_init(struct spans *spans, const char *recording, const struct hft_reader *reader,
	       const struct span_choice *choice)
{
	struct hft_ring_info info;
	__u32 ring;
	int err;

	memset(spans, 0, sizeof(*spans));
	spans->choice = *choice;
	spans->reader = reader;
	spans->rings = hft_reader_rings(reader);
	spans->number = calloc(spans->rings ? spans->rings : 1, sizeof(*spans->number));
	spans->is_user = calloc(spans->rings ? spans->rings : 1, sizeof(*spans->is_user));
	spans->in_program = calloc(HFT_NAMES, sizeof(*spans->in_program));
	if (!spans->number || !spans->is_user || !spans->in_program)
		return -ENOMEM;
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		spans->is_user[ring] = info.kind == HFT_RING_USER;
	err = facts_each_line(recording, "probes", take_probe, spans);
	return err == -ENOENT ? 0 : err;
}

void spans_uninit(struct spans *spans)
{
	size_t i;

	for (i = 0; i < spans->count; i++) {
		free(spans->span[i].part);
		free(spans->span[i].counts);
	}
	free(spans->span);
	for (i = 0; i < spans->names; i++) {
		histogram_uninit(&spans->name[i].duration);
		free(spans->name[i].text);
		free(spans->name[i].user);
		free(spans->name[i].sample);
	}
	free(spans->name);
	for (i = 0; i < spans->rings && spans->number; i++)
		free(spans->number[i]);
	free(spans->number);
	free(spans->is_user);
	free(spans->in_program);
	tids_uninit(&spans->callers);
	memset(spans, 0, sizeof(*spans));
}

/* Processes that call theirs the same share the name. */
static int add_name(struct spans *spans, const char *text, __u32 *number)
{
	struct span_name *name;
	size_t i;

	for (i = 0; i < spans->names; i++) {
		if (!strcmp(spans->name[i].text, text)) {
			*number = (__u32)i + 1;
			return 0;
		}
	}
	name = realloc(spans->name, (spans->names + 1) * sizeof(*name));
	if (!name)
		return -ENOMEM;
	spans->name = name;
	name += spans->names;
	memset(name, 0, sizeof(*name));
	name->duration.fine = true;
	name->random = 0x9e3779b97f4a7c15ULL;
	name->text = strdup(text);
	name->sample = calloc(SPANS_SAMPLE, sizeof(*name->sample));
	if (!name->text || !name->sample) {
		free(name->text);
		free(name->sample);
		return -ENOMEM;
	}
	spans->names++;
	*number = (__u32)spans->names;
	return 0;
}

/* `name` is a number in the record's ring. */
static int find_name(struct spans *spans, const struct hft_record *record, __u32 name,
		     __u32 *number)
{
	__u32 index = name < HFT_NAMES ? name : HFT_NAMES;
	__u32 **numbers = &spans->number[record->ring];
	int err = 0;

	if (!*numbers) {
		*numbers = calloc(HFT_NAMES + 1, sizeof(**numbers));
		if (!*numbers)
			return -ENOMEM;
	}
	if (!(*numbers)[index])
		err = add_name(spans, hft_reader_name(spans->reader, record->ring, name),
			       &(*numbers)[index]);
	*number = (*numbers)[index] - 1;
	return err;
}

static __u64 length_of(const struct span *span)
{
	return span->end - span->start;
}

/* Each span of a name is in the sample with the same chance. */
static void sample(struct span_name *name, const struct span *span)
{
	__u64 seen = name->duration.count;	/* this one included */
	__u64 at = seen - 1;

	if (seen > SPANS_SAMPLE) {
		name->random ^= name->random << 13;
		name->random ^= name->random >> 7;
		name->random ^= name->random << 17;
		at = name->random % seen;
	}
	if (at < SPANS_SAMPLE)
		name->sample[at] = *span;
}

/* The clock may be set within a span: its start is shown, and from there its length counts. */
static bool contains(const struct spans *spans, const struct span *span, __s64 moment)
{
	__s64 start = hft_reader_realtime(spans->reader, span->start);
	double length = (double)(span->end - span->start) * 1e9 / hft_reader_hz(spans->reader);

	return start <= moment && (double)((__u64)moment - (__u64)start) <= length;
}

static bool is_wanted(const struct spans *spans, const struct span *span)
{
	const struct span_choice *choice = &spans->choice;

	if (choice->name && strcmp(choice->name, spans->name[span->name].text))
		return false;
	if (choice->by_id && (choice->id != span->id || span->kind != SPAN_MARKED))
		return false;
	if (length_of(span) < choice->slower_than || span->start < choice->from)
		return false;
	if (choice->by_end && choice->end != span->end)
		return false;
	if (choice->by_ticks && (span->start > choice->ticks || span->end < choice->ticks))
		return false;
	return !choice->by_moment || contains(spans, span, choice->moment);
}

static int make_room(struct spans *spans, size_t more)
{
	size_t room = spans->room ? spans->room : 64;
	struct span *span;

	if (spans->count + more <= spans->room)
		return 0;
	while (room < spans->count + more)
		room *= 2;
	span = realloc(spans->span, room * sizeof(*span));
	if (!span)
		return -ENOMEM;
	spans->span = span;
	spans->room = room;
	return 0;
}

/* The slower one stays; of equals the earlier. */
static bool is_faster(const struct span *a, const struct span *b)
{
	if (length_of(a) != length_of(b))
		return length_of(a) < length_of(b);
	return a->end > b->end;
}

/* The fastest of the chosen makes place for a slower one. */
static void replace_fastest(struct spans *spans, const struct span *span)
{
	struct span *heap = spans->span;
	size_t at = 0, child;

	if (!is_faster(&heap[0], span))
		return;
	while ((child = 2 * at + 1) < spans->count) {
		if (child + 1 < spans->count && is_faster(&heap[child + 1], &heap[child]))
			child++;
		if (!is_faster(&heap[child], span))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = *span;
}

static int choose(struct spans *spans, const struct span *span)
{
	size_t at = spans->count, parent;
	int err;

	if (spans->choice.slowest && spans->count == spans->choice.slowest) {
		replace_fastest(spans, span);
		return 0;
	}
	if (spans->count == SPANS_MAX)
		return -E2BIG;
	err = make_room(spans, 1);
	if (err)
		return err;
	spans->count++;
	while (at && is_faster(span, &spans->span[parent = (at - 1) / 2])) {
		spans->span[at] = spans->span[parent];
		at = parent;
	}
	spans->span[at] = *span;
	return 0;
}

static struct span new_span(const struct hft_record *record)
{
	return (struct span){
		.start = record->start < record->tsc ? record->start : record->tsc,
		.end = record->tsc,
		.track = record->ring,
		.parent = SPAN_NONE,
		.cpu = -1,
	};
}

static int marked_span(struct spans *spans, const struct hft_record *record, struct span *span)
{
	const struct hft_rec_span *rec = record->payload;

	*span = new_span(record);
	span->id = rec->id;
	return find_name(spans, record, rec->name, &span->name);
}

static int called_span(struct spans *spans, const struct hft_record *record, struct span *span)
{
	const struct hft_rec_call *rec = record->payload;
	int err;

	*span = new_span(record);
	span->id = (__u64)rec->ret;
	span->kind = rec->probe < HFT_NAMES && spans->in_program[rec->probe] ?
		     SPAN_PROGRAM_CALL : SPAN_CALL;
	err = tids_add(&spans->callers, rec->tid, &span->track);
	span->track += spans->rings;
	return err ? err : find_name(spans, record, rec->probe, &span->name);
}

/* Calls whose start was not seen have no length; the idle task is on all CPUs at once. */
static bool is_whole_call(const struct hft_record *record)
{
	return record->type == HFT_REC_CALL && !(record->ctx & HFT_CTX_CONTINUED) &&
	       ((const struct hft_rec_call *)record->payload)->tid;
}

int spans_offer(struct spans *spans, const struct hft_record *record)
{
	struct span span;
	int err;

	if (spans->is_user[record->ring] && record->type == HFT_REC_SPAN)
		err = marked_span(spans, record, &span);
	else if (!spans->is_user[record->ring] && is_whole_call(record))
		err = called_span(spans, record, &span);
	else
		return 0;
	if (err)
		return err;
	spans->seen++;
	err = histogram_add(&spans->name[span.name].duration, length_of(&span));
	if (err)
		return err;
	stretch_keep_longer(&spans->name[span.name].longest, span.start, span.end);
	sample(&spans->name[span.name], &span);
	if (!is_wanted(spans, &span))
		return 0;
	spans->matched++;
	span.chosen = true;
	return choose(spans, &span);
}

static int by_place(const void *a, const void *b)
{
	const struct span *left = a, *right = b;

	if (left->track != right->track)
		return left->track < right->track ? -1 : 1;
	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->end != right->end)
		return left->end > right->end ? -1 : 1;
	return 0;
}

/* A track's spans nest, so those around one are a chain. */
static void find_parents(struct spans *spans)
{
	__u32 open = SPAN_NONE;
	__u32 i;

	for (i = 0; i < spans->count; i++) {
		struct span *span = &spans->span[i];

		if (i && span[-1].track != span->track)
			open = SPAN_NONE;
		while (open != SPAN_NONE && spans->span[open].end <= span->start)
			open = spans->span[open].parent;
		span->parent = open;
		open = i;
	}
}

int spans_settle(struct spans *spans)
{
	size_t i, taken;
	int err;

	for (i = 0; i < spans->names; i++) {
		struct span_name *name = &spans->name[i];

		taken = name->duration.count < SPANS_SAMPLE ? name->duration.count : SPANS_SAMPLE;
		err = make_room(spans, taken);
		if (err)
			return err;
		memcpy(spans->span + spans->count, name->sample, taken * sizeof(struct span));
		spans->count += taken;
		free(name->sample);
		name->sample = NULL;
		name->user = calloc(taken ? taken : 1, sizeof(*name->user));
		if (!name->user)
			return -ENOMEM;
	}
	if (spans->count)
		qsort(spans->span, spans->count, sizeof(*spans->span), by_place);
	find_parents(spans);
	return 0;
}

int spans_count(struct spans *spans, const struct hft_record *record,
		const struct span_counts *counts)
{
	size_t low = 0, high = spans->count, middle;
	struct span wanted, *span;
	int err;

	err = marked_span(spans, record, &wanted);
	if (err)
		return err;
	while (low < high) {
		middle = (low + high) / 2;
		if (by_place(&spans->span[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* chosen, of the sample, both */
	for (; low < spans->count && !by_place(&spans->span[low], &wanted); low++) {
		span = &spans->span[low];
		if (span->id != wanted.id || span->name != wanted.name || span->counts)
			continue;
		span->counts = malloc(sizeof(*span->counts));
		if (!span->counts)
			return -ENOMEM;
		*span->counts = *counts;
	}
	return 0;
}

__u32 spans_tracks(const struct spans *spans)
{
	return spans->rings + spans->callers.count;
}

__s32 spans_tid(const struct spans *spans, __u32 track)
{
	struct hft_ring_info info;

	if (track >= spans->rings)
		return spans->callers.tid[track - spans->rings];
	if (!spans->is_user[track] || hft_reader_ring(spans->reader, track, &info))
		return 0;
	return info.id;
}

int span_charge(struct span *span, __u32 culprit, __u64 ticks, __u64 interval)
{
	struct part *part;
	__u32 i;

	for (i = 0; i < span->parts_count; i++) {
		part = &span->part[i];
		if (part->culprit != culprit)
			continue;
		part->ticks += ticks;
		if (interval && interval != part->interval) {
			part->count++;
			part->interval = interval;
		}
		return 0;
	}
	/* Grows by powers of two, from 4. */
	if (!(i & (i - 1)) && (!i || i >= 4)) {
		part = realloc(span->part, (i ? 2 * i : 4) * sizeof(*part));
		if (!part)
			return -ENOMEM;
		span->part = part;
	}
	part = &span->part[span->parts_count++];
	part->culprit = culprit;
	part->count = 1;
	part->ticks = ticks;
	part->interval = interval;
	return 0;
}

__u64 spans_typical(const struct span_name *name, double percent)
{
	size_t rank;

	if (!name->users)
		return 0;
	rank = (size_t)ceil(percent / 100.0 * (double)name->users - ROUNDING);
	return name->user[rank ? rank - 1 : 0];
}
