// SPDX-License-Identifier: LGPL-2.1
/* Names of marks and spans: a table in the region, read by those outside. */
#include "library.h"

#include <string.h>

#define UNNAMED	"(unnamed)"

static struct hft_name *table(void)
{
	return (struct hft_name *)((char *)hft_library.region +
				   hft_library.region->names_offset);
}

static uint32_t add(const char *text)
{
	uint32_t index = __atomic_fetch_add(&hft_library.region->names, 1, __ATOMIC_RELAXED);
	struct hft_name *name;

	if (index >= HFT_NAMES) {
		__atomic_store_n(&hft_library.region->names, HFT_NAMES, __ATOMIC_RELAXED);
		return 0;
	}
	name = table() + index;
	memcpy(name->text, text, strlen(text) + 1);
	__atomic_store_n(&name->committed, 1, __ATOMIC_RELEASE);
	return index;
}

void hft_names_prepare(void)
{
	add(UNNAMED);
}

uint32_t hft_names_used(void)
{
	return hft_region_is_on() ? hft_library.region->names : 0;
}

bool hft_names_are_full(void)
{
	return hft_library.region->names >= HFT_NAMES;
}

uint32_t hft_names_number(const char *text)
{
	uint32_t index, used;

	if (!text || strlen(text) >= sizeof(table()->text) || !hft_region_is_on())
		return 0;
	used = hft_library.region->names;
	for (index = 0; index < used && index < HFT_NAMES; index++)
		if (!strcmp(table()[index].text, text))
			return index;
	return add(text);
}

__u32 hft_name(const char *text)
{
	uint32_t index;

	hft_library_lock();
	index = hft_names_number(text);
	pthread_mutex_unlock(&hft_library.lock);
	return index;
}
