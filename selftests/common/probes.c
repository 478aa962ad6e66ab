// SPDX-License-Identifier: GPL-2.0
/* See probes.h. */
#include "probes.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int probe_add(int fd, struct hft_probe *probe)
{
	int err;

	probe->size = sizeof(*probe);
	err = control(fd, HFT_IOC_PROBE_ADD, probe);
	return err ? err : (int)probe->id;
}

int probe_kernel(int fd, enum hft_probe_kind kind, const char *symbol, __u64 offset)
{
	struct hft_probe probe = { .kind = kind, .offset = offset };

	snprintf(probe.symbol, sizeof(probe.symbol), "%s", symbol);
	snprintf(probe.label, sizeof(probe.label), "%s", symbol);
	return probe_add(fd, &probe);
}

struct place {
	uintptr_t address;
	__u64 offset;
};

static int look(struct dl_phdr_info *info, size_t size, void *context)
{
	struct place *place = context;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + header->p_vaddr;

		if (header->p_type != PT_LOAD || place->address < start ||
		    place->address - start >= header->p_filesz)
			continue;
		place->offset = place->address - start + header->p_offset;
		return 1;
	}
	return 0;
}

__u64 offset_in_file(const void *function)
{
	struct place place = { .address = (uintptr_t)function };

	dl_iterate_phdr(look, &place);
	return place.offset;
}

int probe_own(int fd, enum hft_probe_kind kind, const void *function)
{
	struct hft_probe probe = { .kind = kind, .offset = offset_in_file(function) };
	int id;

	probe.file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (probe.file < 0)
		return -errno;
	id = probe_add(fd, &probe);
	close(probe.file);
	return id;
}

int probe_remove(int fd, unsigned int id, unsigned int flags)
{
	struct hft_probe_remove remove = { .size = sizeof(remove), .flags = flags, .id = id };

	return control(fd, HFT_IOC_PROBE_REMOVE, &remove);
}

int probe_info(int fd, unsigned int id, struct hft_probe *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->id = id - 1;
	err = control(fd, HFT_IOC_PROBE_INFO, info);
	return err ? err : info->id == id ? 0 : -ENOENT;
}

unsigned int probes_count(int fd)
{
	struct hft_probe info = { .size = sizeof(info) };
	unsigned int count = 0;

	while (!control(fd, HFT_IOC_PROBE_INFO, &info))
		count++;
	return count;
}

static bool is_of(const struct record *record, unsigned int id)
{
	if (record->type == HFT_REC_PROBE)
		return ((const struct hft_rec_probe *)record_payload(record))->probe == id;
	return record->type == HFT_REC_CALL &&
	       ((const struct hft_rec_call *)record_payload(record))->probe == id;
}

const struct record *probe_record(const struct watch *watch, unsigned int id, size_t n)
{
	unsigned int cpu;
	size_t i;

	for (cpu = 0; cpu < WATCH_CPUS; cpu++) {
		for (i = 0; i < watch->records_count[cpu]; i++) {
			if (is_of(&watch->records[cpu][i], id) && !n--)
				return &watch->records[cpu][i];
		}
	}
	return NULL;
}

size_t probe_records(const struct watch *watch, unsigned int id)
{
	size_t n = 0;

	while (probe_record(watch, id, n))
		n++;
	return n;
}
