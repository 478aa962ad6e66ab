// SPDX-License-Identifier: GPL-2.0
/* Rings and threads: given back at exit, taken again, and none left over. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <time.h>

#define THREADS		8
#define RECORDS		200000

static pthread_barrier_t barrier;

static void *attach_and_exit(void *records)
{
	struct hft_thread *thread = hft_thread_attach("short");
	__u64 i;

	for (i = 0; i < *(__u64 *)records; i++)
		hft_mark(thread, 1, i);
	return NULL;
}

static unsigned int rings_used(void)
{
	struct hft_status status = { .size = sizeof(status) };

	hft_status(&status);
	return status.rings_used;
}

static int run_one(__u64 records)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, attach_and_exit, &records), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	return 0;
}

static int exit_gives_back(void)
{
	struct hft_thread *mine;
	struct hft_reader *reader;
	struct hft_ring_info info;
	int i;

	CHECK_EQ(init_private(2, 256), 0);
	mine = hft_thread_attach("main");
	CHECK(hft_thread_attach("again") == mine);
	for (i = 0; i < 5; i++) {
		CHECK_EQ(run_one(10), 0);
		CHECK_EQ(rings_used(), 1);
	}
	hft_thread_detach(mine);
	CHECK_EQ(rings_used(), 0);
	hft_mark(mine, 1, 1);
	CHECK(hft_thread_attach("main") == mine);
	CHECK_EQ(rings_used(), 1);
	/* The dead's records stay readable, under the tid that wrote them. */
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_rings(reader), 2);
	CHECK_EQ(hft_reader_ring(reader, 1, &info), 0);
	CHECK_EQ(info.records_written, 10);
	CHECK(info.id > 0 && info.id != getpid());
	CHECK(!strcmp(info.name, "short"));
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* A reader that looks at least once per claim loses nothing to the next owner. */
static int generations_are_told_apart(void)
{
	struct hft_reader *reader;
	struct hft_ring_info info;
	struct hft_record rec;
	unsigned int i, total = 0;

	CHECK_EQ(init_private(1, 1024), 0);
	CHECK_EQ(open_self(&reader), 0);
	for (i = 1; i <= 20; i++) {
		CHECK_EQ(run_one(10 * i), 0);
		CHECK_EQ(hft_reader_refresh(reader), 1);
	}
	hft_reader_settle(reader);
	while (!hft_reader_next(reader, &rec))
		total++;
	CHECK_EQ(hft_reader_rings(reader), 20);
	for (i = 1; i <= 20; i++) {
		CHECK_EQ(hft_reader_ring(reader, i - 1, &info), 0);
		CHECK_EQ(info.generation, i);
		CHECK_EQ(info.records_written, 10 * i);
		CHECK_EQ(info.records_written, info.records_read + info.records_lost);
		CHECK_EQ(info.head, info.slots_read + info.slots_lost);
		total -= info.records_read;
	}
	CHECK_EQ(total, 0);
	CHECK_EQ(info.records_lost, 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void *attach_and_wait(void *unused)
{
	struct hft_thread *thread = hft_thread_attach(NULL);

	hft_mark(thread, 1, 1);
	hft_span_begin(thread, 1, 1);
	hft_span_end(thread);
	pthread_barrier_wait(&barrier);
	hft_thread_detach(thread);
	return unused;
}

static int more_threads_than_rings(void)
{
	struct hft_status status = { .size = sizeof(status) };
	pthread_t threads[THREADS];
	int i;

	CHECK_EQ(init_private(3, 256), 0);
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, attach_and_wait, NULL), 0);
	pthread_barrier_wait(&barrier);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.attach_refused, THREADS - 3);
	CHECK_EQ(status.rings_used, 0);
	hft_fini();
	return 0;
}

static void *write_many(void *number)
{
	struct hft_thread *thread = hft_thread_attach("many");
	__u64 i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < RECORDS; i++)
		hft_mark(thread, (__u32)(__u64)number, i * 31 + (__u64)number);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static int eight_threads(void)
{
	__u64 next[THREADS] = { 0 }, records = 0, last = 0, lost = 0;
	const struct hft_rec_mark *mark;
	pthread_t threads[THREADS];
	struct hft_ring_info info;
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 i;

	CHECK_EQ(init_private(THREADS, 1 << 18), 0);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, write_many, (void *)i), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	while (!hft_reader_next(reader, &rec)) {
		mark = rec.payload;
		CHECK(rec.tsc >= last && !rec.ctx && rec.type == HFT_REC_MARK);
		CHECK(mark->name < THREADS);
		CHECK_EQ(mark->value, next[mark->name]++ * 31 + mark->name);
		last = rec.tsc;
		records++;
	}
	CHECK_EQ(records, (__u64)THREADS * RECORDS);
	for (i = 0; i < THREADS; i++) {
		CHECK_EQ(hft_reader_ring(reader, i, &info), 0);
		lost += info.slots_lost + info.records_lost;
	}
	CHECK_EQ(lost, 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void *write_now_and_then(void *number)
{
	struct hft_thread *thread = hft_thread_attach("live");
	const struct timespec pause = { .tv_nsec = 100000 };
	int i;

	for (i = 0; i < 1000; i++) {
		hft_mark(thread, 1, (__u64)number);
		nanosleep(&pause, NULL);
	}
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* Read while they are written: in time order over all threads, each from its start. */
static int live_order(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	unsigned int records = 0;
	pthread_t threads[3];
	struct hft_reader *reader;
	struct hft_record rec;
	__u64 i, last = 0;

	CHECK_EQ(init_private(3, 4096), 0);
	CHECK_EQ(open_self(&reader), 0);
	pthread_barrier_init(&barrier, NULL, 4);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, write_now_and_then, (void *)i), 0);
	while (hft_reader_rings(reader) < 3)
		CHECK(hft_reader_refresh(reader) >= 0);
	while (records < 2500) {
		while (!hft_reader_next(reader, &rec)) {
			CHECK(rec.tsc >= last);
			CHECK_EQ(rec.lost_slots, 0);
			last = rec.tsc;
			records++;
		}
		nanosleep(&pause, NULL);
	}
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	hft_reader_settle(reader);
	while (!hft_reader_next(reader, &rec))
		records++;
	CHECK_EQ(records, 3000);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

KTAP_MAIN({ "a thread's exit gives its ring back", exit_gives_back },
	  { "a ring's owners are told apart, and none loses a record", generations_are_told_apart },
	  { "threads beyond the rings get a handle that does nothing", more_threads_than_rings },
	  { "eight threads: merged in time order, none torn, none lost", eight_threads },
	  { "threads read live are merged in time order", live_order })
