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

#define TRIES 16

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
}

__s64 timeline_realtime(const struct timeline *timeline, __u64 ticks)
{
	return timeline->realtime_ns +
	       llround((double)(__s64)(ticks - timeline->ticks) * 1e9 / timeline->hz);
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
