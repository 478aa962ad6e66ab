/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Memory that others write: the module's, mapped, or a file of private memory,
 * which is read by pread() as its owner could cut it off under a mapping.
 */
#ifndef HFT_SOURCE_H
#define HFT_SOURCE_H

#include <hftrace/abi.h>
#include <hftrace/ring-write.h>
#include <stddef.h>
#include <stdint.h>

struct hft_source {
	const char *map;	/* NULL: use fd */
	int fd;
	uint64_t size;
};

/* 0, or -EIO when it is not there. */
int hft_source_copy(const struct hft_source *source, uint64_t offset, void *to, size_t bytes);

/* An aligned word, with acquire; 0 when it is not there. */
uint64_t hft_source_u64(const struct hft_source *source, uint64_t offset);
uint32_t hft_source_u32(const struct hft_source *source, uint64_t offset);

/*
 * Slots that are being written: a record whose word was committed is whole in
 * the copy. Returns how many of `count` slots that is true for.
 */
uint32_t hft_source_slots(const struct hft_source *source, uint64_t offset,
			  struct hft_slot *to, uint32_t count);

/* What was copied before is of before what is read behind this. */
static inline void hft_read_fence(void)
{
#if defined(__aarch64__)
	__asm__ __volatile__("dmb ishld" : : : "memory");
#elif defined(HFT_THREAD_SANITIZER)
	/* It knows no fences; the processor keeps the order of loads. */
	__asm__ __volatile__("" : : : "memory");
#else
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
}

void hft_source_close(struct hft_source *source);

#endif /* HFT_SOURCE_H */
