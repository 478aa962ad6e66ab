// SPDX-License-Identifier: GPL-2.0
/* See own_code.h. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/output.h"
#include "lib/own_code.h"

#define INSTRUCTIONS	"instructions"
#define CYCLES		"cycles"
#define MUCH_MORE	2.0	/* of another event than those: worth to be named */

/* An event in a span, and in the median one of its name. */
struct compared {
	const char *event;	/* NULL: not counted */
	__u64 count;
	__u64 median;
	double ratio;		/* infinite: the median is 0 */
};

static bool compare(const struct counted *counted, const struct span *span, __u32 number,
		    struct compared *out)
{
	const struct span_counts *counts = span->counts;

	*out = (struct compared){ .event = counts->event[number], .count = counts->count[number] };
	if (out->count == HFT_SPAN_PMU_MISSING ||
	    !counted_median(counted, span->name, out->event, &out->median))
		return false;
	if (out->median)
		out->ratio = (double)out->count / (double)out->median;
	else
		out->ratio = out->count ? INFINITY : 1;
	return true;
}

/* Instructions, cycles, and of the others the one that grew most, if it grew much. */
struct comparison {
	struct compared instructions;
	struct compared cycles;
	struct compared other;
};

static void compare_all(const struct counted *counted, const struct span *span,
			struct comparison *all)
{
	struct compared one;
	__u32 i;

	*all = (struct comparison){ 0 };
	for (i = 0; i < span->counts->events; i++) {
		if (!compare(counted, span, i, &one))
			continue;
		if (!strcmp(one.event, INSTRUCTIONS))
			all->instructions = one;
		else if (!strcmp(one.event, CYCLES))
			all->cycles = one;
		else if (one.ratio >= MUCH_MORE && one.ratio > all->other.ratio)
			all->other = one;
	}
}

/* Tenths below ten, else whole ones: what is told, and few different culprits. */
static __u64 tenths(double ratio)
{
	if (!(ratio < INT_MAX / 20))
		return INT_MAX / 20 * 10;
	return ratio < 10 ? (__u64)llround(ratio * 10) : (__u64)llround(ratio) * 10;
}

/* Whether what was counted grew by at least half of what the time grew by. */
static bool grew(const struct compared *one, double time)
{
	return one->event && one->ratio - 1 >= (time - 1) / 2;
}

/* What the counters say of a span that had `time` times its usual own time. -ENODATA: nothing. */
static int judge(const struct comparison *all, double time, struct causes *causes,
		 struct culprit *culprit)
{
	const struct compared *main = NULL;
	__u32 event;

	*culprit = (struct culprit){ .cause = CAUSE_OWN_CODE };
	if (grew(&all->instructions, time)) {
		culprit->kind = OWN_CODE_MORE;
		main = &all->instructions;
	} else if (grew(&all->cycles, time)) {
		culprit->kind = all->instructions.event ? OWN_CODE_SLOWER : OWN_CODE_CYCLES;
		main = &all->cycles;
	} else if (all->instructions.event && all->cycles.event) {
		*culprit = (struct culprit){ .cause = CAUSE_UNEXPLAINED,
					     .kind = OWN_TIME_COUNTED };
		return 0;
	} else if (all->instructions.event) {
		culprit->kind = OWN_CODE_STALLED;
		main = &all->instructions;
	}
	if (!main)
		return -ENODATA;
	culprit->number = (__s32)tenths(main->ratio);
	/* more to do means more of everything */
	if (!all->other.event ||
	    (culprit->kind == OWN_CODE_MORE && all->other.ratio < MUCH_MORE * main->ratio))
		return 0;
	event = causes_event(causes, all->other.event);
	if (event == CULPRIT_NONE)
		return -ENOMEM;
	culprit->other = event + 1;
	culprit->address = !all->other.median;
	culprit->data = culprit->address ? all->other.count : tenths(all->other.ratio);
	return 0;
}

static __u64 own_ticks(const struct span *span, const struct causes *causes)
{
	__u64 ticks = 0;
	enum cause cause;
	__u32 i;

	for (i = 0; i < span->parts_count; i++) {
		cause = causes_get(causes, span->part[i].culprit)->cause;
		if (cause == CAUSE_USER || cause == CAUSE_UNEXPLAINED || cause == CAUSE_HIDDEN)
			ticks += span->part[i].ticks;
	}
	return ticks;
}

/*
 * Whether a part is the code's, then. Where kernel time may be in it, instructions alone do not
 * tell; and what an SMI or a slower clock could have taken is the code's if it had more to do.
 */
static bool is_told_by(const struct culprit *part, const struct culprit *judged)
{
	bool is_code = judged->cause == CAUSE_OWN_CODE;

	if (part->cause == CAUSE_UNEXPLAINED)
		return part->kind == OWN_TIME_SEEN || (is_code && judged->kind != OWN_CODE_STALLED);
	return part->cause == CAUSE_HIDDEN && is_code && judged->kind == OWN_CODE_MORE;
}

static int find_in(struct span *span, const struct spans *spans, const struct counted *counted,
		   struct causes *causes)
{
	__u64 usual = spans_typical(&spans->name[span->name], 50);
	struct comparison all;
	struct culprit culprit;
	__u32 number, i;
	int err;

	if (!usual)
		return 0;
	compare_all(counted, span, &all);
	err = judge(&all, (double)own_ticks(span, causes) / (double)usual, causes, &culprit);
	if (err)
		return err == -ENODATA ? 0 : err;
	number = causes_intern(causes, &culprit);
	if (number == CULPRIT_NONE)
		return -ENOMEM;
	for (i = 0; i < span->parts_count; i++)
		if (is_told_by(causes_get(causes, span->part[i].culprit), &culprit))
			span->part[i].culprit = number;
	return 0;
}

int own_code_find(struct spans *spans, const struct counted *counted, struct causes *causes)
{
	size_t i;
	int err = 0;

	for (i = 0; i < spans->count && !err; i++)
		if (spans->span[i].chosen && spans->span[i].counts)
			err = find_in(&spans->span[i], spans, counted, causes);
	return err;
}

/* "3.1 times", "40 times" */
static const char *times(char *buf, size_t size, __u64 tenths)
{
	if (tenths < 100 && tenths % 10)
		snprintf(buf, size, "%llu.%llu", tenths / 10, tenths % 10);
	else
		snprintf(buf, size, "%llu", tenths / 10);
	return buf;
}

static void other_text(const struct causes *causes, const struct culprit *culprit, char *buf,
		       size_t size)
{
	const char *event = causes_event_name(causes, culprit->other - 1);
	char ratio[32];

	if (!culprit->other)
		return;
	if (culprit->address)
		snprintf(buf, size, "; %llu %s, and none in the median", culprit->data, event);
	else if (!strcmp(event, "llc-misses") || !strcmp(event, "l1d-misses"))
		snprintf(buf, size, "; missed the cache %sx more than the median (%s)",
			 times(ratio, sizeof(ratio), culprit->data), event);
	else
		snprintf(buf, size, "; %s %sx more than the median", event,
			 times(ratio, sizeof(ratio), culprit->data));
}

const char *own_code_text(struct causes *causes, const struct culprit *culprit, char *buf,
			  size_t size)
{
	char ratio[32];
	int length = 0;

	times(ratio, sizeof(ratio), (__u64)culprit->number);
	switch ((enum own_code_kind)culprit->kind) {
	case OWN_CODE_MORE:
		length = snprintf(buf, size,
				  "had more to do: %s times the instructions of the median span",
				  ratio);
		break;
	case OWN_CODE_SLOWER:
		length = snprintf(buf, size,
				  "slower: its usual instructions in %s times the cycles of the median span",
				  ratio);
		break;
	case OWN_CODE_CYCLES:
		length = snprintf(buf, size, "%s times the cycles of the median span", ratio);
		break;
	case OWN_CODE_STALLED:
		length = snprintf(buf, size, "slower: its usual instructions took longer");
		break;
	}
	if (length >= 0 && (size_t)length < size)
		other_text(causes, culprit, buf + length, size - (size_t)length);
	return buf;
}

const char *own_code_advice(const struct culprit *culprit, char *buf, size_t size)
{
	switch ((enum own_code_kind)culprit->kind) {
	case OWN_CODE_MORE:
		snprintf(buf, size,
			 "another path or input: look at this id; functions by record --sample cycles:1000000");
		break;
	case OWN_CODE_SLOWER:
		if (culprit->other)
			snprintf(buf, size,
				 "what it touches was not near: keep its data warm and small, nothing else on that cache");
		else
			snprintf(buf, size,
				 "caches, or a busy SMT sibling: count llc-misses, dtlb-misses, branch-misses, too");
		break;
	case OWN_CODE_CYCLES:
		snprintf(buf, size,
			 "have instructions counted as well: they tell more work from slower work");
		break;
	case OWN_CODE_STALLED:
		snprintf(buf, size,
			 "have cycles counted as well: they tell caches from a lower clock and SMIs");
		break;
	}
	return buf;
}
