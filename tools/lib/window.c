// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/window.h"

__u64 realtime_ticks(const struct hft_reader *reader, __s64 ns)
{
	double hz = hft_reader_hz(reader), estimate;
	__u64 low = 0, high;

	estimate = ((double)ns - (double)hft_reader_realtime(reader, 0)) * hz / 1e9;
	/* The wall clock may have been set meanwhile; nobody runs for 2^61 ticks. */
	if (hz <= 0 || estimate < 0 || estimate > 0x1p61)
		return 0;
	high = (__u64)(2 * estimate + 10 * hz);
	while (low < high) {
		__u64 middle = low + (high - low) / 2;

		if (hft_reader_realtime(reader, middle) < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A moment of facts/recording, in which older ones have the wall clock's time alone. */
static __u64 moment(const char *recording, const struct hft_reader *reader, const char *tsc,
		    const char *realtime)
{
	__u64 value;

	if (!facts_number(recording, "recording", tsc, &value))
		return value;
	if (facts_number(recording, "recording", realtime, &value) || value >= ~(__u64)0 >> 1)
		return 0;
	return realtime_ticks(reader, (__s64)value);
}

__u64 recording_armed(const char *recording, const struct hft_reader *reader)
{
	return moment(recording, reader, "armed_tsc", "armed_ns");
}

void recording_times(const char *recording, const struct hft_reader *reader, __u64 *started,
		     __u64 *stopped)
{
	__u64 begin = moment(recording, reader, "started_tsc", "started_ns");
	__u64 end = moment(recording, reader, "stopped_tsc", "stopped_ns");

	if (begin)
		*started = begin;
	if (end)
		*stopped = end;
}

void recording_window(const char *recording, const struct hft_reader *reader, __u64 *started,
		      __u64 *stopped)
{
	__u64 armed = recording_armed(recording, reader);

	recording_times(recording, reader, started, stopped);
	if (armed > *started)
		*started = armed;
}

__u64 recording_last(const struct hft_reader *reader)
{
	struct hft_ring_info info;
	__u64 last = 0;
	__u32 ring;

	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++) {
		__u64 newest = info.last_tsc ? info.last_tsc : 1;

		if (info.records_read && newest > last)
			last = newest;
	}
	return last;
}

void recording_cpus(const char *recording, const struct hft_reader *reader, struct cpus *traced)
{
	char *text = facts_value(recording, "recording", "cpus");
	struct hft_ring_info info;
	__u32 ring;
	int err;

	memset(traced, 0, sizeof(*traced));
	err = text ? cpus_parse(traced, text) : -ENOENT;
	free(text);
	if (!err)
		return;
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		if (info.kind == HFT_RING_CPU && info.id >= 0 && info.id < CPUS_MAX)
			cpus_add(traced, (unsigned int)info.id);
}
