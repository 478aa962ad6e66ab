// SPDX-License-Identifier: GPL-2.0
/* What only a span as a whole tells: own time, the usual, the rest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/charges_private.h"

/* Own time beyond what so many % of a name's spans take is no longer usual. */
#define TYPICAL_LIMIT	90.0

/* Of a span, what is not known where it went. */
static __u64 unplaced_time(const struct span *span)
{
	__u64 duration = span->end - span->start;
	__u64 known = span->resident + span->off;

	return duration > known ? duration - known : 0;
}

/* What nothing took. */
static __u64 own_time(const struct span *span)
{
	__u64 duration = span->end - span->start;
	__u64 taken = span->steal + unplaced_time(span);
	__u32 i;

	for (i = 0; i < span->parts_count; i++)
		taken += span->part[i].ticks;
	return duration > taken ? duration - taken : 0;
}

static int by_size(const void *a, const void *b)
{
	__u64 left = *(const __u64 *)a, right = *(const __u64 *)b;

	return left < right ? -1 : left > right;
}

static void find_typical(struct spans *spans)
{
	size_t i;

	for (i = 0; i < spans->count; i++) {
		const struct span *span = &spans->span[i];
		struct span_name *name = &spans->name[span->name];

		if (!span->chosen)
			name->user[name->users++] = own_time(span);
	}
	for (i = 0; i < spans->names; i++)
		qsort(spans->name[i].user, spans->name[i].users, sizeof(__u64), by_size);
}

static int add_culprit(struct charges *charges, struct span *span, const struct culprit *culprit,
		       __u64 ticks)
{
	__u32 number;

	if (!ticks)
		return 0;
	number = causes_intern(charges->causes, culprit);
	return number == CULPRIT_NONE ? -ENOMEM : span_charge(span, number, ticks, 0);
}

static int add_part(struct charges *charges, struct span *span, enum cause cause, __u16 kind,
		    __u64 ticks)
{
	const struct culprit culprit = { .cause = (__u16)cause, .kind = kind };

	return add_culprit(charges, span, &culprit, ticks);
}

/* Of time that nothing took, what the hypervisor's count explains. */
static __u64 counted_steal(const struct charges *charges, const struct span *span, __u64 rest)
{
	__u64 ns = hidden_stolen_ns(&charges->hidden, span->cpu, span->start, span->end);
	double ticks = (double)ns * hft_reader_hz(charges->reader) / 1e9;

	return ticks < (double)rest ? (__u64)ticks : rest;
}

/*
 * Time that nothing took, when the machine counted something then: an SMI says
 * not how long it was, nor does a slower clock, so it is all that is left. 0 or -ENOMEM.
 */
static int add_hidden(struct charges *charges, struct span *span, __u64 *rest)
{
	struct culprit culprit = { .cause = CAUSE_HIDDEN };
	const struct hidden_window *window;
	__u64 ticks = *rest;

	if (!ticks)
		return 0;
	culprit.kind = HFT_HIDDEN_SMI;
	window = hidden_find(&charges->hidden, span->cpu, culprit.kind, span->start, span->end);
	if (!window) {
		culprit.kind = HFT_HIDDEN_FREQUENCY;
		window = hidden_find(&charges->hidden, span->cpu, culprit.kind, span->start,
				     span->end);
		/* one that got faster took nothing */
		if (!window || window->khz >= window->khz_before)
			return 0;
		culprit.data = (__u64)window->khz_before << 32 | window->khz;
	}
	*rest = 0;
	return add_culprit(charges, span, &culprit, ticks);
}

static int largest_first(const void *a, const void *b)
{
	const struct part *left = a, *right = b;

	if (left->ticks != right->ticks)
		return left->ticks > right->ticks ? -1 : 1;
	return left->culprit < right->culprit ? -1 : left->culprit > right->culprit;
}

/* Whether two parts are faults of the same code, on different addresses. */
static bool is_same_fault(const struct charges *charges, const struct part *a,
			  const struct part *b)
{
	struct culprit left = *causes_get(charges->causes, a->culprit);
	struct culprit right = *causes_get(charges->causes, b->culprit);

	left.data = 0;
	right.data = 0;
	return left.cause == CAUSE_PAGE_FAULT && !memcmp(&left, &right, sizeof(left));
}

/* A loop over new memory faults on each page: one part, by the first address. */
static void join_faults(const struct charges *charges, struct span *span)
{
	__u32 i, j, kept = 0;

	for (i = 0; i < span->parts_count; i++) {
		for (j = 0; j < kept; j++)
			if (is_same_fault(charges, &span->part[j], &span->part[i]))
				break;
		if (j == kept) {
			span->part[kept++] = span->part[i];
			continue;
		}
		span->part[j].ticks += span->part[i].ticks;
		span->part[j].count += span->part[i].count;
	}
	span->parts_count = kept;
}

/* Gives a span the parts that only the whole tells. */
static int complete_span(struct charges *charges, struct span *span)
{
	__u64 own = own_time(span), unplaced = unplaced_time(span);
	__u64 usual = spans_typical(&charges->spans->name[span->name], TYPICAL_LIMIT);
	__u16 kind = charges_has_visits(charges, span->cpu) ? OWN_TIME_SEEN : OWN_TIME_MIXED;
	__u64 user = own < usual ? own : usual, rest = own - user;
	__u64 delivered = span->delivery < rest ? span->delivery : rest;
	__u64 counted = counted_steal(charges, span, rest - delivered);
	int err = 0;

	rest -= delivered + counted;

	join_faults(charges, span);
	if (delivered)
		err = span_charge(span, span->delivery_culprit, delivered, 0);
	if (!err)
		err = add_part(charges, span, CAUSE_STEAL, STEAL_SEEN, span->steal);
	if (!err)
		err = add_part(charges, span, CAUSE_STEAL, STEAL_COUNTED, counted);
	if (!err)
		err = add_hidden(charges, span, &rest);
	if (!err)
		err = add_part(charges, span, CAUSE_NOT_RECORDED, NOT_RECORDED_WHERE, unplaced);
	if (!err)
		err = add_part(charges, span, CAUSE_USER, kind, user);
	if (!err)
		err = add_part(charges, span, CAUSE_UNEXPLAINED, kind, rest);
	if (!err && span->parts_count)
		qsort(span->part, span->parts_count, sizeof(*span->part), largest_first);
	return err;
}

int charges_complete(struct charges *charges)
{
	size_t i;
	int err = 0;

	find_typical(charges->spans);
	for (i = 0; i < charges->spans->count && !err; i++)
		if (charges->spans->span[i].chosen)
			err = complete_span(charges, &charges->spans->span[i]);
	return err;
}
