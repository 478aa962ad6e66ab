// SPDX-License-Identifier: GPL-2.0
/*
 * A program that reads, as simple as they come, and that any release's headers
 * must do for. Prints a line for each record and for each ring.
 *
 *	reader FILE	a recording
 *	reader PID	a process, which is at rest
 *	reader types	the records that this library knows: number and name
 */
#include <errno.h>
#include <hftrace-reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_types(void)
{
	const struct hft_schema *all;
	size_t count, i;

	all = hft_schema_all(&count);
	for (i = 0; i < count; i++)
		printf("%u %s\n", all[i].type, all[i].name);
	return 0;
}

static int open_process(struct hft_reader **reader, const char *pid)
{
	__s32 tgid = atoi(pid);
	struct hft_live live = {
		.size = sizeof(live),
		.tgids = &tgid,
		.tgids_count = 1,
	};
	int err;

	err = hft_reader_open_live(reader, &live);
	if (!err)
		hft_reader_settle(*reader);
	return err;
}

/* Its payload in base 16, so that one reader's can be compared with another's. */
static void print_record(const struct hft_reader *reader, const struct hft_record *rec)
{
	const unsigned char *bytes = rec->payload;
	struct hft_ring_info info;
	size_t i;

	hft_reader_ring(reader, rec->ring, &info);
	printf("record %u %d %llu %llu ", rec->type, info.id, rec->slot, rec->tsc);
	for (i = 0; i < rec->payload_bytes; i++)
		printf("%02x", bytes[i]);
	if (rec->type == HFT_REC_MARK || rec->type == HFT_REC_SPAN)
		printf(" %s", hft_reader_name(reader, rec->ring, rec->type == HFT_REC_MARK ?
			((const struct hft_rec_mark *)rec->payload)->name :
			((const struct hft_rec_span *)rec->payload)->name));
	printf("\n");
}

int main(int argc, char **argv)
{
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	__u32 ring;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: reader FILE|PID|types\n");
		return 64;
	}
	if (!strcmp(argv[1], "types"))
		return print_types();
	err = atoi(argv[1]) > 0 ? open_process(&reader, argv[1]) :
				  hft_reader_open_file(&reader, argv[1]);
	if (err) {
		fprintf(stderr, "reader: %s: %s\n", argv[1], strerror(-err));
		return 1;
	}
	while (!(err = hft_reader_next(reader, &rec)))
		print_record(reader, &rec);
	for (ring = 0; !hft_reader_ring(reader, ring, &info); ring++)
		printf("ring %d %s written %llu read %llu lost %llu slots %llu\n", info.id,
		       info.kind == HFT_RING_CPU ? "cpu" : info.name, info.records_written,
		       info.records_read, info.records_lost, info.slots_read + info.slots_lost);
	if (hft_reader_damage(reader))
		printf("damage: %s\n", hft_reader_damage(reader));
	hft_reader_close(reader);
	return err == -ENODATA ? 0 : 1;
}
