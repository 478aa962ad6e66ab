// SPDX-License-Identifier: GPL-2.0
/* Mappings of the device: made, changed, looked at, written, and taken away, whole or in part. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "device_call.h"
#include "device_memory.h"
#include "device_secret.h"

#define PAGE	4096UL

static struct fuzz_map *any_map(void)
{
	const unsigned int start = below(MAPS);
	unsigned int i;

	for (i = 0; i < MAPS; i++) {
		struct fuzz_map *map = &self->map[(start + i) % MAPS];

		if (map->bytes)
			return map;
	}
	return NULL;
}

/* A place for another one; what stood there is unmapped. */
static struct fuzz_map *new_map(void)
{
	struct fuzz_map *map = &self->map[below(MAPS)];
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		if (!self->map[i].bytes)
			return &self->map[i];
	munmap(map->at, map->bytes);
	map->bytes = 0;
	return map;
}

/* Where nobody else of this process has anything: it stays reserved until it is unmapped. */
static void *reserve(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static __u64 draw_offset(bool *region)
{
	*region = one_in(2);
	if (one_in(10)) {
		*region = false;
		return boundary() & ~(PAGE - 1);
	}
	if (one_in(20))
		return HFT_MAP_REGION + PAGE * (1 + below(4));
	return *region ? HFT_MAP_REGION : HFT_MAP_CPU(below(3)) + (one_in(10) ? PAGE : 0);
}

static size_t draw_bytes(bool region)
{
	if (one_in(12))
		return one_in(2) ? boundary() & 0x3fffffff : 0;
	if (region && below(6))
		return self->region_bytes;
	return PAGE * (1 + below(region ? 64 : 9));
}

static int draw_protection(bool region)
{
	if (one_in(12))
		return below(8);
	return region && one_in(2) ? PROT_READ | PROT_WRITE : PROT_READ;
}

static int draw_flags(void)
{
	int flags = below(12) ? MAP_SHARED : MAP_PRIVATE;

	if (one_in(12))
		flags |= MAP_POPULATE;
	if (one_in(40))
		flags |= MAP_LOCKED;
	if (one_in(40))
		flags |= MAP_NORESERVE | MAP_STACK;
	if (one_in(60))
		flags |= MAP_HUGETLB;
	return flags;
}

static void *remember_map(void *at, size_t bytes, bool owner)
{
	*new_map() = (struct fuzz_map){
		.at = at,
		.bytes = (bytes + PAGE - 1) & ~(PAGE - 1),
		.region = true,
		.owner = owner,
		.judged = !process.inherited,
	};
	return at;
}

static bool is_pristine(const struct fuzz_map *map)
{
	return map->owner && map->judged && map->region;
}

int call_mmap(void)
{
	struct fuzz_map *map = new_map();
	bool region, judged;
	const __u64 offset = draw_offset(&region);
	const size_t bytes = draw_bytes(region);
	const int protection = draw_protection(region), flags = draw_flags();
	const int fd = any_slot(&judged);
	void *fixed = NULL, *at;

	if (one_in(10) && bytes)
		fixed = reserve(bytes);
	self->entry->argument[0] = offset;
	self->entry->argument[1] = bytes;
	at = mmap(fixed, bytes, protection, fixed ? flags | MAP_FIXED : flags, fd, (off_t)offset);
	if (at == MAP_FAILED) {
		const int err = -errno;

		if (fixed)
			munmap(fixed, bytes);
		return err;
	}
	if (offset >= HFT_MAP_CPU(0) && offset < HFT_MAP_REGION && !process.may_read)
		violation("worker %u: CPU %llu's ring is mapped, without the right",
			  process.worker, (offset - HFT_MAP_CPU(0)) >> 30);
	*map = (struct fuzz_map){
		.at = at,
		.bytes = (bytes + PAGE - 1) & ~(PAGE - 1),
		.region = region,
		.owner = protection & PROT_WRITE && flags & MAP_SHARED,
		.judged = judged,
	};
	/* the owner maps it once: nobody else has written to it */
	if (is_pristine(map))
		secret_judge_new(map->at, map->bytes);
	return 0;
}

/* A part of a mapping, of whole pages; now and then a page behind it. */
static size_t draw_part(const struct fuzz_map *map, char **at)
{
	const size_t pages = map->bytes / PAGE, first = below(pages);

	*at = map->at;
	if (one_in(2))
		return map->bytes;
	*at = map->at + first * PAGE;
	return PAGE * (1 + below(pages - first));
}

static void note_call(const void *at, size_t bytes)
{
	self->entry->argument[0] = (unsigned long)at;
	self->entry->argument[1] = bytes;
}

int call_munmap(void)
{
	struct fuzz_map *map = any_map();
	size_t bytes;
	char *at;

	if (!map)
		return -ENOENT;
	bytes = draw_part(map, &at);
	note_call(at, bytes);
	if (munmap(at, bytes))
		return -errno;
	/* what is left of it in front stays in use, the rest is left to the end */
	if (at == map->at && bytes < map->bytes) {
		map->at += bytes;
		map->bytes -= bytes;
	} else {
		map->bytes = at - map->at;
	}
	return 0;
}

int call_mremap(void)
{
	struct fuzz_map *map = any_map();
	size_t from, to;
	int flags;
	char *at;
	void *new;

	if (!map)
		return -ENOENT;
	from = draw_part(map, &at);
	to = one_in(2) ? from : PAGE * below(map->bytes / PAGE + 3);
	flags = one_in(2) ? MREMAP_MAYMOVE : 0;
	if (flags && one_in(4))
		flags |= MREMAP_DONTUNMAP;
	if (one_in(30))
		from = 0;
	note_call(at, to);
	new = mremap(at, from, to, flags);
	if (new == MAP_FAILED)
		return -errno;
	if (new == at && at == map->at) {
		map->bytes = to;
	} else if (new != at) {
		/* what was moved is looked at no more */
		munmap(new, to);
		if (at == map->at && from && !(flags & MREMAP_DONTUNMAP))
			map->bytes = 0;
		else if (!(flags & MREMAP_DONTUNMAP))
			map->bytes = at - map->at;
	}
	return 0;
}

int call_mprotect(void)
{
	struct fuzz_map *map = any_map();
	int protection = below(8), err;
	size_t bytes;
	char *at;

	if (!map)
		return -ENOENT;
	bytes = draw_part(map, &at);
	note_call(at, bytes);
	err = mprotect(at, bytes, protection) ? -errno : 0;
	if (!err && protection & PROT_EXEC)
		violation("worker %u: a mapping of the device can be executed", process.worker);
	if (err || !(protection & PROT_WRITE))
		return err;
	/* a region's owner may map it to read alone, and change its mind */
	if (!map->region)
		violation("worker %u: a CPU's ring can be written", process.worker);
	map->owner = map->region;
	return err;
}

/* All but those that take pages of memory out of use for good. */
static int draw_advice(void)
{
	return below(8) ? (int)below(26) : (int)below(100);
}

int call_madvise(void)
{
	struct fuzz_map *map = any_map();
	size_t bytes;
	char *at;

	if (!map)
		return -ENOENT;
	bytes = draw_part(map, &at);
	note_call(at, bytes);
	return madvise(at, bytes, draw_advice()) ? -errno : 0;
}

/* Other calls that are about memory. */
int call_memory(void)
{
	struct fuzz_map *map = any_map();
	struct iovec local, remote;
	unsigned char resident[64];
	char *at, copy[256];
	size_t bytes;
	int err;

	if (!map)
		return -ENOENT;
	bytes = draw_part(map, &at);
	note_call(at, bytes);
	switch (below(6)) {
	case 0:
		err = msync(at, bytes, 1 << below(3));
		break;
	case 1:
		err = mlock(at, bytes);
		break;
	case 2:
		err = munlock(at, bytes);
		break;
	case 3:
		err = mincore(at, bytes < 64 * PAGE ? bytes : 64 * PAGE, resident);
		break;
	case 4:
		local = (struct iovec){ copy, sizeof(copy) };
		remote = (struct iovec){ at, sizeof(copy) };
		err = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
		break;
	default:
		/* the kernel itself reads from it */
		err = write(process.pipe[1], at, 128);
		if (err > 0 && read(process.pipe[0], copy, sizeof(copy)) < 0)
			return -errno;
	}
	return err < 0 ? -errno : 0;
}

/* Reads what is mapped: nobody else's secrets stand there. */
int call_look(void)
{
	struct fuzz_map *map = any_map();
	unsigned int pages;

	if (!map)
		return -ENOENT;
	note_call(map->at, map->bytes);
	for (pages = below(8); pages; pages--) {
		const char *at = map->at + PAGE * below(map->bytes / PAGE);

		if (map->region)
			secret_judge(at, map->judged);
		else
			secret_judge(at, !process.may_read);
	}
	return 0;
}

/* Fills pages with what is ours alone; or anything at all, as a hostile engine does. */
int call_store(void)
{
	struct fuzz_map *map = any_map();
	unsigned int pages;

	if (!map || !map->owner || !map->region)
		return -ENOENT;
	note_call(map->at, map->bytes);
	for (pages = below(8); pages; pages--)
		secret_store(map->at + PAGE * below(map->bytes / PAGE));
	return 0;
}

/* As a program does that uses the library, so that there is something for others to see. */
int call_own_region(void)
{
	struct hft_region_create create = {
		.size = sizeof(create), .rings = 1, .ring_slots = 256 << below(3),
	};
	int fd = greeted(O_RDWR), place = place_slot(SLOT_OWN), err = 0;
	char *at;

	if (fd < 0)
		return fd;
	if (ioctl(fd, HFT_IOC_REGION_CREATE, &create)) {
		err = -errno;
		goto out_fd;
	}
	world_add_region(create.region);
	at = mmap(NULL, create.map_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, HFT_MAP_REGION);
	if (at == MAP_FAILED) {
		err = -errno;
		goto out_fd;
	}
	secret_judge_new(at, create.map_size);
	secret_store(at + PAGE * below(create.map_size / PAGE));
	secret_store(at);
	remember_map(at, create.map_size, true);
	if (dup2(fd, place) >= 0)
		note_slot(place, true);
out_fd:
	close(fd);
	return err;
}

/* As a reader does: of all that it finds it may see what is its user's, or all. */
int call_others_region(void)
{
	struct hft_region_open open_it = {
		.size = sizeof(open_it), .region = world_region(draw()),
	};
	int fd = greeted(O_RDONLY), err = 0;
	char *at;

	if (fd < 0)
		return fd;
	if (ioctl(fd, HFT_IOC_REGION_OPEN, &open_it)) {
		err = -errno;
		goto out_fd;
	}
	at = mmap(NULL, open_it.map_size, PROT_READ, MAP_SHARED, fd, HFT_MAP_REGION);
	if (at == MAP_FAILED) {
		err = -errno;
		goto out_fd;
	}
	if (!mprotect(at, PAGE, PROT_READ | PROT_WRITE))
		violation("worker %u: a reader's mapping can be written", process.worker);
	/* opened just now, by who this process is now */
	secret_judge(at, true);
	secret_judge(at + PAGE * below(open_it.map_size / PAGE), true);
	remember_map(at, open_it.map_size, false);
out_fd:
	close(fd);
	return err;
}
