// SPDX-License-Identifier: LGPL-2.1
/*
 * Prints records: of a recording, or live of a process.
 *
 *	reader monday.hft
 *	reader 1234
 */
#define _POSIX_C_SOURCE 200809L
#include <hftrace-reader.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void print_field(const struct hft_reader *reader, const struct hft_record *rec,
			const struct hft_field *field)
{
	const char *at = (const char *)rec->payload + field->offset;
	__u64 value = 0;

	if (field->kind == HFT_FIELD_STRING) {
		printf(" %s=%.*s", field->name, field->bytes, at);
		return;
	}
	/* Little-endian, as the ABI says. */
	memcpy(&value, at, field->bytes);
	if (field->kind == HFT_FIELD_NAME)
		printf(" %s=%s", field->name, hft_reader_name(reader, rec->ring, (__u32)value));
	else if (field->kind == HFT_FIELD_TICKS)
		printf(" %s=%.0fns", field->name, (double)value * 1e9 / hft_reader_hz(reader));
	else
		printf(" %s=%lld", field->name, (long long)value);
}

static void print(const struct hft_reader *reader, const struct hft_record *rec)
{
	const struct hft_schema *schema = hft_schema(rec->type);
	long long ns = hft_reader_realtime(reader, rec->tsc);
	size_t i;

	if (rec->lost_slots)
		printf("... %llu slots lost\n", (unsigned long long)rec->lost_slots);
	printf("%lld.%09lld ring %u %s", ns / 1000000000, ns % 1000000000, rec->ring,
	       schema->name);
	for (i = 0; i < schema->fields_count; i++)
		print_field(reader, rec, &schema->fields[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };
	struct hft_live live = { .size = sizeof(live) };
	struct hft_reader *reader;
	struct hft_record rec;
	__s32 pid;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: reader RECORDING.hft | PID\n");
		return 64;
	}
	pid = atoi(argv[1]);
	if (pid > 0) {
		live.tgids = &pid;
		live.tgids_count = 1;
		err = hft_reader_open_live(&reader, &live);
	} else {
		err = hft_reader_open_file(&reader, argv[1]);
	}
	if (err) {
		fprintf(stderr, "reader: %s: %s\n", argv[1], strerror(-err));
		return 1;
	}
	signal(SIGINT, on_signal);
	while (!stop) {
		err = hft_reader_next(reader, &rec);
		if (!err) {
			print(reader, &rec);
			continue;
		}
		if (pid <= 0)
			break;
		/* Nothing yet. The producer is not asked to tell us: look again. */
		nanosleep(&millisecond, NULL);
		hft_reader_refresh(reader);
	}
	if (hft_reader_damage(reader))
		fprintf(stderr, "reader: %s\n", hft_reader_damage(reader));
	hft_reader_close(reader);
	return 0;
}
