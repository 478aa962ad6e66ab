// SPDX-License-Identifier: GPL-2.0
#include <time.h>
#include <x86intrin.h>

#include "witness.h"

struct reading {
	uint64_t ns;
	uint64_t tsc;
};

static struct reading *readings;
static size_t nr_readings;
static uint64_t longest; /* the least certain reading's length */

uint64_t read_tsc(void)
{
	uint64_t tsc;

	_mm_lfence();
	tsc = __rdtsc();
	_mm_lfence();
	return tsc;
}

uint64_t raw_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_RAW, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

void read_clocks(void)
{
	uint64_t best = UINT64_MAX, before, after, ns;
	struct reading reading = { 0 };

	for (int i = 0; i < 20; i++) {
		before = read_tsc();
		ns = raw_ns();
		after = read_tsc();
		if (after - before < best) {
			best = after - before;
			reading = (struct reading){ ns, before + best / 2 };
		}
	}
	if (best > longest)
		longest = best;
	readings = grow(readings, nr_readings, sizeof(*readings));
	readings[nr_readings++] = reading;
}

uint64_t ns_since_clocks_read(void)
{
	return nr_readings ? raw_ns() - readings[nr_readings - 1].ns : UINT64_MAX;
}

static double slope(const struct reading *first, const struct reading *last)
{
	return (double)(last->tsc - first->tsc) / (double)(last->ns - first->ns);
}

/* Linear between the readings before and after. */
uint64_t tsc_at(uint64_t ns)
{
	size_t low = 0, high = nr_readings - 1;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (readings[middle].ns <= ns)
			low = middle;
		else
			high = middle;
	}
	return readings[low].tsc + (int64_t)((double)(int64_t)(ns - readings[low].ns) *
					     slope(&readings[low], &readings[high]));
}

double tsc_hz(void)
{
	return slope(&readings[0], &readings[nr_readings - 1]) * 1e9;
}

uint64_t clock_error(void)
{
	return longest / 2;
}
