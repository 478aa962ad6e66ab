// SPDX-License-Identifier: LGPL-2.1
/* Triggers: the record, then the count that tells of it. */
#include "reader.h"

#include <errno.h>
#include <hftrace.h>
#include <stdlib.h>

#define LIMIT_MAX_NS	100000000000ULL

/* Whoever sees the count grow finds the record: they are stored in this order. */
static void write_trigger(struct hft_thread *thread, const struct hft_rec_trigger *trigger)
{
	struct hft_region *region = thread->region;
	struct hft_slot *slot;
	__u64 index, tsc;

	slot = hft_reserve(thread, 2, &index, &tsc);
	HFT_PUT(slot->tsc, tsc);
	hft_put_payload(slot, trigger, sizeof(*trigger));
	hft_commit(thread, slot, index, HFT_REC_TRIGGER, 2);
	__atomic_store_n(&region->trigger_tsc, tsc, __ATOMIC_RELAXED);
	__atomic_fetch_add(&region->triggers, 1, __ATOMIC_RELEASE);
}

void hft_trigger(struct hft_thread *thread, __u32 name, __u64 value)
{
	const struct hft_rec_trigger trigger = {
		.value = value,
		.name = name,
		.cause = HFT_TRIGGER_ASKED,
	};

	if (!hft_likely_off(thread))
		write_trigger(thread, &trigger);
}

int hft_limit_init(struct hft_limit *limit, __u64 limit_ns)
{
	struct hft_clock clock = { 0 };
	int err;

	limit->ticks = HFT_LIMIT_NONE;
	if (!limit_ns || limit_ns > LIMIT_MAX_NS)
		return -EINVAL;
	err = hft_clock_sample(&clock, -1);
	if (!err)
		limit->ticks = (__u64)((double)limit_ns * hft_clock_hz(&clock) / 1e9);
	free(clock.points);
	return err;
}

void hft_slow_late(struct hft_thread *thread, __u32 name, __u64 id, __u64 duration, __u64 limit)
{
	const struct hft_rec_trigger trigger = {
		.value = duration,
		.limit = limit,
		.id = id,
		.name = name,
		.cause = HFT_TRIGGER_SPAN,
	};

	write_trigger(thread, &trigger);
}

int hft_operations_init(struct hft_operations *operations, __u32 name, __u64 every)
{
	*operations = (struct hft_operations){ .left = every, .every = every, .name = name };
	return every ? 0 : -EINVAL;
}

int hft_slow_operation(struct hft_thread *thread, struct hft_operations *operations)
{
	struct hft_rec_trigger trigger = {
		.limit = operations->every,
		.name = operations->name,
		.cause = HFT_TRIGGER_COUNT,
	};

	operations->left = operations->every;
	operations->done += operations->every;
	trigger.value = operations->done;
	if (hft_likely_off(thread))
		return 0;
	write_trigger(thread, &trigger);
	return 1;
}
