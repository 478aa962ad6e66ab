// SPDX-License-Identifier: GPL-2.0
/* See device_secret.h. */
#include "device_secret.h"

#include <string.h>

#include "device_call.h"
#include "device_memory.h"

#define PAGE	4096U
#define WORDS	(PAGE / 8)
#define MARK	0x5ec2e7f1ULL	/* upper half of a secret */

static __u64 own_secret(void)
{
	return MARK << 32 | process.uid;
}

void secret_store(void *page)
{
	const unsigned int kind = below(4);
	__u64 words[WORDS];
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		words[i] = i % 4 ? own_secret() : kind ? boundary() : i;
	memory_copy(page, words, sizeof(words));
}

static bool is_kernel_address(__u64 word)
{
	return word >> 47 == 0x1ffff && word < 0xfffffffffffff000;
}

void secret_judge(const void *page, bool judged)
{
	__u64 words[WORDS];
	unsigned int i;

	if (!memory_copy(words, page, sizeof(words)))
		return;
	atomic_fetch_add_explicit(&world->pages_scanned, 1, memory_order_relaxed);
	for (i = 0; i < WORDS; i++) {
		if (words[i] >> 32 != MARK || words[i] == own_secret())
			continue;
		if (judged && !process.may_read)
			violation("worker %u: uid %u sees what uid %u keeps for itself",
				  process.worker, process.uid, (unsigned int)words[i]);
		else
			atomic_fetch_add(&world->secrets_seen, 1);
		break;
	}
}

void secret_judge_new(const void *region, size_t bytes)
{
	const size_t pages = bytes / PAGE, looks = pages < 16 ? pages : 16;
	__u64 words[WORDS];
	size_t i;
	unsigned int j;

	for (i = 0; i < looks; i++) {
		const size_t page = pages <= 16 ? i : below(pages);

		if (!memory_copy(words, (const char *)region + page * PAGE, sizeof(words)))
			return;
		atomic_fetch_add_explicit(&world->pages_scanned, 1, memory_order_relaxed);
		for (j = 0; j < WORDS; j++) {
			if (!words[j])
				continue;
			violation("worker %u: a new region holds %#llx in page %zu%s",
				  process.worker, words[j], page,
				  is_kernel_address(words[j]) ? ", an address of the kernel" : "");
			return;
		}
	}
}
