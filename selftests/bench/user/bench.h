/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is timed: an operation as a loop of its own, in two shapes. The batch is timed as a whole,
 * which gives the mean that the machine reaches; in the other each operation is timed for
 * itself, for the percentiles, and takes a reading of the clock longer.
 */
#ifndef HFT_BENCH_USER_H
#define HFT_BENCH_USER_H

#include <hftrace.h>
#include <stdint.h>

#define BENCH_OPS	1000U		/* in one batch */
#define BENCH_TICKS	65536U		/* longer ones are told apart no more */

struct samples {
	uint64_t total;
	uint64_t max;
	uint32_t count[BENCH_TICKS];
};

struct loop {
	const char *name;
	void (*batch)(void);
	void (*each)(struct samples *samples);
};

/* `setup` declares what the operation uses, which has `i`, the number of the turn. */
#define BENCH_LOOP(name, setup, operation)						\
	static __attribute__((noinline, aligned(64))) void batch_##name(void)		\
	{										\
		setup;									\
		unsigned int i;								\
											\
		for (i = 0; i < BENCH_OPS; i++) {					\
			operation;							\
		}									\
	}										\
											\
	static __attribute__((noinline, aligned(64))) void each_##name(struct samples *s) \
	{										\
		setup;									\
		uint64_t ticks;								\
		unsigned int i;								\
											\
		for (i = 0; i < BENCH_OPS; i++) {					\
			ticks = hft_ticks();						\
			operation;							\
			bench_sample(s, hft_ticks() - ticks);				\
		}									\
	}

#define BENCH_ENTRY(name)	{ #name, batch_##name, each_##name }

static inline void bench_sample(struct samples *samples, uint64_t ticks)
{
	samples->count[ticks < BENCH_TICKS ? ticks : BENCH_TICKS - 1]++;
	samples->total++;
	if (ticks > samples->max)
		samples->max = ticks;
}

#ifdef __cplusplus
extern "C" {
#endif

/* ours.c; the first is the floor. 0 or -errno. */
int ours_start(void);
extern const struct loop ours[];
extern const unsigned int ours_count;

/* Others, where they are built in. A reason why not, else NULL. */
const char *lttng_start(void);
extern const struct loop lttng_loop;
const char *spdlog_start(void);
extern const struct loop spdlog_loop;

#ifdef __cplusplus
}
#endif

#endif /* HFT_BENCH_USER_H */
