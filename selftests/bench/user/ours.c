// SPDX-License-Identifier: GPL-2.0
/* The floor of any tracer, and what the library has for the hot path. */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME	1
#define NEVER	100000000000ULL		/* ns */
#define BYTES	(8192 * HFT_SLOT_SIZE)	/* of the floor's buffer: the ring's default */

/* The clock and one 32-byte store into a buffer that goes round, as a ring does. */
struct floor {
	struct hft_slot *slots;
	uint64_t head;
};

static inline void store(struct floor *floor, uint64_t value)
{
	struct hft_slot *slot = &floor->slots[floor->head++ & (BYTES / HFT_SLOT_SIZE - 1)];

	slot->tsc = hft_ticks();
	slot->arg[0] = value;
	slot->arg[1] = NAME;
	__atomic_store_n((hft_slot_word_t *)&slot->type, floor->head, __ATOMIC_RELEASE);
}

static struct {
	struct floor floor;
	struct hft_thread *thread;
	struct hft_limit limit;
	struct hft_operations operations;
	struct hft_poll poll;
	struct hft_counter *counter;
	struct hft_state_page *state;
	struct position {
		uint64_t word[8];	/* a cache line, as a position or an order is */
	} position;
	struct hft_thread off;
} use;

#define THREAD	struct hft_thread *thread = use.thread
#define OFF	struct hft_thread *thread = &use.off

BENCH_LOOP(nothing, , )
BENCH_LOOP(floor, struct floor *floor = &use.floor, store(floor, i))
BENCH_LOOP(mark, THREAD, hft_mark(thread, NAME, i))
BENCH_LOOP(flow, THREAD, hft_flow_out(thread, NAME, i))
BENCH_LOOP(span, THREAD, hft_span_begin(thread, NAME, i); hft_span_end(thread))
/* of a thread without counters */
BENCH_LOOP(counted, THREAD, hft_span_begin_pmu(thread, NAME, i); hft_span_end_pmu(thread))
BENCH_LOOP(log, THREAD, HFT_INFO(thread, "order %u price %d", i, 42))
BENCH_LOOP(string, THREAD, HFT_INFO(thread, "order %u of %s", i, "AAPL"))
BENCH_LOOP(log_off, OFF, HFT_INFO(thread, "order %u price %d", i, 42))
BENCH_LOOP(within, THREAD, hft_span_begin(thread, NAME, i);
	   hft_span_end_within(thread, &use.limit))
BENCH_LOOP(operation, THREAD, hft_operation(thread, &use.operations))
BENCH_LOOP(poll, THREAD, hft_poll(thread, &use.poll))
BENCH_LOOP(counter, struct hft_counter *counter = use.counter, hft_counter_add(counter, 1))
BENCH_LOOP(state, struct hft_state_page *state = use.state, use.position.word[0] = i;
	   hft_state_write(state, &use.position))
BENCH_LOOP(off, OFF, hft_mark(thread, NAME, i))

const struct loop ours[] = {
	BENCH_ENTRY(floor),
	BENCH_ENTRY(nothing),
	BENCH_ENTRY(mark),
	BENCH_ENTRY(flow),
	BENCH_ENTRY(span),
	BENCH_ENTRY(counted),
	BENCH_ENTRY(within),
	BENCH_ENTRY(log),
	BENCH_ENTRY(string),
	BENCH_ENTRY(operation),
	BENCH_ENTRY(poll),
	BENCH_ENTRY(counter),
	BENCH_ENTRY(log_off),
	BENCH_ENTRY(state),
	BENCH_ENTRY(off),
};

const unsigned int ours_count = sizeof(ours) / sizeof(ours[0]);

int ours_start(void)
{
	const struct hft_member word = HFT_MEMBER_ARRAY(struct position, word, UINT);
	struct hft_options options = {
		.size = sizeof(options),
		.flags = HFT_OPTION_PRIVATE,
	};
	int err;

	err = hft_init(&options);
	/* nothing comes late or is the last of so many: the rare way is another matter */
	if (!err)
		err = hft_poll_init(&use.poll, NAME, NEVER);
	if (!err)
		err = hft_limit_init(&use.limit, NEVER);
	if (!err)
		err = hft_operations_init(&use.operations, NAME, ~0ULL);
	if (err)
		return err;
	use.thread = hft_thread_attach("bench");
	use.counter = hft_counter(use.thread, "bench");
	use.state = hft_state_publish("bench", sizeof(use.position), &word, 1);
	use.floor.slots = aligned_alloc(4096, BYTES);
	if (!use.floor.slots)
		return -ENOMEM;
	memset(use.floor.slots, 0, BYTES);
	return 0;
}
