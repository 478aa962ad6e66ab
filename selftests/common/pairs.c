// SPDX-License-Identifier: GPL-2.0
/* See pairs.h. */
#include "pairs.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"

/* An event so near to the window's start may have been before hftrace was armed. */
#define EDGE_US		2000
/* Half of the records stand within this of their events; few may all be first of their kind. */
#define NEAR_US		100
#define FEW		8
#define NEAR_FEW_US	10000
#define SHIFTS		3	/* places by which the first event may be mistaken */

/* The chosen ones of both sides, in order. */
struct sides {
	const struct pairing *want;
	const struct record **records;
	const struct event **events;
	size_t records_count, events_count;
};

static void *room_for(size_t count, size_t size)
{
	void *room = calloc(count + 1, size);

	if (!room)
		err(EXIT_FAILURE, "pairs");
	return room;
}

static void choose(struct sides *sides, const struct watch *watch)
{
	const struct pairing *want = sides->want;
	size_t i;

	sides->records = room_for(watch->records_count[want->cpu], sizeof(*sides->records));
	sides->events = room_for(watch->events_count[want->cpu], sizeof(*sides->events));
	for (i = 0; i < watch->records_count[want->cpu]; i++) {
		const struct record *record = &watch->records[want->cpu][i];

		if (record->type == want->type && (!want->record_is || want->record_is(record)))
			sides->records[sides->records_count++] = record;
	}
	for (i = 0; i < watch->events_count[want->cpu]; i++) {
		const struct event *event = &watch->events[want->cpu][i];

		if (event_is(event, want->event) && (!want->event_is || want->event_is(event)))
			sides->events[sides->events_count++] = event;
	}
}

static bool same_number(const struct field_pair *field, const char *at, const struct event *event)
{
	__u64 ours = 0, theirs = event_number(event, field->name);
	__u64 mask = field->size >= 8 ? ~0ULL : (1ULL << 8 * field->size) - 1;

	memcpy(&ours, at, field->size);
	return ours == (theirs & mask);
}

/* A record holds as much of a text as there is room, and a NUL. */
static bool same_text(const struct field_pair *field, const char *at, const struct event *event)
{
	return memchr(at, '\0', field->size) &&
	       !strncmp(at, event_text(event, field->name), field->size - 1);
}

static const char *differs(const struct pairing *want, const struct record *record,
			   const struct event *event)
{
	const struct field_pair *field;
	const char *at;

	for (field = want->fields; field && field->name; field++) {
		at = (const char *)record_payload(record) + field->offset;
		if (field->text ? !same_text(field, at, event) : !same_number(field, at, event))
			return field->name;
	}
	return want->differs ? want->differs(record, event) : NULL;
}

/* When an interrupt comes between the two probes, the next two are the other way round. */
static bool swapped(const struct sides *sides, size_t i, size_t event)
{
	const struct pairing *want = sides->want;

	return i + 1 < sides->records_count && event + 1 < sides->events_count &&
	       !differs(want, sides->records[i], sides->events[event + 1]) &&
	       !differs(want, sides->records[i + 1], sides->events[event]);
}

static void show(const struct sides *sides, size_t i, const struct event *event, const char *what)
{
	const struct record *record = sides->records[i];
	const struct field_pair *field;

	printf("# CPU %u: record %zu of type %u differs from %s in %s\n", sides->want->cpu, i,
	       record->type, event->format->path, what);
	for (field = sides->want->fields; field && field->name; field++) {
		const char *at = (const char *)record_payload(record) + field->offset;
		__u64 ours = 0;

		if (field->text) {
			printf("#   %s: \"%.*s\", \"%s\"\n", field->name, (int)field->size, at,
			       event_text(event, field->name));
			continue;
		}
		memcpy(&ours, at, field->size);
		printf("#   %s: %#llx, %#llx\n", field->name, ours,
		       (__u64)event_number(event, field->name));
	}
}

/* How many records differ when the first one's event is `first`; fills `pairs`. */
static size_t align(const struct sides *sides, size_t first, struct pair *pairs, bool loud)
{
	size_t i, wrong = 0;

	for (i = 0; i < sides->records_count; i++) {
		const struct event *event = sides->events[first + i];
		const char *what = differs(sides->want, sides->records[i], event);

		pairs[i] = (struct pair){ sides->records[i], event };
		if (!what)
			continue;
		if (swapped(sides, i, first + i)) {
			pairs[i].event = sides->events[first + i + 1];
			pairs[i + 1] = (struct pair){ sides->records[i + 1], event };
			i++;
			continue;
		}
		if (loud && ++wrong <= 3)
			show(sides, i, event, what);
		else if (!loud)
			wrong++;
	}
	return wrong;
}

/* The place of the first record's event. */
static size_t find_first(const struct sides *sides, struct pair *pairs)
{
	size_t near = 0, from, to, at, best = 0, wrong, least = (size_t)-1;

	while (near < sides->events_count && sides->events[near]->ts < sides->records[0]->tsc)
		near++;
	from = near > SHIFTS ? near - SHIFTS : 0;
	to = sides->events_count - sides->records_count;
	if (to > near + SHIFTS)
		to = near + SHIFTS;
	for (at = from; at <= to; at++) {
		wrong = align(sides, at, pairs, false);
		/* the later one of equals: our probe runs first */
		if (wrong < least || (wrong == least && at <= near)) {
			least = wrong;
			best = at;
		}
	}
	return best;
}

static int by_value(const void *left, const void *right)
{
	const __u64 *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void check_times(const struct watch *watch, const struct pairs *pairs)
{
	__u64 limit = 1000 * (pairs->count < FEW ? NEAR_FEW_US : NEAR_US);
	__u64 *apart = room_for(pairs->count, sizeof(*apart)), near;
	size_t i;

	for (i = 0; i < pairs->count; i++) {
		__s64 ticks = pairs->at[i].event->ts - pairs->at[i].record->tsc;

		apart[i] = ticks < 0 ? -ticks : ticks;
	}
	qsort(apart, pairs->count, sizeof(*apart), by_value);
	near = watch_ticks_to_ns(watch, apart[pairs->count / 2]);
	if (near > limit)
		printf("# half of the records are %llu ns and more from their events\n", near);
	CHECK(near <= limit);
	free(apart);
}

static void check_edges(const struct watch *watch, const struct sides *sides, size_t first)
{
	__u64 edge = watch->start + EDGE_US * watch->khz / 1000;
	size_t next = first + sides->records_count;

	if (first && sides->events[first - 1]->ts > edge)
		printf("# CPU %u: the first event of the window has no record\n",
		       sides->want->cpu);
	CHECK(!first || sides->events[first - 1]->ts <= edge);
	if (next < sides->events_count && sides->events[next]->ts < watch->end)
		printf("# CPU %u: %zu records; the last event of the window has none\n",
		       sides->want->cpu, sides->records_count);
	CHECK(next == sides->events_count || sides->events[next]->ts >= watch->end);
}

/* With no record there must be no event. */
static void check_none(const struct watch *watch, const struct sides *sides)
{
	__u64 edge = watch->start + EDGE_US * watch->khz / 1000;
	size_t i, within = 0;

	for (i = 0; i < sides->events_count; i++)
		within += sides->events[i]->ts > edge && sides->events[i]->ts < watch->end;
	if (within)
		printf("# CPU %u: no record of type %u, but %zu of %s\n", sides->want->cpu,
		       sides->want->type, within, sides->want->event);
	CHECK(!within);
}

void pairs_find(struct pairs *pairs, const struct watch *watch, const struct pairing *want)
{
	struct sides sides = { .want = want };
	size_t first;

	choose(&sides, watch);
	pairs->count = sides.records_count;
	pairs->at = room_for(pairs->count, sizeof(*pairs->at));
	if (sides.records_count > sides.events_count)
		printf("# CPU %u: %zu records of type %u, only %zu of %s\n", want->cpu,
		       sides.records_count, want->type, sides.events_count, want->event);
	CHECK(sides.records_count <= sides.events_count);
	if (pairs->count) {
		first = find_first(&sides, pairs->at);
		CHECK(!align(&sides, first, pairs->at, true));
		check_edges(watch, &sides, first);
		check_times(watch, pairs);
	} else {
		check_none(watch, &sides);
	}
	free(sides.records);
	free(sides.events);
}

size_t pairs_on_all(const struct watch *watch, const struct pairing *want)
{
	struct pairing on_cpu = *want;
	struct pairs pairs;
	size_t count = 0;

	for (on_cpu.cpu = 0; on_cpu.cpu < WATCH_CPUS; on_cpu.cpu++) {
		if (!watch->records[on_cpu.cpu])
			continue;
		pairs_find(&pairs, watch, &on_cpu);
		count += pairs.count;
		free(pairs.at);
	}
	return count;
}
