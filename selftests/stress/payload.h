/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the writers write: each stream of a thread's life counts up, and each
 * record says with every part of it which one it is. So one that is missing,
 * out of order, or put together of two is known for what it is.
 */
#ifndef STRESS_PAYLOAD_H
#define STRESS_PAYLOAD_H

#include <hftrace.h>
#include <stdbool.h>
#include <stdint.h>

enum stream {
	MARKS,			/* of the thread */
	SPANS,
	SIGNAL_MARKS,		/* of its signal handler */
	SIGNAL_SPANS,
	STREAMS,
};

#define NAMES		16U	/* of a stream: a record's name depends on its number, too */
#define LIVES_MAX	65536U
#define READERS_MAX	2

/* One thread from its attaching to its detaching. Written before `ended` is. */
struct life {
	uint64_t written[STREAMS];
	uint32_t ended;
	uint32_t seen;		/* readers that know of it */
};

/* Of all processes of a run. */
struct shared {
	uint32_t lives;		/* that have begun */
	uint32_t done;		/* nothing more will be written */
	uint32_t refused;	/* found no ring */
	uint32_t readers;
	struct life life[LIVES_MAX];
};

static inline uint32_t mix(enum stream stream, uint32_t life, uint32_t number)
{
	uint64_t x = ((uint64_t)life << 32 | number) * 0x9e3779b97f4a7c15ULL + stream;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9ULL;
	return (uint32_t)(x >> 32);
}

static inline uint64_t value_of(enum stream stream, uint32_t life, uint32_t number)
{
	return (uint64_t)mix(stream, life, number) << 32 | number;
}

/* Names are registered in this order, from 1. */
static inline uint32_t name_of(enum stream stream, uint64_t value)
{
	return 1 + stream * NAMES + (uint32_t)(value >> 32) % NAMES;
}

#endif /* STRESS_PAYLOAD_H */
