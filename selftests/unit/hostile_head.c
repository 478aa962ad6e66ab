// SPDX-License-Identifier: GPL-2.0
/* Heads that no ring has, and one that runs away: the reader comes back from each call. */
#include "hostile.h"
#include "live.h"

#include <sys/syscall.h>

#define SLOTS		4096U
#define SIZE		HFT_REGION_SIZE(1, SLOTS)
#define CALL_SECONDS	20	/* that nothing here takes */

static struct hft_reader *reader;
static struct hft_ring_ctl *ctl;
static struct hft_slot *slots;

/* What is read moves on with each page that is read: always a lap without a record to go. */
static int running;
static unsigned long looks;

ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
	if (running && bytes >= HFT_SLOT_SIZE * 2) {
		ctl->head += HFT_PAGE_SLOTS / 2;
		CHECK(++looks < 100 * SLOTS / HFT_PAGE_SLOTS);
	}
	return syscall(SYS_pread64, fd, to, bytes, offset);
}

static int begin(void)
{
	alarm(CALL_SECONDS);
	CHECK_EQ(make_region(SIZE), 0);
	*region = (struct hft_region){
		.magic = HFT_REGION_MAGIC, .abi_major = HFT_ABI_MAJOR, .rings = 1,
		.ring_slots = SLOTS, .names_offset = HFT_REGION_NAMES_OFFSET,
		.rings_offset = HFT_REGION_RINGS_OFFSET, .ring_stride = HFT_RING_STRIDE(SLOTS),
		.size = SIZE, .tgid = getpid(),
	};
	ctl = (struct hft_ring_ctl *)((char *)region + HFT_REGION_RINGS_OFFSET);
	*ctl = (struct hft_ring_ctl){
		.magic = HFT_RING_MAGIC, .abi_major = HFT_ABI_MAJOR, .kind = HFT_RING_USER,
		.id = 7, .slots = SLOTS, .generation = 1, .enable = 1,
	};
	slots = (struct hft_slot *)(ctl + 1);
	return open_self(&reader);
}

static int end(void)
{
	running = 0;
	hft_reader_close(reader);
	unlink(shm);
	return 0;
}

/* As if the last lap before the numbers of slots are used up had been written. */
static int at_the_end_of_numbers(void)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_page_info info;
	struct hft_record rec;
	unsigned int i;
	__u64 since;

	CHECK_EQ(begin(), 0);
	for (i = 0; i < SLOTS; i++)
		slots[i] = (struct hft_slot){
			.tsc = 1, .type = HFT_REC_MARK, .slots = 1, .seq = i - SLOTS,
		};
	for (i = 0; i < 2 * SLOTS; i++) {
		ctl->head = ~(__u64)i;
		CHECK_EQ(hft_reader_seek(reader, 0, i % 3 ? ~0ULL : 1, &since), 0);
		hft_reader_next_in(reader, 0, &rec);
		hft_reader_next(reader, &rec);
	}
	for (i = 0; i < 64; i++) {
		ctl->head = (1ULL << i) - i % 2;
		CHECK_EQ(hft_reader_seek(reader, 0, ~0ULL, &since), 0);
		hft_reader_next_in(reader, 0, &rec);
		hft_reader_take_page(reader, 0, 1, page, &info);
	}
	return end();
}

static int that_runs_away(void)
{
	struct hft_record rec;

	CHECK_EQ(begin(), 0);
	ctl->head = SLOTS;
	running = 1;
	CHECK_EQ(hft_reader_next_in(reader, 0, &rec), -ENODATA);
	looks = 0;
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	looks = 0;
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	looks = 0;
	CHECK(hft_reader_wait(reader, 1000000) <= 0);
	return end();
}

/* Nothing but lost pages, and behind them a record: a reader that settled finds it. */
static int a_lap_that_is_lost(void)
{
	struct hft_record rec;

	CHECK_EQ(begin(), 0);
	slots[SLOTS - 1] = (struct hft_slot){ .tsc = 1, .type = HFT_REC_MARK, .slots = 1 };
	slots[SLOTS - HFT_PAGE_SLOTS] = (struct hft_slot){
		.tsc = 1, .type = HFT_REC_MARK, .slots = 1, .seq = SLOTS - HFT_PAGE_SLOTS,
	};
	ctl->head = SLOTS;
	ctl->records = 1;
	hft_reader_settle(reader);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.slot, SLOTS - HFT_PAGE_SLOTS);
	CHECK_EQ(rec.lost_slots, SLOTS - HFT_PAGE_SLOTS);
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	return end();
}

KTAP_MAIN({ "a head at the end of all numbers", at_the_end_of_numbers },
	  { "a head that runs away", that_runs_away },
	  { "a lap that is lost", a_lap_that_is_lost })
