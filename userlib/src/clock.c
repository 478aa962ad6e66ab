// SPDX-License-Identifier: LGPL-2.1
/* Ticks to seconds and to the wall clock, by samples of both. */
#include "reader.h"

#include <errno.h>
#include <hftrace/ring-write.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define SAMPLE_TRIES	5
#define CALIBRATE_NS	20000000	/* two samples at least so far apart */
#define SET_NS		1000		/* samples of clocks that nobody set differ by less */
#define SLEW_MAX	0.0006		/* of the rate; more is no correction, but a move */

/* Rates that a CPU's clock can have; a recording may tell others. */
#define HZ_MIN		1e3
#define HZ_MAX		1e12

int hft_clock_add(struct hft_clock *clock, const struct hft_clock_point *point)
{
	struct hft_clock_point *points;
	size_t at = clock->count;

	points = realloc(clock->points, (clock->count + 1) * sizeof(*points));
	if (!points)
		return -ENOMEM;
	clock->points = points;
	while (at && points[at - 1].ticks > point->ticks)
		at--;
	memmove(points + at + 1, points + at, (clock->count - at) * sizeof(*points));
	points[at] = *point;
	clock->count++;
	return 0;
}

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Of several tries the one that took the least time. */
static void sample_here(struct hft_clock_point *point)
{
	uint64_t before, after, monotonic, realtime, best = ~(uint64_t)0;
	int try;

	for (try = 0; try < SAMPLE_TRIES; try++) {
		before = hft_ticks();
		monotonic = read_clock(CLOCK_MONOTONIC);
		realtime = read_clock(CLOCK_REALTIME);
		after = hft_ticks();
		if (after - before >= best)
			continue;
		best = after - before;
		*point = (struct hft_clock_point){ before + best / 2, monotonic, realtime, best };
	}
}

int hft_clock_sample(struct hft_clock *clock, int device_fd)
{
	struct hft_clock_sample sample = { .size = sizeof(sample) };
	struct hft_clock_point point = { 0 };
	struct timespec wait = { .tv_nsec = CALIBRATE_NS };
	int err;

	if (device_fd >= 0) {
		if (ioctl(device_fd, HFT_IOC_CLOCK, &sample))
			return -errno;
		point.ticks = sample.ticks;
		point.monotonic = sample.monotonic_ns;
		point.realtime = sample.realtime_ns;
		point.uncertainty = sample.uncertainty;
		return hft_clock_add(clock, &point);
	}
	sample_here(&point);
	err = hft_clock_add(clock, &point);
	if (err || clock->khz || clock->count > 1)
		return err;
	/* Nobody tells the rate: measure it. */
	while (nanosleep(&wait, &wait) && errno == EINTR)
		;
	sample_here(&point);
	return hft_clock_add(clock, &point);
}

/*
 * As samples or the kernel tell it. MONOTONIC follows what corrects the time, and so is right over
 * long; while somebody moves it faster than that, the rate that the kernel has measured is.
 */
static double told_hz(const struct hft_clock *clock)
{
	const struct hft_clock_point *first, *last;
	double known = (double)clock->khz * 1e3, hz = known;

	if (clock->count > 1) {
		first = &clock->points[0];
		last = &clock->points[clock->count - 1];
		if (last->monotonic > first->monotonic && last->ticks > first->ticks &&
		    (!clock->khz || last->monotonic - first->monotonic >= CALIBRATE_NS))
			hz = (double)(last->ticks - first->ticks) * 1e9 /
			     (double)(last->monotonic - first->monotonic);
	}
	return !clock->khz || (hz < known * (1 + SLEW_MAX) && hz > known * (1 - SLEW_MAX)) ?
	       hz : known;
}

double hft_clock_hz(const struct hft_clock *clock)
{
	double hz = told_hz(clock);

	return hz >= HZ_MIN && hz <= HZ_MAX ? hz : 0;
}

/* What is out of range stays at its end. */
static int64_t whole(double value)
{
	return value >= 0x1p63 ? INT64_MAX : value <= -0x1p63 ? INT64_MIN : (int64_t)value;
}

/* Whether REALTIME was set between two samples: then MONOTONIC knows nothing of it. */
static bool was_set(const struct hft_clock *clock, const struct hft_clock_point *a,
		    const struct hft_clock_point *b)
{
	int64_t apart = (int64_t)((b->realtime - b->monotonic) - (a->realtime - a->monotonic));
	double hz = hft_clock_hz(clock), least = SET_NS;

	if (hz > 0)
		least += (double)(a->uncertainty + b->uncertainty) * 1e9 / hz;
	return (double)apart > least || (double)apart < -least;
}

bool hft_clock_is_set(const struct hft_clock *clock)
{
	struct hft_clock_point now;

	sample_here(&now);
	return was_set(clock, &clock->points[clock->count - 1], &now);
}

/*
 * Between samples a straight line; outside, at the rate of the clock. A clock that was set is
 * taken to have been just before the sample that shows it, as that is when one is taken.
 */
int64_t hft_clock_realtime(const struct hft_clock *clock, uint64_t ticks)
{
	const struct hft_clock_point *a, *b;
	size_t low = 0, high = clock->count, middle;
	uint64_t passed;
	double rate;

	if (!clock->count)
		return 0;
	while (low < high) {
		middle = (low + high) / 2;
		if (clock->points[middle].ticks <= ticks)
			low = middle + 1;
		else
			high = middle;
	}
	a = &clock->points[low ? low - 1 : 0];
	b = low && low < clock->count ? &clock->points[low] : NULL;
	if (b && b->ticks > a->ticks) {
		passed = was_set(clock, a, b) ? b->monotonic - a->monotonic :
						b->realtime - a->realtime;
		rate = (double)(int64_t)passed / (double)(b->ticks - a->ticks);
	} else {
		rate = hft_clock_hz(clock);
		if (rate <= 0)
			return (int64_t)a->realtime;
		rate = 1e9 / rate;
	}
	return (int64_t)(a->realtime +
			 (uint64_t)whole((double)(int64_t)(ticks - a->ticks) * rate));
}
