// SPDX-License-Identifier: GPL-2.0
/* Recordings: whole, cut off, damaged, of another version, and none. */
#include "ktap.h"
#include "live.h"
#include "recording.h"

#include <glob.h>
#include <pthread.h>
#include <stdbool.h>

#define RECORDS	3000

static char dir[128], path[200], stream[300];

static void *write_spans(void *unused)
{
	struct hft_thread *thread = hft_thread_attach("spans");
	__u64 i;

	for (i = 0; i < RECORDS / 2; i++) {
		hft_span_begin(thread, 1, i);
		hft_span_end(thread);
	}
	return unused;
}

/* Two threads' rings, one of them lapped, in <dir>/a.hft. */
static int make(__u32 ring_slots)
{
	struct hft_reader *reader;
	struct hft_thread *thread;
	pthread_t other;
	glob_t found;
	__u64 i;

	CHECK_EQ(temporary_directory(dir, sizeof(dir)), 0);
	snprintf(path, sizeof(path), "%s/a.hft", dir);
	CHECK_EQ(init_private(2, ring_slots), 0);
	thread = hft_thread_attach("marks");
	CHECK_EQ(pthread_create(&other, NULL, write_spans, NULL), 0);
	for (i = 0; i < RECORDS; i++)
		hft_mark(thread, 1, i);
	pthread_join(other, NULL);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(put_recording(reader, path), 0);
	hft_reader_close(reader);
	hft_fini();
	snprintf(stream, sizeof(stream), "%s/user-*-%d-*", path, getpid());
	CHECK_EQ(glob(stream, 0, NULL, &found), 0);
	snprintf(stream, sizeof(stream), "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

static int read_all(struct hft_reader *reader, __u64 *marks, __u64 *spans)
{
	struct hft_record rec;
	__u64 last = 0;
	int err;

	*marks = 0;
	*spans = 0;
	while (!(err = hft_reader_next(reader, &rec))) {
		CHECK(rec.tsc >= last);
		last = rec.tsc;
		*marks += rec.type == HFT_REC_MARK;
		*spans += rec.type == HFT_REC_SPAN;
	}
	CHECK_EQ(err, -ENODATA);
	return 0;
}

static int check_sums(struct hft_reader *reader)
{
	struct hft_ring_info info;
	__u32 ring;

	for (ring = 0; ring < hft_reader_rings(reader); ring++) {
		CHECK_EQ(hft_reader_ring(reader, ring, &info), 0);
		CHECK_EQ(info.records_written, info.records_read + info.records_lost);
	}
	return 0;
}

static int whole(void)
{
	struct hft_reader *reader;
	__u64 marks, spans;

	CHECK_EQ(make(4096), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK(!hft_reader_damage(reader));
	CHECK_EQ(hft_reader_rings(reader), 2);
	CHECK(!strcmp(hft_reader_name(reader, 0, 1), "order"));
	CHECK(!strcmp(hft_reader_name(reader, 0, 2), "?"));
	CHECK(hft_reader_hz(reader) == 2e9);
	CHECK_EQ(hft_reader_realtime(reader, 2000000000), 1700000000500000000);
	CHECK_EQ(hft_reader_realtime(reader, 3000000002), 1700000001000000001);
	CHECK_EQ(hft_reader_realtime(reader, 999999998), 1699999999999999999);
	CHECK_EQ(read_all(reader, &marks, &spans), 0);
	CHECK_EQ(marks, RECORDS);
	CHECK_EQ(spans, RECORDS / 2);
	CHECK(!hft_reader_damage(reader));
	CHECK_EQ(check_sums(reader), 0);
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

static int with_losses(void)
{
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 lost = 0;

	CHECK_EQ(make(512), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	while (!hft_reader_next(reader, &rec))
		lost += rec.lost_slots;
	CHECK(!hft_reader_damage(reader));
	CHECK_EQ(check_sums(reader), 0);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	lost -= info.slots_lost;
	CHECK(info.slots_lost > 0);
	CHECK_EQ(info.head, info.slots_read + info.slots_lost);
	CHECK_EQ(hft_reader_ring(reader, 1, &info), 0);
	CHECK_EQ(lost, info.slots_lost);
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

static int write_at(const char *name, long offset, const void *bytes, size_t count)
{
	FILE *file = fopen(name, "r+");

	CHECK(file);
	fseek(file, offset, SEEK_SET);
	CHECK_EQ(fwrite(bytes, 1, count, file), count);
	fclose(file);
	return 0;
}

/* Whether a part with one type alone has to hand it out. */
static bool belongs(const struct hft_record *record, __u16 type, bool *begun)
{
	bool first = !begun[record->ring];

	begun[record->ring] = true;
	return first || record->lost_slots || record->type == type;
}

/* One type alone, of all rings: in time order, as with all others. */
static int compare_part(__u32 kind, __u16 type, __u64 least)
{
	const __u64 types[] = { 0, 0, 0, 0, 1ULL << type % 64 };
	struct hft_reader *all, *reader;
	struct hft_record rec, other;
	bool begun[8] = { false };
	struct hft_part *part;
	__u64 count = 0, left_out = 0;

	CHECK_EQ(hft_reader_open_file(&all, path), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK(hft_reader_rings(reader) <= 8);
	CHECK_EQ(hft_part_open(&part, reader, kind, types, 5), 0);
	while (!hft_reader_next(all, &rec)) {
		if (!belongs(&rec, type, begun)) {
			left_out++;
			continue;
		}
		count++;
		CHECK_EQ(hft_part_next(part, &other), 0);
		CHECK_EQ(other.tsc, rec.tsc);
		CHECK_EQ(other.ring, rec.ring);
		CHECK_EQ(other.slot, rec.slot);
		CHECK_EQ(other.lost_slots, rec.lost_slots);
		CHECK_EQ(other.payload_bytes, rec.payload_bytes);
		CHECK(!memcmp(other.payload, rec.payload, rec.payload_bytes));
	}
	CHECK_EQ(hft_part_next(part, &other), -ENODATA);
	CHECK_EQ(hft_part_next(part, &other), -ENODATA);
	CHECK(count > least);
	CHECK(left_out > least);
	CHECK_EQ(check_sums(reader), 0);
	hft_part_close(part);
	hft_reader_close(reader);
	hft_reader_close(all);
	return 0;
}

static int parts(void)
{
	struct hft_reader *reader;
	struct hft_record first, rec;
	struct hft_ring_info info;
	struct hft_part *part;

	CHECK_EQ(make(4096), 0);
	CHECK_EQ(compare_part(HFT_RING_USER, HFT_REC_SPAN, RECORDS / 8), 0);
	CHECK_EQ(compare_part(0, HFT_REC_SPAN, RECORDS / 8), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK_EQ(hft_part_open(&part, reader, 3, NULL, 0), -EINVAL);
	CHECK_EQ(hft_part_open(&part, reader, HFT_RING_CPU, NULL, 0), 0);
	CHECK_EQ(hft_part_next(part, &rec), -ENODATA);
	CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
	CHECK_EQ(info.records_read, 0);
	hft_part_close(part);
	CHECK_EQ(hft_reader_first(reader, &first), 0);
	CHECK_EQ(hft_reader_first(reader, &rec), 0);
	CHECK_EQ(rec.tsc, first.tsc);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.tsc, first.tsc);
	CHECK_EQ(rec.ring, first.ring);
	CHECK_EQ(rec.slot, first.slot);
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

/* What is left out is not lost; what is lost is not left out. */
static int parts_with_losses(void)
{
	const char junk[HFT_SLOT_SIZE] = { 0 };

	CHECK_EQ(make(512), 0);
	CHECK_EQ(compare_part(HFT_RING_USER, HFT_REC_SPAN, 0), 0);
	remove_tree(dir);
	CHECK_EQ(make(4096), 0);
	CHECK_EQ(write_at(stream, 2 * HFT_PAGE_SIZE + 40 * HFT_SLOT_SIZE, junk, sizeof(junk)), 0);
	CHECK_EQ(compare_part(HFT_RING_USER, HFT_REC_SPAN, RECORDS / 8), 0);
	CHECK_EQ(compare_part(HFT_RING_USER, HFT_REC_MARK, RECORDS / 8), 0);
	remove_tree(dir);
	return 0;
}

/* Cut at any length: what is whole is read, what is not is said. */
static int cut_off(void)
{
	const size_t packet = (PACKET_PAGES + 1) * HFT_PAGE_SIZE;
	struct hft_reader *reader;
	__u64 marks, spans, expected;
	struct stat st;
	size_t length;

	CHECK_EQ(make(4096), 0);
	CHECK_EQ(stat(stream, &st), 0);
	for (length = (size_t)st.st_size - 1; length > 2000; length -= 2000) {
		CHECK_EQ(truncate(stream, (off_t)length), 0);
		CHECK_EQ(hft_reader_open_file(&reader, path), 0);
		CHECK(length % packet == 0 || hft_reader_damage(reader));
		CHECK_EQ(read_all(reader, &marks, &spans), 0);
		expected = length / packet * PACKET_PAGES;
		if (length % packet >= HFT_PAGE_SIZE)
			expected += length % packet / HFT_PAGE_SIZE - 1;
		expected *= HFT_PAGE_SLOTS;
		CHECK_EQ(marks, expected < RECORDS ? expected : RECORDS);
		CHECK_EQ(spans, RECORDS / 2);
		CHECK_EQ(check_sums(reader), 0);
		hft_reader_close(reader);
	}
	remove_tree(dir);
	return 0;
}

static int overwritten(void)
{
	struct hft_reader *reader;
	__u64 marks, spans;
	char junk[32];

	memset(junk, 0xa5, sizeof(junk));
	CHECK_EQ(make(4096), 0);
	CHECK_EQ(write_at(stream, 2 * HFT_PAGE_SIZE + 40 * HFT_SLOT_SIZE, junk, sizeof(junk)), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK_EQ(read_all(reader, &marks, &spans), 0);
	CHECK(hft_reader_damage(reader));
	CHECK_EQ(marks, RECORDS - 88);
	CHECK_EQ(check_sums(reader), 0);
	hft_reader_close(reader);
	CHECK_EQ(write_at(stream, (PACKET_PAGES + 1) * HFT_PAGE_SIZE, junk, sizeof(junk)), 0);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK(hft_reader_damage(reader));
	CHECK_EQ(read_all(reader, &marks, &spans), 0);
	CHECK_EQ(marks, PACKET_PAGES * HFT_PAGE_SLOTS - 88);
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

static int not_a_recording(void)
{
	struct hft_reader *reader;
	char name[300];
	FILE *file;

	CHECK_EQ(make(512), 0);
	CHECK_EQ(hft_reader_open_file(&reader, "/no/such/thing.hft"), -ENOENT);
	CHECK_EQ(hft_reader_open_file(&reader, stream), -EBADMSG);
	CHECK_EQ(hft_reader_open_file(&reader, dir), -EBADMSG);
	snprintf(name, sizeof(name), "%s/facts/recording", path);
	file = fopen(name, "w");
	fprintf(file, "abi=99.0\n");
	fclose(file);
	CHECK_EQ(hft_reader_open_file(&reader, path), -EPROTO);
	unlink(name);
	CHECK_EQ(hft_reader_open_file(&reader, path), 0);
	CHECK(hft_reader_damage(reader));
	hft_reader_close(reader);
	remove_tree(dir);
	return 0;
}

KTAP_MAIN({ "a whole recording is read in time order", whole },
	  { "losses are told at their place and add up", with_losses },
	  { "a part hands out what is wanted of its rings", parts },
	  { "a part hands out what stands behind a loss", parts_with_losses },
	  { "a stream cut off anywhere gives what is whole", cut_off },
	  { "damage is passed over and said", overwritten },
	  { "what is not a recording, or of another version", not_a_recording })
