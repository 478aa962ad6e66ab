// SPDX-License-Identifier: LGPL-2.1
/* Counters in spans: a thread's, how they are read around a span, what that costs. */
#include "counter.h"
#include "library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALIBRATIONS	200	/* pairs of which the smallest is the tracer's own */

/* A span that is open, and was begun with counters. */
struct opened {
	uint64_t start;		/* its frame's, which tells whether it is still the same; 0: none */
	uint64_t ticks;		/* after the reading */
	struct hft_reading reading[HFT_SPAN_PMU_EVENTS];
};

struct counters {
	struct hft_span_pmu entry;	/* first: what the handle points to */
	uint32_t count;
	struct perf_event_mmap_page *page[HFT_SPAN_PMU_EVENTS];
	uint64_t subtract[HFT_SPAN_PMU_EVENTS];
	uint32_t name[HFT_SPAN_PMU_EVENTS];
	struct opened opened[HFT_FRAMES];
};

static struct counters *counters_of(const struct hft_thread *thread)
{
	return (struct counters *)(uintptr_t)thread->pmu;
}

static inline __attribute__((always_inline)) void
read_all(const struct counters *counters, struct hft_reading *reading)
{
	uint32_t i;

	hft_counter_fence();
	for (i = 0; i < counters->count; i++)
		hft_counter_read(counters->page[i], hft_counter_register, &reading[i]);
}

/* As late as can be, that is last. */
static __attribute__((noinline, aligned(64))) void begin(struct hft_thread *thread)
{
	uint32_t depth = __atomic_load_n(&thread->ctl->depth, __ATOMIC_RELAXED);
	struct counters *counters = counters_of(thread);
	struct opened *opened;

	if (!depth || depth > HFT_FRAMES)
		return;
	opened = &counters->opened[depth - 1];
	opened->start = thread->ctl->frame[depth - 1].start;
	read_all(counters, opened->reading);
	opened->ticks = hft_ticks();
}

static void write_record(struct hft_thread *thread, const struct hft_rec_span_pmu *rec)
{
	struct hft_slot *slot;
	__u64 index, tsc;

	slot = hft_reserve(thread, 3, &index, &tsc);
	HFT_PUT(slot->tsc, tsc);
	hft_put_payload(slot, rec, sizeof(*rec));
	hft_commit(thread, slot, index, HFT_REC_SPAN_PMU, 3);
}

/*
 * As early as can be. A handler that comes while the frame is popped may use the same
 * place for a span of its own: nothing of it is needed then.
 */
static __attribute__((noinline, aligned(64))) void end(struct hft_thread *thread)
{
	struct counters *counters = counters_of(thread);
	struct hft_reading now[HFT_SPAN_PMU_EVENTS];
	struct hft_rec_span_pmu rec;
	struct opened *opened;
	uint32_t depth, i;
	bool begun = false;
	uint64_t ticks;

	if (hft_frame_ignored(thread))
		return;
	ticks = hft_ticks();
	read_all(counters, now);
	depth = __atomic_load_n(&thread->ctl->depth, __ATOMIC_RELAXED);
	if (depth && depth <= HFT_FRAMES) {
		const struct hft_frame *frame = &thread->ctl->frame[depth - 1];

		opened = &counters->opened[depth - 1];
		begun = opened->start == frame->start;
		opened->start = 0;
		memset(&rec, 0, sizeof(rec));
		rec.duration = ticks - opened->ticks;
		rec.id = frame->value;
		rec.name = frame->tag;
		rec.depth = depth - 1;
		rec.events = counters->count;
		for (i = 0; begun && i < counters->count; i++) {
			rec.event[i] = counters->name[i];
			rec.count[i] = hft_counter_between(&opened->reading[i], &now[i],
							   counters->subtract[i]);
		}
	}
	hft_span_end(thread);
	if (begun && !hft_likely_off(thread))
		write_record(thread, &rec);
}

/* ------------------------------------------------------------- calibration */

/* A ring of one page that nobody sees. */
struct hidden_ring {
	struct hft_ring_ctl ctl;
	struct hft_slot slots[HFT_PAGE_SLOTS];
};

/* Empty spans by the same code; interrupts cost those that they meet more. */
static int calibrate(struct counters *counters)
{
	uint64_t least[HFT_SPAN_PMU_EVENTS];
	const struct hft_rec_span_pmu *rec;
	struct hft_thread thread = { 0 };
	struct hidden_ring *ring;
	unsigned int round;
	uint32_t i;

	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	memset(least, 0xff, sizeof(least));
	thread.ctl = &ring->ctl;
	thread.slots = ring->slots;
	thread.mask = HFT_PAGE_SLOTS - 1;
	thread.pmu = &counters->entry;
	thread.enable = 1;
	/* behind the span, which has two slots */
	rec = (const struct hft_rec_span_pmu *)ring->slots[2].arg;
	for (round = 0; round < CALIBRATIONS; round++) {
		ring->ctl.head = 0;
		hft_span_begin_pmu(&thread, 0, 0);
		hft_span_end_pmu(&thread);
		for (i = 0; i < counters->count; i++)
			if (rec->count[i] < least[i])
				least[i] = rec->count[i];
	}
	for (i = 0; i < counters->count; i++)
		counters->subtract[i] = least[i] == HFT_SPAN_PMU_MISSING ? 0 : least[i];
	free(ring);
	return 0;
}

/* ------------------------------------------------------------------ attach */

void hft_counters_give_back(struct hft_thread *thread)
{
	struct counters *counters = counters_of(thread);
	uint32_t i;

	thread->pmu = NULL;
	for (i = 0; counters && i < counters->count; i++)
		hft_counter_close(counters->page[i]);
	free(counters);
}

static int check(const struct hft_thread *thread, const char *const *events, unsigned int count)
{
	unsigned int i;

	if (!hft_thread_is_own(thread) || !events || !count)
		return -EINVAL;
	if (count > HFT_SPAN_PMU_EVENTS)
		return -E2BIG;
	for (i = 0; i < count; i++)
		if (!events[i])
			return -EINVAL;
	if (!hft_thread_has_ring(thread))
		return -ENXIO;
	return thread->pmu ? -EALREADY : 0;
}

static int open_all(struct counters *counters, const char *const *events, unsigned int count)
{
	struct hft_counter_event event;
	int err;

	for (; counters->count < count; counters->count++) {
		err = hft_counter_event(events[counters->count], &event);
		if (!err)
			err = hft_counter_open(&event, &counters->page[counters->count]);
		if (err)
			return err;
	}
	return 0;
}

/* With the library's lock held; *refused: which event an error is of. */
static int attach(struct hft_thread *thread, const char *const *events, unsigned int count,
		  uint32_t *refused)
{
	struct counters *counters;
	uint32_t i;
	int err;

	err = check(thread, events, count);
	if (err)
		return err;
	counters = calloc(1, sizeof(*counters));
	if (!counters)
		return -ENOMEM;
	err = open_all(counters, events, count);
	*refused = counters->count;
	if (err)
		goto err_close;
	for (i = 0; i < count; i++)
		counters->name[i] = hft_names_number(events[i]);
	counters->entry.begin = begin;
	counters->entry.end = end;
	err = calibrate(counters);
	if (err)
		goto err_close;
	thread->pmu = &counters->entry;
	return 0;

err_close:
	while (counters->count)
		hft_counter_close(counters->page[--counters->count]);
	free(counters);
	return err;
}

/* ------------------------------------------------------------------ status */

#define SELDOM_BITS	48	/* a counter of so many bits overflows once in hours */

static void describe(const struct counters *counters, const char *const *events,
		     struct hft_thread_pmu_status *status)
{
	uint32_t i, fewest = 64;
	size_t used = 0;

	used += (size_t)snprintf(status->text, sizeof(status->text), "user mode counts");
	status->events = counters->count;
	for (i = 0; i < counters->count; i++) {
		status->bits[i] = counters->page[i]->pmc_width;
		status->subtracted[i] = counters->subtract[i];
		if (status->bits[i] < fewest)
			fewest = status->bits[i];
		if (used < sizeof(status->text))
			used += (size_t)snprintf(status->text + used, sizeof(status->text) - used,
						 "%s %.40s", i ? "," : "", events[i]);
	}
	if (fewest < SELDOM_BITS && used < sizeof(status->text))
		snprintf(status->text + used, sizeof(status->text) - used,
			 "; %u-bit counters: every %llu events interrupt the core", fewest,
			 1ULL << (fewest - 1));
}

static void refuse(unsigned int count, struct hft_thread_pmu_status *status)
{
	switch (status->error) {
	case -E2BIG:
		snprintf(status->text, sizeof(status->text),
			 "a span has room for %u events, not for %u: ask for fewer",
			 HFT_SPAN_PMU_EVENTS, count);
		break;
	case -ENXIO:
		snprintf(status->text, sizeof(status->text),
			 "this thread has no ring: hft_status() says why");
		break;
	case -EALREADY:
		snprintf(status->text, sizeof(status->text),
			 "this thread has its counters already: hft_thread_pmu_close() first");
		break;
	case -EINVAL:
		snprintf(status->text, sizeof(status->text),
			 "each thread asks for itself, with its own handle, and for an event or more");
		break;
	default:
		snprintf(status->text, sizeof(status->text), "%s", strerror(-status->error));
	}
}

int hft_thread_pmu(struct hft_thread *thread, const char *const *events, unsigned int count,
		   struct hft_thread_pmu_status *status)
{
	uint32_t refused = count;
	int err;

	if (status && status->size != sizeof(*status))
		return -EINVAL;
	hft_library_lock();
	err = attach(thread, events, count, &refused);
	pthread_mutex_unlock(&hft_library.lock);
	if (!status)
		return err;
	memset(status, 0, sizeof(*status));
	status->size = sizeof(*status);
	status->error = err;
	status->failed = refused;
	if (!err)
		describe(counters_of(thread), events, status);
	else if (refused < count)
		hft_counter_refusal(status->text, sizeof(status->text), err, events[refused]);
	else
		refuse(count, status);
	return err;
}

void hft_thread_pmu_close(struct hft_thread *thread)
{
	hft_library_lock();
	if (hft_thread_is_own(thread))
		hft_counters_give_back(thread);
	pthread_mutex_unlock(&hft_library.lock);
}
