// SPDX-License-Identifier: LGPL-2.1
/*
 * Waiting for records. Producers wake nobody: so the one who waits looks, from
 * his own CPU, at what they write anyway.
 */
#include "reader.h"

#include <errno.h>
#include <time.h>

#define LOOK_NS		1000000U
#define SECOND_NS	1000000000U

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

int hft_reader_wait(struct hft_reader *reader, __u64 timeout_ns)
{
	uint64_t begin = monotonic_ns(), gone;
	struct timespec pause = { 0 };

	if (!reader->live)
		return 0;
	for (;;) {
		if (hft_reader_is_ready(reader))
			return 0;
		gone = monotonic_ns() - begin;
		if (gone >= timeout_ns)
			return -ETIMEDOUT;
		pause.tv_nsec = timeout_ns - gone < LOOK_NS ? (long)(timeout_ns - gone) : LOOK_NS;
		if (nanosleep(&pause, NULL))
			return -errno;
	}
}
