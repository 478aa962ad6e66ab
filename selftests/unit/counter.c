// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a counter in user mode, by pages that the test makes up and changes in the middle; and
 * what spans do on a machine whose counters are not to be had.
 */
#include "../../userlib/src/counter.h"

#include <sys/syscall.h>

#include "ktap.h"
#include "live.h"

static struct perf_event_mmap_page page;
static uint64_t pmc;
static unsigned int reads;
static void (*meanwhile)(void);

static bool read_fake(uint32_t index, uint64_t *value)
{
	CHECK_EQ(index, page.index);
	reads++;
	*value = pmc;
	if (meanwhile)
		meanwhile();
	return true;
}

static struct hft_reading look(void)
{
	struct hft_reading reading = { 0 };

	reads = 0;
	hft_counter_read(&page, read_fake, &reading);
	return reading;
}

static bool is_valid(struct hft_reading reading)
{
	return reading.idle != HFT_READING_NONE;
}

static void set_up(unsigned int width, int64_t offset, uint64_t value)
{
	memset(&page, 0, sizeof(page));
	page.cap_user_rdpmc = 1;
	page.index = 3;
	page.pmc_width = width;
	page.offset = offset;
	page.lock = 4;
	pmc = value;
}

static int plain(void)
{
	struct hft_reading reading;

	set_up(48, 1000, 234);
	reading = look();
	CHECK(is_valid(reading));
	CHECK_EQ(reading.count, 1234);
	CHECK_EQ(reads, 1);
	return 0;
}

static int not_there(void)
{
	set_up(48, 1000, 234);
	page.index = 0;
	CHECK(!is_valid(look()));
	CHECK_EQ(reads, 0);
	set_up(48, 1000, 234);
	page.cap_user_rdpmc = 0;
	CHECK(!is_valid(look()));
	CHECK_EQ(reads, 0);
	/* widths that no register has */
	set_up(0, 0, 1);
	CHECK(!is_valid(look()));
	set_up(65, 0, 1);
	CHECK(!is_valid(look()));
	set_up(65535, 0, 1);
	CHECK(!is_valid(look()));
	return 0;
}

/* They begin at the smallest negative number, and what lies above the width is anything. */
static int widths(void)
{
	static const unsigned int width[] = { 1, 8, 31, 32, 40, 47, 48, 63, 64 };
	struct hft_reading from, to;
	unsigned int i;
	uint64_t mask, half;

	for (i = 0; i < ARRAY_SIZE(width); i++) {
		half = 1ULL << (width[i] - 1);
		mask = half | (half - 1);
		set_up(width[i], 0, half);
		from = look();
		CHECK(is_valid(from));
		CHECK_EQ(from.count, 0 - half);
		pmc = mask;	/* -1 */
		CHECK_EQ(look().count, -1);
		pmc = 0;
		to = look();
		CHECK_EQ(to.count, 0);
		if (width[i] < 64) {
			CHECK_EQ(hft_counter_between(&from, &to, 0), half);
			pmc = ~mask | (mask >> 1);
			CHECK_EQ(look().count, mask >> 1);
			pmc = 0xabcdULL << width[i] | half;
			CHECK_EQ(look().count, 0 - half);
		}
	}
	return 0;
}

/* 40 bits run over between two readings, and the kernel has moved the offset. */
static int run_over(void)
{
	struct hft_reading from, to;

	set_up(40, 0, 0xfffffffff0ULL);
	page.offset = 1ULL << 39;
	from = look();
	/* the overflow's interrupt is still to come */
	pmc = 0x0000000010ULL;
	to = look();
	CHECK_EQ(hft_counter_between(&from, &to, 0), 0x20);
	/* it came: the register begins anew */
	page.lock += 2;
	page.offset += (1LL << 39) + 0x10;
	pmc = 0x8000000000ULL;
	to = look();
	CHECK_EQ(hft_counter_between(&from, &to, 0), 0x20);
	pmc += 5;
	to = look();
	CHECK_EQ(hft_counter_between(&from, &to, 0x1f), 6);
	return 0;
}

static void move_once(void)
{
	meanwhile = NULL;
	page.lock += 2;
	page.index = 5;
	page.offset = 7000;
	pmc = 777;
}

static void begin_change(void)
{
	meanwhile = NULL;
	page.lock++;
	page.offset = 1;	/* half of it */
}

static void move_always(void)
{
	page.lock += 2;
}

static void schedule_out(void)
{
	meanwhile = NULL;
	page.lock += 2;
	page.index = 0;
}

static int changes(void)
{
	struct hft_reading reading;

	set_up(48, 1000, 234);
	meanwhile = move_once;
	reading = look();
	CHECK(is_valid(reading));
	CHECK_EQ(reading.count, 7777);
	CHECK_EQ(reads, 2);
	/* a change that has begun is waited for, but not for ever */
	set_up(48, 1000, 234);
	meanwhile = begin_change;
	CHECK(!is_valid(look()));
	CHECK_EQ(reads, HFT_COUNTER_TRIES);
	set_up(48, 1000, 234);
	meanwhile = move_always;
	CHECK(!is_valid(look()));
	CHECK_EQ(reads, HFT_COUNTER_TRIES);
	meanwhile = NULL;
	set_up(48, 1000, 234);
	meanwhile = schedule_out;
	CHECK(!is_valid(look()));
	CHECK_EQ(reads, 1);
	return 0;
}

static int between(void)
{
	struct hft_reading from = { .count = 100, .idle = 5 };
	struct hft_reading to = { .count = 150, .idle = 5 };

	CHECK_EQ(hft_counter_between(&from, &to, 0), 50);
	CHECK_EQ(hft_counter_between(&from, &to, 49), 1);
	CHECK_EQ(hft_counter_between(&from, &to, 50), 0);
	CHECK_EQ(hft_counter_between(&from, &to, 51), 0);
	/* the thread ran a while without it */
	to.idle = 6;
	CHECK_EQ(hft_counter_between(&from, &to, 0), HFT_SPAN_PMU_MISSING);
	to.idle = HFT_READING_NONE;
	CHECK_EQ(hft_counter_between(&from, &to, 0), HFT_SPAN_PMU_MISSING);
	from.idle = HFT_READING_NONE;
	CHECK_EQ(hft_counter_between(&from, &to, 0), HFT_SPAN_PMU_MISSING);
	to.idle = 5;
	CHECK_EQ(hft_counter_between(&from, &to, 0), HFT_SPAN_PMU_MISSING);
	from.idle = 5;
	to.count = 50;	/* set back */
	CHECK_EQ(hft_counter_between(&from, &to, 0), HFT_SPAN_PMU_MISSING);
	return 0;
}

/* The page's idle time is of the same reading as its count. */
static void move_and_idle(void)
{
	move_once();
	page.time_enabled = 90;
	page.time_running = 60;
}

static int idle_time(void)
{
	struct hft_reading reading;

	set_up(48, 1000, 234);
	page.time_enabled = 50;
	page.time_running = 40;
	CHECK_EQ(look().idle, 10);
	meanwhile = move_and_idle;
	reading = look();
	CHECK_EQ(reading.idle, 30);
	CHECK_EQ(reading.count, 7777);
	return 0;
}

static int names(void)
{
	static const char *const good[] = {
		"cycles", "instructions", "branch-misses", "l1d-misses", "llc-misses",
		"dtlb-misses", "r1c2", "rFF", "4:0xc0", "0:0",
	};
	static const char *const bad[] = {
		"", "Cycles", "cycles:u", "r", "rg", "r-1", "r 1", "r0x10000000000000000", "1",
		"1:", ":1",
		"+1:1", "1:+1", "1:1 ", "1:1:1", "0x100000000:0",
	};
	struct hft_counter_event event;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		CHECK_EQ(hft_counter_event(good[i], &event), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(hft_counter_event(bad[i], &event), -EINVAL);
	CHECK_EQ(hft_counter_event("rFf", &event), 0);
	CHECK_EQ(event.type, PERF_TYPE_RAW);
	CHECK_EQ(event.config, 0xff);
	CHECK_EQ(hft_counter_event("10:010", &event), 0);
	CHECK_EQ(event.type, 10);
	CHECK_EQ(event.config, 8);
	CHECK_EQ(hft_counter_event("llc-misses", &event), 0);
	CHECK_EQ(event.type, PERF_TYPE_HW_CACHE);
	CHECK_EQ(event.config, 0x10002);
	return 0;
}

/* Counted here or not: the engine goes on, and is told. */
static int here(void)
{
	static const char *const events[] = { "cycles" };
	struct hft_thread_pmu_status status = { .size = sizeof(status) };
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES, .exclude_kernel = 1, .exclude_hv = 1,
	};
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record record;
	long fd;
	int err;

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("here");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	err = hft_thread_pmu(thread, events, 1, &status);
	printf("# %s\n", status.text);
	CHECK_EQ(status.error, err);
	CHECK(status.text[0]);
	if (fd < 0)
		CHECK(err);
	hft_span_begin_pmu(thread, 1, 2);
	hft_span_end_pmu(thread);
	hft_span_end_pmu(thread);
	CHECK_EQ(hft_reader_next(reader, &record), 0);
	CHECK_EQ(record.type, HFT_REC_SPAN);
	if (!err) {
		CHECK_EQ(hft_reader_next(reader, &record), 0);
		CHECK_EQ(record.type, HFT_REC_SPAN_PMU);
	}
	CHECK_EQ(hft_reader_next(reader, &record), -ENODATA);
	hft_thread_pmu_close(thread);
	hft_thread_pmu_close(thread);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "a page at rest", plain },
	  { "counters that are not there", not_there },
	  { "registers of all widths", widths },
	  { "40 bits that run over", run_over },
	  { "a page that changes in the middle", changes },
	  { "what is missing, and what is not below 0", between },
	  { "time without the counter", idle_time },
	  { "events by name and by number", names },
	  { "on this machine, whatever it counts", here })
