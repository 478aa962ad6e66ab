// SPDX-License-Identifier: GPL-2.0
/* Ticks against the kernel's clocks. */
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include <hftrace.h>
#include "lib/clock.h"
#include "lib/facts.h"

#define TRIES		16
#define SET_NS		1000	/* by how much two samples of clocks that nobody set can differ */
#define LEAP_NS		1000000	/* the same of a leap second, which is one second */
#define SLEW_MAX	0.0006	/* as in the library: more is a clock that is being moved */

__u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void sample_in_user_mode(struct hft_clock_sample *best)
{
	struct hft_clock_sample now = { .size = sizeof(now) };
	int i;

	best->uncertainty = ~0ULL;
	for (i = 0; i < TRIES; i++) {
		__u64 before, after;

		now.cpu = sched_getcpu();
		before = hft_ticks();
		now.monotonic_ns = clock_ns(CLOCK_MONOTONIC);
		now.realtime_ns = clock_ns(CLOCK_REALTIME);
		now.tai_ns = clock_ns(CLOCK_TAI);
		now.boottime_ns = clock_ns(CLOCK_BOOTTIME);
		after = hft_ticks();
		now.uncertainty = after - before;
		now.ticks = before + now.uncertainty / 2;
		/* A move to another CPU in between would show as a long time, or a negative one. */
		if (now.uncertainty < best->uncertainty)
			*best = now;
	}
}

int clock_sample(const struct device *device, struct hft_clock_sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	sample->size = sizeof(*sample);
	if (device)
		return ioctl(device->fd, HFT_IOC_CLOCK, sample) ? -errno : 0;
	sample_in_user_mode(sample);
	return 0;
}

void timeline_set(struct timeline *timeline, const struct hft_clock_sample *first,
		  const struct hft_clock_sample *last, double hz)
{
	double ns = (double)(__s64)(last->monotonic_ns - first->monotonic_ns);
	double ticks = (double)(last->ticks - first->ticks);

	timeline->ticks = first->ticks;
	timeline->realtime_ns = first->realtime_ns;
	timeline->hz = ns >= 1e9 && ticks > 0 ? ticks * 1e9 / ns : hz;
	if (hz > 0 && fabs(timeline->hz / hz - 1) > SLEW_MAX)
		timeline->hz = hz;
}

__s64 timeline_realtime(const struct timeline *timeline, __u64 ticks)
{
	return timeline->realtime_ns +
	       llround((double)(__s64)(ticks - timeline->ticks) * 1e9 / timeline->hz);
}

/* How far REALTIME is from MONOTONIC changes when it is set, and no other time. */
static __s64 step_between(const struct hft_clock_sample *a, const struct hft_clock_sample *b,
			  double hz)
{
	__s64 ns = (__s64)((b->realtime_ns - b->monotonic_ns) - (a->realtime_ns - a->monotonic_ns));
	double least = SET_NS;

	if (hz > 0)
		least += (double)(a->uncertainty + b->uncertainty) * 1e9 / hz;
	return fabs((double)ns) > least ? ns : 0;
}

bool clock_was_set(const struct hft_clock_sample *before, const struct hft_clock_sample *after,
		   double hz)
{
	return step_between(before, after, hz);
}

struct steps {
	const struct clock_steps *wanted;
	struct hft_clock_sample last;
	bool any;
};

static int take_sample(void *context, char *text)
{
	struct steps *steps = context;
	struct hft_clock_sample now = { 0 };
	struct clock_step step;
	__s64 leap;

	if (sscanf(text, "%u %llu %llu %llu %llu %llu", &now.cpu, &now.ticks, &now.uncertainty,
		   &now.monotonic_ns, &now.realtime_ns, &now.tai_ns) != 6)
		return 0;
	step.ns = steps->any ? step_between(&steps->last, &now, steps->wanted->hz) : 0;
	step.ticks = now.ticks;
	step.after_ns = (__s64)now.realtime_ns;
	/* of which TAI knows nothing */
	leap = (__s64)(now.tai_ns - now.monotonic_ns -
		       (steps->last.tai_ns - steps->last.monotonic_ns));
	step.leap_second = fabs(fabs((double)step.ns) - 1e9) < LEAP_NS &&
			   fabs((double)leap) < LEAP_NS;
	steps->last = now;
	steps->any = true;
	return step.ns ? steps->wanted->take(steps->wanted->context, &step) : 0;
}

int clock_each_step(const char *recording, const struct clock_steps *wanted)
{
	struct steps steps = { .wanted = wanted };

	return facts_each_line(recording, "clock", take_sample, &steps);
}

struct point {
	double ticks;		/* since the first sample */
	double ns;
	double uncertainty;	/* ticks */
};

struct points {
	struct point *point;
	size_t count;
	size_t room;
	__u64 first_ticks;
	__u64 first_ns;
};

static int take_point(void *context, char *text)
{
	__u64 ticks, uncertainty, monotonic;
	struct points *points = context;

	if (sscanf(text, "%*u %llu %llu %llu", &ticks, &uncertainty, &monotonic) != 3)
		return 0;
	if (points->count == points->room) {
		size_t room = points->room ? 2 * points->room : 256;
		struct point *more = realloc(points->point, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		points->point = more;
		points->room = room;
	}
	if (!points->count) {
		points->first_ticks = ticks;
		points->first_ns = monotonic;
	}
	points->point[points->count++] = (struct point){
		(double)(__s64)(ticks - points->first_ticks),
		(double)(__s64)(monotonic - points->first_ns), uncertainty,
	};
	return 0;
}

int clock_error(const char *recording, struct clock_error *error)
{
	struct points points = { 0 };
	const struct point *last;
	double scale;
	size_t i;
	int err;

	memset(error, 0, sizeof(*error));
	err = facts_each_line(recording, "clock", take_point, &points);
	if (!err && points.count) {
		last = &points.point[points.count - 1];
		scale = last->ticks > 0 ? last->ns / last->ticks : 0;
		error->samples = points.count;
		for (i = 0; i < points.count; i++) {
			const struct point *point = &points.point[i];
			double distance = fabs(point->ns - point->ticks * scale);

			error->distance_ns = fmax(error->distance_ns, distance);
			error->uncertainty_ns = fmax(error->uncertainty_ns,
						     point->uncertainty * scale);
		}
	}
	free(points.point);
	return err;
}
