// SPDX-License-Identifier: LGPL-2.1
/* Published states: pages of the board. */
#include "library.h"
#include "member.h"

#include <errno.h>
#include <string.h>

/* States that are left alone, by why; they are described by nothing, so nothing is written. */
static const int reasons[] = { -EINVAL, -EEXIST, -ENOSPC, -ENOTCONN };

#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

static struct hft_state_page nowhere[REASONS];

static struct hft_state_page *refuse(int err)
{
	size_t i;

	hft_board_refuse();
	for (i = 0; i < REASONS - 1 && reasons[i] != err; i++)
		;
	return &nowhere[i];
}

int hft_slow_state(const struct hft_state_page *state, size_t bytes)
{
	size_t i;

	if (state->bytes && state->bytes != bytes)
		return -EINVAL;
	for (i = 0; i < REASONS; i++)
		if (state == &nowhere[i])
			return reasons[i];
	return -ENOTCONN;
}

static struct hft_state_page *find(uint32_t name)
{
	struct hft_state_page *pages = hft_region_board(hft_library.region)->state;
	uint32_t i, used = hft_library.region->states;

	for (i = 0; i < used && i < HFT_STATES; i++)
		if (pages[i].name == name)
			return &pages[i];
	return NULL;
}

static bool is_described_so(const struct hft_state_page *page, size_t bytes,
			    const struct hft_member *members, size_t count)
{
	return page->bytes == bytes && page->members == count &&
	       !memcmp(page->member, members, count * sizeof(*members));
}

static struct hft_state_page *describe(uint32_t name, size_t bytes,
				       const struct hft_member *members, size_t count)
{
	uint32_t used = hft_library.region->states;
	struct hft_state_page *page;

	if (used >= HFT_STATES)
		return refuse(-ENOSPC);
	page = &hft_region_board(hft_library.region)->state[used];
	page->name = name;
	page->tid = hft_own_tid();
	page->bytes = (uint32_t)bytes;
	page->members = (uint32_t)count;
	memcpy(page->member, members, count * sizeof(*members));
	__atomic_store_n(&page->committed, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&hft_library.region->states, used + 1, __ATOMIC_RELAXED);
	return page;
}

static struct hft_state_page *publish(const char *text, size_t bytes,
				      const struct hft_member *members, size_t count)
{
	struct hft_state_page *page;
	uint32_t name;

	if (!hft_region_is_on())
		return refuse(-ENOTCONN);
	name = hft_names_number(text);
	if (!name)
		return refuse(hft_names_are_full() ? -ENOSPC : -EINVAL);
	page = find(name);
	if (!page)
		return describe(name, bytes, members, count);
	if (!is_described_so(page, bytes, members, count))
		return refuse(-EEXIST);
	__atomic_store_n(&page->tid, hft_own_tid(), __ATOMIC_RELAXED);
	return page;
}

struct hft_state_page *hft_state_publish(const char *name, size_t bytes,
					 const struct hft_member *members, size_t count)
{
	struct hft_state_page *page;
	bool sound;

	sound = members && hft_members_are_sound(members, count, bytes);
	hft_library_lock();
	page = sound ? publish(name, bytes, members, count) : refuse(-EINVAL);
	pthread_mutex_unlock(&hft_library.lock);
	return page;
}

uint32_t hft_states_used(void)
{
	return hft_library.region->states;
}
