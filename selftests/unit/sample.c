// SPDX-License-Identifier: GPL-2.0
/* 1 in N, for each thread of its own. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>

static struct hft_thread *thread;

static int limits(void)
{
	struct hft_thread zero = { 0 };

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("sample");
	CHECK_EQ(hft_sample_every(thread, 0), -EINVAL);
	CHECK_EQ(hft_sample_every(thread, HFT_SAMPLE_MAX + 1), -EINVAL);
	CHECK_EQ(hft_sample_every(thread, HFT_SAMPLE_MAX), 0);
	CHECK_EQ(thread->ctl->sample_every, HFT_SAMPLE_MAX);
	CHECK_EQ(hft_sampled(thread), 1);
	CHECK_EQ(hft_sampled(thread), 0);
	/* as the handle of a child, or of a thread without a ring */
	CHECK_EQ(hft_sample_every(&zero, 5), 0);
	CHECK_EQ(hft_sampled(&zero), 0);
	hft_thread_detach(thread);
	CHECK_EQ(hft_sampled(thread), 0);
	thread = hft_thread_attach("sample");
	CHECK_EQ(hft_sampled(thread), 1);
	CHECK_EQ(hft_sampled(thread), 1);
	return 0;
}

static int exactly_one_in_n(void)
{
	unsigned int n, i, taken;

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("sample");
	for (n = 1; n < 100; n++) {
		CHECK_EQ(hft_sample_every(thread, n), 0);
		for (i = 0, taken = 0; i < 1000; i++) {
			CHECK_EQ(hft_sampled(thread), i % n == 0);
			taken += i % n == 0;
		}
		CHECK_EQ(taken, (999 / n) + 1);
	}
	/* what is not sampled while it is off does not count */
	CHECK_EQ(hft_sample_every(thread, 3), 0);
	CHECK_EQ(hft_sampled(thread), 1);
	thread->enable = 0;
	for (i = 0; i < 10; i++)
		CHECK_EQ(hft_sampled(thread), 0);
	thread->enable = 1;
	CHECK_EQ(hft_sampled(thread), 0);
	CHECK_EQ(hft_sampled(thread), 0);
	CHECK_EQ(hft_sampled(thread), 1);
	return 0;
}

/* Two places that share the count; arguments of lines that are not taken are not evaluated. */
static int weights(void)
{
	unsigned int i, evaluated = 0, lines = 0, sum = 0, ring, err;
	struct hft_reader *reader;
	struct hft_record rec;

	CHECK_EQ(init_private(1, 1024), 0);
	thread = hft_thread_attach("sample");
	CHECK_EQ(hft_sample_every(thread, 7), 0);
	for (i = 0; i < 70; i++) {
		HFT_LOG_SAMPLED(thread, HFT_LOG_INFO, "%u", evaluated++);
		HFT_LOG_SAMPLED(thread, HFT_LOG_ERROR, "%u of %s", evaluated++, "two");
	}
	CHECK_EQ(evaluated, 20);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	while (!(err = hft_reader_next(reader, &rec))) {
		const struct hft_rec_log *log = rec.payload;

		CHECK_EQ(log->every, 7);
		CHECK_EQ(log->word[0], lines++);
		sum += log->every;
	}
	CHECK_EQ(sum, 140);
	ring = 0;
	CHECK_EQ(hft_reader_sample_every(reader, ring), 7);
	CHECK_EQ(hft_reader_sample_every(reader, 1), 0);
	hft_reader_close(reader);
	return 0;
}

static void *count_one_in_5(void *unused)
{
	struct hft_thread *own = hft_thread_attach("other");
	long i, taken = 0;

	(void)unused;
	hft_sample_every(own, 5);
	for (i = 0; i < 100000; i++)
		taken += hft_sampled(own);
	return (void *)taken;
}

static int each_thread_for_itself(void)
{
	long i, taken = 0;
	pthread_t other;
	void *result;

	CHECK_EQ(init_private(2, 1024), 0);
	thread = hft_thread_attach("sample");
	CHECK_EQ(hft_sample_every(thread, 4), 0);
	CHECK_EQ(pthread_create(&other, NULL, count_one_in_5, NULL), 0);
	for (i = 0; i < 100000; i++)
		taken += hft_sampled(thread);
	CHECK_EQ(pthread_join(other, &result), 0);
	CHECK_EQ(taken, 25000);
	CHECK_EQ((long)result, 20000);
	return 0;
}

KTAP_MAIN({ "limits, and handles without a ring", limits },
	  { "exactly 1 in n, the next one first", exactly_one_in_n },
	  { "a line tells for how many it stands", weights },
	  { "threads do not count each other's", each_thread_for_itself })
