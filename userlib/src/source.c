// SPDX-License-Identifier: LGPL-2.1
#include "source.h"
#include "page.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t __attribute__((__may_alias__)) word_t;
typedef uint32_t __attribute__((__may_alias__)) half_t;

static int read_all(int fd, uint64_t offset, void *to, size_t bytes)
{
	size_t done = 0;
	ssize_t got;

	while (done < bytes) {
		got = pread(fd, (char *)to + done, bytes - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -EIO;
		done += (size_t)got;
	}
	return 0;
}

/* Each aligned word of it is of one moment. */
static void copy_words(const char *from, char *to, size_t bytes)
{
	uint64_t word;

	for (; bytes && (uintptr_t)from % sizeof(word); bytes--)
		*to++ = __atomic_load_n(from++, __ATOMIC_RELAXED);
	for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
		word = __atomic_load_n((const word_t *)from, __ATOMIC_RELAXED);
		memcpy(to, &word, sizeof(word));
		from += sizeof(word);
		to += sizeof(word);
	}
	for (; bytes; bytes--)
		*to++ = __atomic_load_n(from++, __ATOMIC_RELAXED);
}

int hft_source_copy(const struct hft_source *source, uint64_t offset, void *to, size_t bytes)
{
	if (offset > source->size || bytes > source->size - offset)
		return -EIO;
	if (!source->map)
		return read_all(source->fd, offset, to, bytes);
	copy_words(source->map + offset, to, bytes);
	return 0;
}

uint64_t hft_source_u64(const struct hft_source *source, uint64_t offset)
{
	uint64_t value = 0;

	if (source->map)
		return __atomic_load_n((const word_t *)(source->map + offset), __ATOMIC_ACQUIRE);
	if (hft_source_copy(source, offset, &value, sizeof(value)))
		return 0;
	hft_read_fence();
	return value;
}

uint32_t hft_source_u32(const struct hft_source *source, uint64_t offset)
{
	uint32_t value = 0;

	if (source->map)
		return __atomic_load_n((const half_t *)(source->map + offset), __ATOMIC_ACQUIRE);
	if (hft_source_copy(source, offset, &value, sizeof(value)))
		return 0;
	hft_read_fence();
	return value;
}

/* Each slot's word before the rest of it: what a committed record holds is then seen. */
static void copy_mapped(const char *from, struct hft_slot *to, uint32_t count)
{
	const word_t *source = (const word_t *)from;
	word_t *target = (word_t *)to;
	uint32_t i;

	for (i = 0; i < count; i++, source += 4, target += 4) {
		target[1] = __atomic_load_n(&source[1], __ATOMIC_ACQUIRE);
		target[0] = __atomic_load_n(&source[0], __ATOMIC_RELAXED);
		target[2] = __atomic_load_n(&source[2], __ATOMIC_RELAXED);
		target[3] = __atomic_load_n(&source[3], __ATOMIC_RELAXED);
	}
}

uint32_t hft_source_slots(const struct hft_source *source, uint64_t offset,
			  struct hft_slot *to, uint32_t count)
{
	struct hft_slot before[HFT_PAGE_SLOTS];
	size_t bytes = count * sizeof(*to);
	uint32_t i;

	if (offset > source->size || bytes > source->size - offset)
		return 0;
	if (source->map) {
		copy_mapped(source->map + offset, to, count);
		return count;
	}
	/*
	 * pread() copies in no order that one could rely on: what was committed
	 * before the second copy began is whole in it.
	 */
	if (read_all(source->fd, offset, before, bytes))
		return 0;
	hft_read_fence();
	if (read_all(source->fd, offset, to, bytes))
		return 0;
	for (i = 0; i < count; i++)
		if (hft_slot_word(&before[i]) != hft_slot_word(&to[i]))
			break;
	return i;
}

void hft_source_close(struct hft_source *source)
{
	if (source->map)
		munmap((void *)source->map, source->size);
	if (source->fd >= 0)
		close(source->fd);
	source->map = NULL;
	source->fd = -1;
}
