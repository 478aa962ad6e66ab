// SPDX-License-Identifier: GPL-2.0
/*
 * Rings and recordings whose bytes are anything: the reader does not crash,
 * hang or read out of bounds, and what it gives out is always sound.
 */
#include "hostile.h"
#include "ktap.h"
#include "live.h"
#include "recording.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define RINGS		2U
#define SLOTS		256U
#define SIZE		HFT_REGION_SIZE(RINGS, SLOTS)
#define ROUNDS		400

static struct hft_ring_ctl *ctl_of(unsigned int ring)
{
	return (struct hft_ring_ctl *)((char *)region + HFT_REGION_RINGS_OFFSET +
				       ring * HFT_RING_STRIDE(SLOTS));
}

static void fill_ring(struct hft_ring_ctl *ctl)
{
	static const __u16 types[] = { 0, 1, 16, 32, 48, 49, 256, 257, 258, 300, 0xffff };
	struct hft_slot *slots = (struct hft_slot *)((char *)ctl + HFT_PAGE_SIZE);
	__u64 i, base;

	*ctl = (struct hft_ring_ctl){
		.magic = HFT_RING_MAGIC, .abi_major = HFT_ABI_MAJOR, .kind = HFT_RING_USER,
		.id = 7, .slots = SLOTS, .generation = 1, .enable = 1,
	};
	ctl->head = any() % (4 * SLOTS);
	ctl->records = any() % 1000;
	if (any() % 8 == 0)
		ctl->head = any();
	base = ctl->head > SLOTS ? ctl->head - SLOTS : 0;
	for (i = base; i < base + SLOTS; i++) {
		slots[i % SLOTS].tsc = any() % 4 ? i : any();
		slots[i % SLOTS].type = types[any() % ARRAY_SIZE(types)];
		slots[i % SLOTS].slots = any() % 6 ? any() % 5 : any();
		slots[i % SLOTS].ctx = any();
		slots[i % SLOTS].seq = any() % 16 ? i : any();
		slots[i % SLOTS].arg[0] = any();
		slots[i % SLOTS].arg[1] = any();
	}
}

static void fill_region(void)
{
	unsigned int ring, i;

	*region = (struct hft_region){
		.magic = HFT_REGION_MAGIC, .abi_major = HFT_ABI_MAJOR, .rings = RINGS,
		.names = any(), .ring_slots = SLOTS, .names_offset = HFT_REGION_NAMES_OFFSET,
		.rings_offset = HFT_REGION_RINGS_OFFSET, .ring_stride = HFT_RING_STRIDE(SLOTS),
		.size = SIZE, .tgid = getpid(),
	};
	for (ring = 0; ring < RINGS; ring++)
		fill_ring(ctl_of(ring));
	/* And now and then a field of a header that says anything. */
	if (any() % 4 == 0) {
		for (i = 0; i < 4; i++)
			((__u64 *)region)[any() % 8] = any() >> any() % 64;
		region->magic = HFT_REGION_MAGIC;
		region->abi_major = HFT_ABI_MAJOR;
	}
	if (any() % 4 == 0)
		((__u64 *)ctl_of(any() % RINGS))[any() % 32] = any();
	memset((char *)region + HFT_REGION_NAMES_OFFSET, 'x', 64 * 64);
}

static int check_page(const struct hft_slot *page, const struct hft_page_info *info)
{
	const struct hft_schema *schema;
	unsigned int at = 0, records = 0;
	__u64 last = 0;

	CHECK(info->slots && info->slots <= HFT_PAGE_SLOTS);
	CHECK(info->content_bytes <= info->slots * HFT_SLOT_SIZE);
	while (at < info->slots) {
		CHECK_EQ(page[at].seq, (__u32)(info->first_slot + at));
		CHECK(page[at].slots && at + page[at].slots <= info->slots);
		CHECK(page[at].tsc >= last);
		last = page[at].tsc;
		schema = hft_schema(page[at].type);
		if (page[at].type != HFT_REC_PAD) {
			CHECK(schema && page[at].slots >= schema->slots &&
			      page[at].slots <= schema->slots_max);
			CHECK(last >= info->begin && last <= info->end);
			records++;
		}
		at += page[at].slots;
	}
	CHECK_EQ(records, info->records);
	CHECK(records);
	return 0;
}

static int read_region(int take)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_page_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 last[64] = { 0 };
	unsigned int calls;
	__u32 ring;

	if (open_self(&reader))
		return 0;
	if (any() % 2)
		hft_reader_settle(reader);
	for (ring = 0; take && ring < hft_reader_rings(reader); ring++)
		for (calls = 0; calls < 100 && !hft_reader_take_page(reader, ring, any() % 2,
								     page, &info); calls++)
			CHECK_EQ(check_page(page, &info), 0);
	for (calls = 0; !take && calls < 2000 && !hft_reader_next(reader, &rec); calls++) {
		CHECK(rec.start <= rec.tsc);
		CHECK(hft_schema(rec.type));
		CHECK(rec.ring < hft_reader_rings(reader));
		CHECK(hft_reader_name(reader, rec.ring, (__u32)any() % 2000));
		if (rec.ring < ARRAY_SIZE(last)) {
			CHECK(rec.tsc >= last[rec.ring]);
			last[rec.ring] = rec.tsc;
		}
	}
	hft_reader_refresh(reader);
	hft_reader_close(reader);
	return 0;
}

static int any_bytes_at_rest(void)
{
	int round;

	CHECK_EQ(make_region(SIZE), 0);
	for (round = 0; round < ROUNDS; round++) {
		fill_region();
		CHECK_EQ(read_region(round % 2), 0);
	}
	unlink(shm);
	munmap(region, SIZE);
	return 0;
}

static atomic_int done;

static void *scribble(void *unused)
{
	volatile __u64 *words = (__u64 *)region;
	__u64 state = 42, i;

	while (!atomic_load(&done)) {
		for (i = 0; i < 64; i++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			words[(state >> 20) % (SIZE / 8)] = state >> state % 64;
		}
	}
	return unused;
}

static int any_bytes_in_motion(void)
{
	pthread_t thread;
	int round;

	CHECK_EQ(make_region(SIZE), 0);
	CHECK_EQ(pthread_create(&thread, NULL, scribble, NULL), 0);
	for (round = 0; round < ROUNDS / 4; round++) {
		fill_region();
		CHECK_EQ(read_region(round % 2), 0);
	}
	atomic_store(&done, 1);
	pthread_join(thread, NULL);
	unlink(shm);
	munmap(region, SIZE);
	return 0;
}

/* The owner cuts its file off under a reader that has opened it. */
static int a_region_that_shrinks(void)
{
	struct hft_reader *reader;
	struct hft_record rec;
	struct hft_ring_info info;
	unsigned int calls;

	CHECK_EQ(make_region(SIZE), 0);
	do
		fill_region();
	while (open_self(&reader));
	hft_reader_settle(reader);
	munmap(region, SIZE);
	CHECK_EQ(truncate(shm, 100), 0);
	for (calls = 0; calls < 1000 && !hft_reader_next(reader, &rec); calls++)
		;
	hft_reader_ring(reader, 0, &info);
	hft_reader_refresh(reader);
	hft_reader_close(reader);
	unlink(shm);
	return 0;
}

static int write_stream(const char *path, __u64 packets)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_packet head;
	FILE *file = fopen(path, "w");
	unsigned int i, pages;
	__u64 first = 0;

	CHECK(file);
	while (packets--) {
		pages = any() % 3;
		head = (struct hft_packet){
			.magic = HFT_PACKET_MAGIC, .ring_kind = HFT_RING_CPU, .ring_id = 1,
			.first_slot = first, .packet_bits = (pages + 1) * HFT_PAGE_SIZE * 8ULL,
			.content_bits = any() % ((pages + 1) * HFT_PAGE_SIZE) * 8,
			.slots_lost = any(), .events_discarded = any(), .records = any(),
		};
		if (any() % 16 == 0)
			((__u64 *)&head)[any() % (sizeof(head) / 8)] = any() >> any() % 64;
		memset(page, 0, sizeof(page));
		memcpy(page, &head, sizeof(head));
		fwrite(page, sizeof(page), 1, file);
		for (; pages--; first += HFT_PAGE_SLOTS) {
			for (i = 0; i < HFT_PAGE_SLOTS; i++) {
				page[i] = (struct hft_slot){
					.tsc = any() % 8 ? first + i : any(),
					.type = any() % 2 ? 256 : any() % 60,
					.slots = any() % 8 ? 1 : any(),
					.seq = any() % 32 ? first + i : any(),
					.arg = { any(), any() },
				};
			}
			fwrite(page, sizeof(page), 1, file);
		}
	}
	fclose(file);
	return 0;
}

static int any_recording(void)
{
	struct hft_reader *reader;
	struct hft_ring_info info;
	struct hft_record rec;
	char dir[128], path[160];
	int round, err;
	__u64 last;

	CHECK_EQ(temporary_directory(dir, sizeof(dir)), 0);
	snprintf(path, sizeof(path), "%s/cpu1", dir);
	for (round = 0; round < ROUNDS; round++) {
		CHECK_EQ(write_stream(path, any() % 6), 0);
		err = hft_reader_open_file(&reader, dir);
		CHECK(!err || err == -EBADMSG);
		if (err)
			continue;
		last = 0;
		while (!(err = hft_reader_next(reader, &rec))) {
			CHECK(rec.tsc >= last && rec.start <= rec.tsc && hft_schema(rec.type));
			last = rec.tsc;
		}
		CHECK_EQ(err, -ENODATA);
		CHECK_EQ(hft_reader_ring(reader, 0, &info), 0);
		hft_reader_close(reader);
	}
	remove_tree(dir);
	return 0;
}

KTAP_MAIN({ "a region of any bytes", any_bytes_at_rest },
	  { "a region whose bytes change while it is read", any_bytes_in_motion },
	  { "a region that shrinks while it is read", a_region_that_shrinks },
	  { "a recording of any bytes", any_recording })
