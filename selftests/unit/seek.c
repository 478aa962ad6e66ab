// SPDX-License-Identifier: GPL-2.0
/* Going to a moment in a live ring: from there on all is read, and what is missing is said. */
#include "ktap.h"
#include "live.h"

#define SLOTS	1024U

static struct hft_thread *thread;
static struct hft_reader *reader;
static __u64 when[8 * SLOTS];	/* ticks just before each mark was written */
static unsigned int written;

static void marks(unsigned int count)
{
	while (count--) {
		when[written] = hft_ticks();
		hft_mark(thread, 1, written++);
	}
}

static int begin(__u32 flags)
{
	CHECK_EQ(init_private(2, SLOTS), 0);
	thread = hft_thread_attach("seek");
	CHECK_EQ(open_process(&reader, getpid(), flags), 0);
	return 0;
}

/* The first mark that is read after going to `tsc`; what follows has no gap up to the end. */
static int first_after(__u64 tsc, __u64 *since, unsigned int *first)
{
	struct hft_slot page[HFT_PAGE_SLOTS];
	struct hft_page_info info;
	unsigned int at, next = ~0U;

	CHECK_EQ(hft_reader_seek(reader, 0, tsc, since), 0);
	while (!hft_reader_take_page(reader, 0, 1, page, &info)) {
		CHECK_EQ(info.lost_slots, 0);
		for (at = 0; at < info.slots; at += page[at].slots) {
			if (page[at].type == HFT_REC_PAD)
				continue;
			if (next == ~0U)
				*first = next = page[at].arg[0];
			CHECK_EQ(page[at].arg[0], next);
			next++;
		}
	}
	CHECK_EQ(next, written);
	return 0;
}

static int whole_life(void)
{
	unsigned int first;
	__u64 since;

	begin(0);
	CHECK_EQ(hft_reader_seek(reader, 1, 1, &since), -EINVAL);
	marks(700);
	first_after(when[0], &since, &first);
	CHECK_EQ(since, 0);
	CHECK_EQ(first, 0);
	first_after(0, &since, &first);
	CHECK_EQ(since, 0);
	CHECK_EQ(first, 0);
	/* at most a page of slots too many */
	first_after(when[500], &since, &first);
	CHECK(since <= when[500]);
	CHECK(first <= 500 && first + HFT_PAGE_SLOTS > 500);
	/* back again, and beyond the end */
	first_after(when[200], &since, &first);
	CHECK(first <= 200 && first + HFT_PAGE_SLOTS > 200);
	first_after(~0ULL, &since, &first);
	CHECK(first <= 699 && first + HFT_PAGE_SLOTS > 699);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int overwritten(void)
{
	unsigned int first;
	__u64 since;

	begin(0);
	marks(5 * SLOTS + 100);
	first_after(when[written - 600], &since, &first);
	CHECK(since <= when[written - 600]);
	CHECK(first <= written - 600 && first + HFT_PAGE_SLOTS > written - 600);
	/* the ring has no more than this */
	first_after(when[written - SLOTS - 1], &since, &first);
	CHECK(since > when[written - SLOTS - 1]);
	CHECK(since >= when[first] && since <= when[first + 1]);
	CHECK(first >= written - SLOTS && first < written - SLOTS + HFT_PAGE_SLOTS);
	/* it goes on, and so does what can be asked for */
	marks(3);
	first_after(when[written - 2], &since, &first);
	CHECK(first <= written - 2);
	CHECK(since <= when[written - 2]);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* What was there before the reader came is not its own. */
static int from_now(void)
{
	unsigned int first;
	__u64 since;

	CHECK_EQ(init_private(2, SLOTS), 0);
	thread = hft_thread_attach("seek");
	marks(50);
	CHECK_EQ(open_process(&reader, getpid(), HFT_LIVE_FROM_NOW), 0);
	marks(50);
	first_after(when[0], &since, &first);
	CHECK_EQ(since, 0);
	CHECK_EQ(first, 50);
	first_after(when[99], &since, &first);
	CHECK_EQ(first, 50);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* Another thread has taken the ring over: what was before is another life's. */
static int next_life(void)
{
	struct hft_record rec;
	__u64 since;

	begin(0);
	marks(300);
	hft_thread_detach(thread);
	thread = hft_thread_attach("other");
	hft_thread_detach(thread);
	thread = hft_thread_attach("third");	/* two rings: the first one again, found first */
	hft_mark(thread, 2, 0);
	CHECK_EQ(hft_reader_refresh(reader), 2);
	CHECK_EQ(hft_reader_seek(reader, 0, when[299], &since), 0);
	while (!hft_reader_next_in(reader, 0, &rec))
		CHECK_EQ(((const struct hft_rec_mark *)rec.payload)->name, 1);
	CHECK_EQ(hft_reader_seek(reader, 1, 0, &since), 0);
	CHECK_EQ(since, 0);
	CHECK_EQ(hft_reader_next_in(reader, 1, &rec), 0);
	CHECK_EQ(((const struct hft_rec_mark *)rec.payload)->name, 2);
	CHECK_EQ(hft_reader_next_in(reader, 1, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "a ring that was never lapped", whole_life },
	  { "a ring that was lapped tells since when it holds all", overwritten },
	  { "what was written before the reader came is left out", from_now },
	  { "a ring that another thread has taken over", next_life })
