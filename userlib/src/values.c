// SPDX-License-Identifier: LGPL-2.1
/*
 * Counters and gauges: lines of the board. A counter's line belongs to one
 * thread; when that has ended, the next that resolves the name goes on with it.
 */
#include "library.h"

#include <string.h>

#define NOWHERE		64

/* Lines that nobody reads: many, so that hot paths of several threads seldom share one. */
static struct hft_value nowhere[NOWHERE] __attribute__((aligned(64)));

/* By line: the thread that adds. NULL: it has ended, or it is a gauge's. */
static struct hft_thread *owners[HFT_VALUES];

static struct hft_value *refuse(void)
{
	return &nowhere[hft_board_refuse() % NOWHERE];
}

static struct hft_value *lines(void)
{
	return hft_region_board(hft_library.region)->value;
}

/* The thread's line of that name, or one that a thread has left, or NULL. */
static struct hft_value *find(uint32_t name, uint32_t kind, struct hft_thread *thread)
{
	uint32_t i, used = hft_library.region->values;
	struct hft_value *left = NULL, *value;

	for (i = 0; i < used && i < HFT_VALUES; i++) {
		value = &lines()[i];
		if (value->name != name || value->kind != kind)
			continue;
		if (owners[i] == thread)
			return value;
		if (!owners[i] && !left)
			left = value;
	}
	return left;
}

/* A new line; NULL: there is none. */
static struct hft_value *make(uint32_t name, uint32_t kind)
{
	uint32_t used = hft_library.region->values;
	struct hft_value *value;

	if (used >= HFT_VALUES)
		return NULL;
	value = &lines()[used];
	value->name = name;
	value->tid = hft_own_tid();
	__atomic_store_n(&value->kind, kind, __ATOMIC_RELEASE);
	__atomic_store_n(&hft_library.region->values, used + 1, __ATOMIC_RELAXED);
	return value;
}

static struct hft_value *resolve(const char *text, uint32_t kind, struct hft_thread *thread)
{
	struct hft_value *value;
	uint32_t name;

	name = hft_names_number(text);
	if (!name)
		return refuse();
	value = find(name, kind, thread);
	if (!value)
		value = make(name, kind);
	if (!value)
		return refuse();
	if (thread) {
		owners[value - lines()] = thread;
		__atomic_store_n(&value->tid, hft_own_tid(), __ATOMIC_RELAXED);
	}
	return value;
}

struct hft_counter *hft_counter(struct hft_thread *thread, const char *name)
{
	struct hft_value *value;

	hft_library_lock();
	value = hft_region_is_on() && hft_thread_is_own(thread) ?
		resolve(name, HFT_VALUE_COUNTER, thread) : refuse();
	pthread_mutex_unlock(&hft_library.lock);
	return (struct hft_counter *)value;
}

struct hft_gauge *hft_gauge(const char *name)
{
	struct hft_value *value;

	hft_library_lock();
	value = resolve(name, HFT_VALUE_GAUGE, NULL);
	pthread_mutex_unlock(&hft_library.lock);
	return (struct hft_gauge *)value;
}

void hft_values_leave(const struct hft_thread *thread)
{
	struct hft_value *value;
	uint32_t i;

	for (i = 0; i < HFT_VALUES; i++) {
		if (owners[i] != thread)
			continue;
		owners[i] = NULL;
		value = &lines()[i];
		__atomic_store_n(&value->tid, -value->tid, __ATOMIC_RELAXED);
	}
}

void hft_values_forget(void)
{
	memset(owners, 0, sizeof(owners));
}

uint32_t hft_values_used(void)
{
	return hft_library.region->values;
}
