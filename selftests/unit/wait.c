// SPDX-License-Identifier: GPL-2.0
/* Waiting for records: until there are some, not much longer, and unseen by who writes them. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#define MS		1000000ULL
#define RECORDS		50U

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000 * MS + (__u64)now.tv_nsec;
}

static int nothing_comes(void)
{
	struct hft_reader *reader;
	__u64 begin;

	CHECK_EQ(init_private(2, 256), 0);
	hft_thread_attach("silent");
	CHECK_EQ(open_self(&reader), 0);
	begin = now_ns();
	CHECK_EQ(hft_reader_wait(reader, 0), -ETIMEDOUT);
	CHECK_EQ(hft_reader_wait(reader, 30 * MS + 1), -ETIMEDOUT);
	CHECK(now_ns() - begin > 30 * MS);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void *write_slowly(void *unused)
{
	const struct timespec pause = { .tv_nsec = 2 * MS };
	struct hft_thread *thread = hft_thread_attach("slow");
	unsigned int i;

	for (i = 0; i < RECORDS; i++) {
		nanosleep(&pause, NULL);
		hft_mark(thread, 1, i);
	}
	return unused;
}

/* Each wait ends with a record, but for the odd one: who waits does not spin. */
static int follow(int merged)
{
	unsigned int records = 0, waits = 0;
	struct hft_reader *reader;
	struct hft_record rec;
	pthread_t thread;

	CHECK_EQ(init_private(2, 256), 0);
	/* a ring in which nothing comes: the others' records are held back for it */
	hft_thread_attach("silent");
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(pthread_create(&thread, NULL, write_slowly, NULL), 0);
	while (hft_reader_rings(reader) < 2)
		CHECK(hft_reader_refresh(reader) >= 0);
	while (records < RECORDS) {
		CHECK_EQ(hft_reader_wait(reader, ~0ULL), 0);
		waits++;
		while (!(merged ? hft_reader_next(reader, &rec) :
				  hft_reader_next_in(reader, 1, &rec)))
			CHECK_EQ(((const struct hft_rec_mark *)rec.payload)->value, records++);
	}
	printf("# %u waits for %u records\n", waits, records);
	CHECK(waits <= RECORDS + 2);
	CHECK_EQ(hft_reader_wait(reader, 0), -ETIMEDOUT);
	pthread_join(thread, NULL);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int a_record_comes(void)
{
	return follow(0);
}

static int a_merged_record_comes(void)
{
	return follow(1);
}

/* A writer that has taken its place and not filled it yet: there is nothing to read. */
static int a_record_is_begun(void)
{
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	struct hft_slot *slot;
	__u64 index, tsc;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("begun");
	CHECK_EQ(open_self(&reader), 0);
	slot = hft_reserve(thread, 1, &index, &tsc);
	CHECK_EQ(hft_reader_wait(reader, 5 * MS), -ETIMEDOUT);
	CHECK_EQ(hft_reader_next_in(reader, 0, &rec), -ENODATA);
	slot->tsc = tsc;
	slot->arg[0] = 0;
	slot->arg[1] = 0;
	hft_commit(thread, slot, index, HFT_REC_MARK, 1);
	CHECK_EQ(hft_reader_wait(reader, 0), 0);
	CHECK_EQ(hft_reader_next_in(reader, 0, &rec), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void on_alarm(int sig)
{
	(void)sig;
}

static int a_signal_comes(void)
{
	const struct itimerval often = { { 0, 3000 }, { 0, 3000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct hft_reader *reader;

	CHECK_EQ(init_private(1, 256), 0);
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
	CHECK_EQ(hft_reader_wait(reader, ~0ULL), -EINTR);
	CHECK_EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* Who waits reads, and no more: the writer's memory is as it was. */
static int nothing_is_written(void)
{
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	size_t size;
	char *copy;

	CHECK_EQ(init_private(2, 256), 0);
	thread = hft_thread_attach("still");
	hft_mark(thread, 1, 1);
	size = thread->region->size;
	copy = malloc(size);
	CHECK(copy);
	memcpy(copy, thread->region, size);
	CHECK_EQ(open_self(&reader), 0);
	CHECK_EQ(hft_reader_wait(reader, 0), 0);
	while (hft_reader_wait(reader, 20 * MS) == 0)
		hft_reader_next(reader, &rec);
	CHECK_EQ(memcmp(copy, thread->region, size), 0);
	CHECK_EQ(mprotect(thread->region, size, PROT_READ), 0);
	CHECK_EQ(hft_reader_wait(reader, 5 * MS), -ETIMEDOUT);
	hft_reader_close(reader);
	free(copy);
	return 0;
}

KTAP_MAIN({ "nothing comes: it ends after its time", nothing_comes },
	  { "a record comes: it ends, once for each", a_record_comes },
	  { "merged: it ends when the record may go out", a_merged_record_comes },
	  { "a record that is only begun is none", a_record_is_begun },
	  { "a signal ends it", a_signal_comes },
	  { "nothing is written for the writer to see", nothing_is_written })
