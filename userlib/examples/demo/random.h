/* SPDX-License-Identifier: LGPL-2.1 */
/* Random numbers that are the same everywhere for the same seed (splitmix64). */
#ifndef DEMO_RANDOM_H
#define DEMO_RANDOM_H

#include <linux/types.h>

struct random {
	__u64 state;
};

static inline struct random random_from(__u64 seed)
{
	return (struct random){ .state = seed * 0x9e3779b97f4a7c15ULL };
}

static inline __u64 random_next(struct random *random)
{
	__u64 value = random->state += 0x9e3779b97f4a7c15ULL;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

/* 0 to limit - 1. */
static inline __u32 random_below(struct random *random, __u32 limit)
{
	return (random_next(random) >> 32) * limit >> 32;
}

#endif
