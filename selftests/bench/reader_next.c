// SPDX-License-Identifier: GPL-2.0
/*
 * How fast the library reads a recording: records per second of
 * hft_reader_next() over a few streams that are merged, and of one alone.
 */
#include <errno.h>
#include <hftrace-reader.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGES	64	/* in a packet */

static struct hft_slot slots[PAGES * HFT_PAGE_SLOTS];

/* Marks 100 ticks apart, so that the streams take turns with every record. */
static int write_stream(const char *dir, unsigned int cpu, uint64_t packets)
{
	static char header[HFT_PAGE_SIZE];
	struct hft_packet *packet = (struct hft_packet *)header;
	uint64_t i, done, index = 0;
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cpu%u", dir, cpu);
	file = fopen(path, "w");
	if (!file)
		return -errno;
	for (done = 0; done < packets; done++) {
		*packet = (struct hft_packet){
			.magic = HFT_PACKET_MAGIC,
			.packet_bits = (PAGES + 1) * HFT_PAGE_SIZE * 8ULL,
			.content_bits = (PAGES + 1) * HFT_PAGE_SIZE * 8ULL,
			.first_slot = index,
			.records = PAGES * HFT_PAGE_SLOTS,
			.ring_kind = HFT_RING_CPU,
			.ring_id = (int)cpu,
		};
		for (i = 0; i < PAGES * HFT_PAGE_SLOTS; i++, index++)
			slots[i] = (struct hft_slot){
				.tsc = index * 100 + cpu, .type = HFT_REC_IRQ, .slots = 1,
				.seq = (uint32_t)index, .arg = { 50, 3 },
			};
		if (fwrite(header, sizeof(header), 1, file) != 1 ||
		    fwrite(slots, sizeof(slots), 1, file) != 1)
			break;
	}
	return fclose(file) || done < packets ? -EIO : 0;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int measure(const char *dir, const char *what)
{
	uint64_t records = 0, sum = 0;
	struct hft_reader *reader;
	struct hft_record rec;
	double begin, end;
	int err;

	err = hft_reader_open_file(&reader, dir);
	if (err)
		return err;
	begin = seconds();
	while (!(err = hft_reader_next(reader, &rec))) {
		records++;
		sum += rec.start;
	}
	end = seconds();
	printf("%-10s %10llu records  %6.1f M/s  %5.1f ns each  (check %llx)\n", what,
	       (unsigned long long)records, (double)records / (end - begin) / 1e6,
	       (end - begin) * 1e9 / (double)records, (unsigned long long)sum);
	hft_reader_close(reader);
	return err == -ENODATA ? 0 : err;
}

int main(int argc, char **argv)
{
	const char *base = getenv("TMPDIR");
	char dir[200], path[256], what[32];
	unsigned long millions = 8;
	unsigned int cpu, streams;
	int err = 0;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		printf("usage: reader_next [MILLIONS]\n"
		       "Writes a recording of so many million records (default 8, 32 MB each)\n"
		       "below TMPDIR, reads it and removes it.\n"
		       "Example:\n  TMPDIR=/dev/shm taskset -c 1 reader_next 16\n");
		return 0;
	}
	if (argc == 2)
		millions = strtoul(argv[1], NULL, 10);
	if (argc > 2 || !millions || millions > 1000) {
		fprintf(stderr, "reader_next: how many million records, 1 to 1000?\n");
		return 64;
	}
	snprintf(dir, sizeof(dir), "%s/hftrace-bench-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(dir)) {
		fprintf(stderr, "reader_next: %s: %s\n", dir, strerror(errno));
		return 1;
	}
	for (streams = 1; !err && streams <= 4; streams *= 4) {
		for (cpu = 0; !err && cpu < streams; cpu++)
			err = write_stream(dir, cpu, millions * 1000000 / streams /
					   (PAGES * HFT_PAGE_SLOTS));
		snprintf(what, sizeof(what), "%u stream%s", streams, streams > 1 ? "s" : "");
		if (!err)
			err = measure(dir, what);
	}
	for (cpu = 0; cpu < 4; cpu++) {
		snprintf(path, sizeof(path), "%s/cpu%u", dir, cpu);
		unlink(path);
	}
	rmdir(dir);
	if (err)
		fprintf(stderr, "reader_next: %s\n", strerror(-err));
	return err ? 1 : 0;
}
