// SPDX-License-Identifier: GPL-2.0
/*
 * Is a recording what the rings held? Reads it through the library and the
 * rings, which collect saved in the same run, by the ABI alone.
 *
 *	recorded NAME.hft DIRECTORY CPUS
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hftrace-reader.h>

#include "observation.h"

#define CPUS	64
#define SHOWN	10

static struct ring {
	const struct hft_ring_ctl *ctl;
	const struct hft_slot *slots;
	uint64_t next;		/* the slot that the recording must go on with; ~0: not begun */
} rings[CPUS];

static unsigned long records, bad;

static void load(const char *directory, int cpu)
{
	char name[16];
	size_t size;

	snprintf(name, sizeof(name), "cpu%d", cpu);
	rings[cpu].ctl = file_read(directory, "ring.", name, &size);
	rings[cpu].slots = (const void *)((const char *)rings[cpu].ctl + HFT_PAGE_SIZE);
	rings[cpu].next = ~0ULL;
	if (size < HFT_PAGE_SIZE || rings[cpu].ctl->head > rings[cpu].ctl->slots ||
	    size != HFT_RING_STRIDE(rings[cpu].ctl->head))
		errx(3, "the ring of CPU %d does not hold all of the run", cpu);
}

static void complain(int cpu, uint64_t slot, const char *what)
{
	if (++bad <= SHOWN)
		printf("# CPU %d, slot %lu: %s\n", cpu, slot, what);
}

/* What lies between two records of the recording can only be pads. */
static uint64_t skip_pads(int cpu, uint64_t slot, uint64_t until)
{
	const struct ring *ring = &rings[cpu];

	while (slot < until && ring->slots[slot].type == HFT_REC_PAD)
		slot += ring->slots[slot].slots;
	return slot;
}

static void check(int cpu, const struct hft_record *record)
{
	struct ring *ring = &rings[cpu];
	const struct hft_slot *slot = &ring->slots[record->slot];

	records++;
	if (record->slot >= ring->ctl->head)
		errx(EXIT_FAILURE, "CPU %d: slot %llu was never written", cpu, record->slot);
	if (ring->next != ~0ULL && skip_pads(cpu, ring->next, record->slot) != record->slot)
		complain(cpu, ring->next, "a record is missing");
	ring->next = record->slot + slot->slots;
	if (record->lost_slots)
		complain(cpu, record->slot, "slots are counted as lost");
	if (record->tsc != slot->tsc || record->type != slot->type || record->ctx != slot->ctx ||
	    record->slots != slot->slots)
		complain(cpu, record->slot, "another header");
	else if (record->payload_bytes > 16U + 32U * (slot->slots - 1U) ||
		 memcmp(record->payload, slot->arg, record->payload_bytes))
		complain(cpu, record->slot, "another payload");
}

int main(int argc, char **argv)
{
	int cpus = argc == 4 ? atoi(argv[3]) : 0, cpu, error;
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record record;

	if (cpus < 1 || cpus > CPUS)
		errx(64, "usage: recorded NAME.hft DIRECTORY CPUS");
	for (cpu = 0; cpu < cpus; cpu++)
		load(argv[2], cpu);
	error = hft_reader_open_file(&reader, argv[1]);
	if (error)
		errx(EXIT_FAILURE, "%s: %s", argv[1], strerror(-error));
	while (!(error = hft_reader_next(reader, &record))) {
		if (hft_reader_ring(reader, record.ring, &info) || info.kind != HFT_RING_CPU)
			continue;
		if (info.id >= cpus)
			errx(EXIT_FAILURE, "a record of CPU %d", info.id);
		check(info.id, &record);
	}
	if (hft_reader_damage(reader))
		errx(EXIT_FAILURE, "%s", hft_reader_damage(reader));
	hft_reader_close(reader);
	printf("# %lu records, %lu mismatches\n", records, bad);
	return error != -ENODATA || bad || !records ? EXIT_FAILURE : 0;
}
