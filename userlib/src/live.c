// SPDX-License-Identifier: LGPL-2.1
/* What there is to read live: CPU rings and processes' regions, found and mapped. */
#include "process.h"
#include "reader.h"
#include "shm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hftrace/ring-write.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* An open device that has said hello, or -errno. */
static int open_device(struct hft_hello *hello)
{
	int fd, err;

	*hello = (struct hft_hello){
		.size = sizeof(*hello),
		.abi_major = HFT_ABI_MAJOR,
		.abi_minor = HFT_ABI_MINOR,
	};
	fd = open(HFT_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = ioctl(fd, HFT_IOC_HELLO, hello) ? -errno : 0;
	if (!err && hello->abi_major != HFT_ABI_MAJOR)
		err = -EPROTO;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static bool ring_slots_are_sane(uint64_t slots)
{
	return slots >= HFT_RING_SLOTS_MIN && slots <= HFT_RING_SLOTS_MAX &&
	       !(slots & (slots - 1));
}

/* -------------------------------------------------------------- CPU rings */

static int add_cpu(struct hft_reader *reader, uint32_t cpu, uint64_t slots)
{
	struct hft_source *source = &reader->cpu_sources[reader->cpu_sources_count];
	struct hft_ring_ctl *ctl;
	struct hft_ring *ring;
	size_t size = HFT_RING_STRIDE(slots);
	void *map;

	map = mmap(NULL, size, PROT_READ, MAP_SHARED, reader->device, (off_t)HFT_MAP_CPU(cpu));
	if (map == MAP_FAILED)
		return errno == EPERM ? -EACCES : -errno;
	*source = (struct hft_source){ .map = map, .fd = -1, .size = size };
	reader->cpu_sources_count++;
	ctl = map;
	if (ctl->magic != HFT_RING_MAGIC || ctl->abi_major != HFT_ABI_MAJOR || ctl->slots != slots)
		return -EPROTO;
	ring = hft_reader_add_ring(reader, 1);
	if (!ring)
		return -ENOMEM;
	ring->info.kind = HFT_RING_CPU;
	ring->info.id = (int32_t)cpu;
	ring->info.generation = ctl->generation;
	ring->info.capacity = slots;
	ring->source = source;
	hft_live_begin(ring, reader->flags & HFT_LIVE_FROM_NOW);
	return 0;
}

static int add_cpus(struct hft_reader *reader, const struct hft_live *live, uint64_t slots)
{
	size_t word, chosen = 0;
	uint32_t bit;
	int err;

	if (!ring_slots_are_sane(slots))
		return -EPROTO;
	for (word = 0; word < live->cpus_words; word++)
		chosen += (size_t)__builtin_popcountll(live->cpus[word]);
	reader->cpu_sources = calloc(chosen, sizeof(*reader->cpu_sources));
	if (!reader->cpu_sources)
		return -ENOMEM;
	for (word = 0; word < live->cpus_words; word++) {
		for (bit = 0; bit < 64; bit++) {
			if (!(live->cpus[word] >> bit & 1))
				continue;
			err = add_cpu(reader, (uint32_t)word * 64 + bit, slots);
			if (err)
				return err;
		}
	}
	return 0;
}

/* ---------------------------------------------------------------- regions */

static bool is_wanted(const struct hft_reader *reader, int32_t tgid)
{
	size_t i;

	if (reader->flags & HFT_LIVE_ALL_PROCESSES)
		return true;
	for (i = 0; i < reader->tgids_count; i++)
		if (reader->tgids[i] == tgid)
			return true;
	return false;
}

static bool is_known(const struct hft_reader *reader, uint64_t number, bool private_memory)
{
	size_t i;

	for (i = 0; i < reader->regions_count; i++)
		if (reader->regions[i]->number == number &&
		    reader->regions[i]->private_memory == private_memory)
			return true;
	return false;
}

/* Takes over the source. 1: added, 0: not (yet) a region, or not this process's, -errno. */
static int add_region(struct hft_reader *reader, struct hft_source source, uint64_t number,
		      int32_t tgid, bool private_memory)
{
	struct hft_live_region *region, **regions;
	struct hft_region page;
	int err = 0;

	if (hft_source_copy(&source, 0, &page, sizeof(page)) || page.magic != HFT_REGION_MAGIC ||
	    page.abi_major != HFT_ABI_MAJOR || !ring_slots_are_sane(page.ring_slots) ||
	    !page.rings || page.rings > HFT_REGION_RINGS_MAX ||
	    page.ring_stride < HFT_RING_STRIDE(page.ring_slots) || page.ring_stride % 64 ||
	    page.ring_stride > source.size || page.rings_offset > source.size ||
	    page.rings_offset % 64 || page.names_offset % 64 || page.names_offset > source.size ||
	    HFT_NAMES * sizeof(struct hft_name) > source.size - page.names_offset ||
	    page.rings * page.ring_stride > source.size - page.rings_offset ||
	    hft_process_is_another(tgid, page.process_start))
		goto err_source;
	err = -ENOMEM;
	regions = realloc(reader->regions, (reader->regions_count + 1) * sizeof(*regions));
	if (!regions)
		goto err_source;
	reader->regions = regions;
	region = calloc(1, sizeof(*region));
	if (!region)
		goto err_source;
	region->source = source;
	region->number = number;
	region->private_memory = private_memory;
	region->tgid = tgid;
	region->rings = page.rings;
	region->ring_slots = page.ring_slots;
	region->names_offset = page.names_offset;
	region->rings_offset = page.rings_offset;
	region->ring_stride = page.ring_stride;
	if (page.board_offset % 64 == 0 && page.board_offset < source.size &&
	    sizeof(struct hft_board) <= source.size - page.board_offset)
		region->board_offset = page.board_offset;
	reader->regions[reader->regions_count++] = region;
	return 1;

err_source:
	hft_source_close(&source);
	return err;
}

/* A region that vanishes meanwhile, or that we may not read, is none. */
static int open_module_region(struct hft_reader *reader, const struct hft_region_info *info)
{
	struct hft_region_open open_it = { .size = sizeof(open_it), .region = info->region };
	struct hft_source source = { .fd = -1 };
	struct hft_hello hello;
	void *map;
	int fd;

	fd = open_device(&hello);
	if (fd < 0)
		return fd;
	if (ioctl(fd, HFT_IOC_REGION_OPEN, &open_it)) {
		close(fd);
		return 0;
	}
	map = mmap(NULL, open_it.map_size, PROT_READ, MAP_SHARED, fd, HFT_MAP_REGION);
	close(fd);
	if (map == MAP_FAILED)
		return errno == ENOMEM ? -ENOMEM : 0;
	source.map = map;
	source.size = open_it.map_size;
	return add_region(reader, source, info->region, info->tgid, false);
}

static int find_module_regions(struct hft_reader *reader)
{
	struct hft_region_info info = { .size = sizeof(info) };
	int err;

	if (reader->device < 0)
		return 0;
	while (!ioctl(reader->device, HFT_IOC_REGION_INFO, &info)) {
		if (info.region <= info.after)
			return -EPROTO;
		if (is_wanted(reader, info.tgid) && !is_known(reader, info.region, false)) {
			err = open_module_region(reader, &info);
			if (err < 0)
				return err;
		}
		info = (struct hft_region_info){ .size = sizeof(info), .after = info.region };
	}
	return errno == ENOENT || errno == EACCES || errno == EPERM ? 0 : -errno;
}

/*
 * A file can be put into /dev/shm by anyone: it counts only if it belongs to
 * the owner of the process it speaks of or, when that is gone, to us.
 */
static bool owner_is_right(pid_t pid, uid_t owner)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (!stat(path, &st))
		return st.st_uid == owner;
	return owner == geteuid() || !geteuid();
}

static int open_private_region(struct hft_reader *reader, int dir, const char *name, pid_t pid)
{
	struct hft_source source = { .fd = -1 };
	struct stat st;

	source.fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (source.fd < 0)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	if (fstat(source.fd, &st) || !S_ISREG(st.st_mode) || !owner_is_right(pid, st.st_uid) ||
	    is_known(reader, st.st_ino, true)) {
		close(source.fd);
		return 0;
	}
	source.size = (uint64_t)st.st_size;
	return add_region(reader, source, st.st_ino, pid, true);
}

static int find_private_regions(struct hft_reader *reader)
{
	struct dirent *entry;
	int err = 0;
	pid_t pid;
	DIR *dir;

	dir = opendir(HFT_SHM_DIR);
	if (!dir)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	while (err >= 0 && (entry = readdir(dir))) {
		pid = hft_shm_pid(entry->d_name);
		if (pid && is_wanted(reader, pid))
			err = open_private_region(reader, dirfd(dir), entry->d_name, pid);
	}
	closedir(dir);
	return err < 0 ? err : 0;
}

/* ------------------------------------------------------------- user rings */

/* Looking at the earlier lives of a ring tells them that they have ended. */
static bool ring_is_known(struct hft_reader *reader, const struct hft_live_region *region,
			  uint64_t ctl, uint32_t generation)
{
	struct hft_ring *ring;
	bool known = false;
	uint32_t i;

	for (i = 0; i < reader->rings_count; i++) {
		ring = reader->rings[i];
		if (ring->region != region || ring->ctl != ctl)
			continue;
		if (ring->info.generation == generation)
			known = true;
		else
			hft_live_look_for_end(ring, reader->settled);
	}
	return known;
}

/* 1: a ring that is new to us; 0: none, or one that is being claimed. */
static int add_user_ring(struct hft_reader *reader, struct hft_live_region *region, uint64_t at,
			 bool from_now)
{
	const size_t bytes = offsetof(struct hft_ring_ctl, frame);
	struct hft_ring_ctl ctl, again;
	struct hft_ring *ring;

	if (hft_source_copy(&region->source, at, &ctl, bytes) ||
	    ctl.magic != HFT_RING_MAGIC || ctl.kind != HFT_RING_USER || !ctl.generation ||
	    ring_is_known(reader, region, at, ctl.generation) ||
	    (ctl.id > 0 && !ctl.enable && !reader->settled))
		return 0;
	if (hft_source_copy(&region->source, at, &again, bytes) ||
	    again.generation != ctl.generation || memcmp(&again, &ctl, 64))
		return 0;
	ring = hft_reader_add_ring(reader, 1);
	if (!ring)
		return -ENOMEM;
	ring->info.kind = HFT_RING_USER;
	ring->info.id = ctl.id >= 0 ? ctl.id : (int32_t)-(uint32_t)ctl.id;
	ring->info.tgid = region->tgid;
	ring->info.generation = ctl.generation;
	ring->info.capacity = region->ring_slots;
	memcpy(ring->info.name, ctl.name, sizeof(ctl.name) - 1);
	ring->source = &region->source;
	ring->region = region;
	ring->ctl = at;
	ring->first_slot = ctl.first_slot;
	ring->first_records = ctl.first_records;
	hft_live_begin(ring, from_now);
	return 1;
}

static int find_rings(struct hft_reader *reader, bool from_now)
{
	struct hft_live_region *region;
	int added = 0, err;
	uint32_t ring;
	size_t i;

	for (i = 0; i < reader->regions_count; i++) {
		region = reader->regions[i];
		for (ring = 0; ring < region->rings; ring++) {
			err = add_user_ring(reader, region, region->rings_offset +
					    ring * region->ring_stride, from_now);
			if (err < 0)
				return err;
			added += err;
		}
	}
	return added;
}

static int find_all(struct hft_reader *reader, bool from_now)
{
	int err;

	if (!reader->tgids_count && !(reader->flags & HFT_LIVE_ALL_PROCESSES))
		return 0;
	err = find_module_regions(reader);
	if (!err)
		err = find_private_regions(reader);
	return err ? err : find_rings(reader, from_now);
}

/* Once a second is enough, however often a recorder looks for new threads; or once it was set. */
static int sample_clock(struct hft_reader *reader)
{
	const struct hft_clock *clock = &reader->clock;

	if (clock->count && !hft_clock_is_set(clock) &&
	    hft_ticks() - clock->points[clock->count - 1].ticks < (uint64_t)hft_clock_hz(clock))
		return 0;
	return hft_clock_sample(&reader->clock, reader->device);
}

/* What came since the reader was opened is read from its start. */
int hft_live_refresh(struct hft_reader *reader)
{
	struct hft_hello hello;
	int added, err, fd;

	err = sample_clock(reader);
	if (err)
		return err;
	/* a module that was loaded since */
	if (reader->device < 0) {
		fd = open_device(&hello);
		reader->device = fd < 0 ? -1 : fd;
		if (fd >= 0)
			reader->clock.khz = hello.clock_khz;
	}
	added = find_all(reader, false);
	if (added > 0)
		reader->merge.valid = false;
	return added;
}

const char *hft_live_name(struct hft_live_region *region, uint32_t index)
{
	uint64_t at = region->names_offset + index * sizeof(struct hft_name);
	struct hft_name name;

	if (index >= HFT_NAMES)
		return NULL;
	if (region->names.text[index])
		return region->names.text[index];
	if (hft_source_u32(&region->source, at + offsetof(struct hft_name, committed)) != 1 ||
	    hft_source_copy(&region->source, at, &name, sizeof(name)))
		return NULL;
	region->names.text[index] = strndup(name.text, sizeof(name.text));
	return region->names.text[index];
}

/* ------------------------------------------------------------ open, close */

static bool any_cpu(const struct hft_live *live)
{
	size_t word;

	for (word = 0; live->cpus && word < live->cpus_words; word++)
		if (live->cpus[word])
			return true;
	return false;
}

static int begin(struct hft_reader *reader, const struct hft_live *live)
{
	struct hft_hello hello = { 0 };
	int device_error = 0, err;

	if (live->tgids_count) {
		reader->tgids = calloc(live->tgids_count, sizeof(*reader->tgids));
		if (!reader->tgids)
			return -ENOMEM;
		memcpy(reader->tgids, live->tgids, live->tgids_count * sizeof(*reader->tgids));
		reader->tgids_count = live->tgids_count;
	}
	reader->device = open_device(&hello);
	if (reader->device < 0) {
		device_error = reader->device;
		reader->device = -1;
	}
	reader->clock.khz = hello.clock_khz;
	err = hft_clock_sample(&reader->clock, reader->device);
	if (err)
		return err;
	if (any_cpu(live)) {
		err = device_error ? device_error : add_cpus(reader, live, hello.ring_slots);
		if (err)
			return err;
	}
	err = find_all(reader, live->flags & HFT_LIVE_FROM_NOW);
	if (err < 0)
		return err;
	return device_error && !reader->regions_count ? device_error : 0;
}

int hft_reader_open_live(struct hft_reader **out, const struct hft_live *live)
{
	struct hft_reader *reader;
	int err;

	if (!live || live->size != sizeof(*live) || (live->tgids_count && !live->tgids) ||
	    live->flags & ~(HFT_LIVE_FROM_NOW | HFT_LIVE_ALL_PROCESSES))
		return -EINVAL;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->live = true;
	reader->device = -1;
	reader->flags = live->flags;
	reader->probes = calloc(1, sizeof(*reader->probes));
	err = reader->probes ? begin(reader, live) : -ENOMEM;
	if (err) {
		hft_reader_close(reader);
		return err;
	}
	*out = reader;
	return 0;
}

void hft_live_close(struct hft_reader *reader)
{
	uint32_t cpu, name;
	size_t i;

	for (name = 0; reader->probes && name < HFT_NAMES; name++)
		free(reader->probes->text[name]);
	free(reader->probes);
	for (cpu = 0; cpu < reader->cpu_sources_count; cpu++)
		hft_source_close(&reader->cpu_sources[cpu]);
	for (i = 0; i < reader->regions_count; i++) {
		hft_source_close(&reader->regions[i]->source);
		for (name = 0; name < HFT_NAMES; name++)
			free(reader->regions[i]->names.text[name]);
		hft_formats_free(&reader->regions[i]->names.formats);
		free(reader->regions[i]);
	}
	free(reader->regions);
	free(reader->cpu_sources);
	free(reader->tgids);
	if (reader->device >= 0)
		close(reader->device);
}
