// SPDX-License-Identifier: GPL-2.0
/* Both ends of a flow are records of their threads' rings, and a handler's are whole too. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <signal.h>

static struct hft_thread *volatile of_handler;

static void handler(int signal)
{
	(void)signal;
	hft_flow_out(of_handler, 3, 3);
}

static void *take_over(void *unused)
{
	struct hft_thread *thread = hft_thread_attach("taker");

	hft_span_begin(thread, 2, 7);
	hft_flow_in(thread, 1, 7);
	hft_span_end(thread);
	return unused;
}

static int expect(struct hft_reader *reader, __u32 name, __u64 id, __u32 step, __u64 *tsc)
{
	const struct hft_rec_flow *flow;
	struct hft_record rec;

	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.type, HFT_REC_FLOW);
	CHECK_EQ(rec.slots, 1);
	CHECK_EQ(rec.start, rec.tsc);
	flow = rec.payload;
	CHECK_EQ(flow->name, name);
	CHECK_EQ(flow->id, id);
	CHECK_EQ(flow->step, step);
	CHECK(rec.tsc > *tsc);
	*tsc = rec.tsc;
	return 0;
}

static int both_ends(void)
{
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_record rec;
	pthread_t taker;
	__u64 tsc = 0;

	CHECK_EQ(init_private(2, 256), 0);
	thread = hft_thread_attach("giver");
	hft_flow_out(thread, 1, 7);
	CHECK_EQ(pthread_create(&taker, NULL, take_over, NULL), 0);
	CHECK_EQ(pthread_join(taker, NULL), 0);
	of_handler = thread;
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	hft_flow_in(thread, 3, ~0ULL);
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	CHECK_EQ(expect(reader, 1, 7, HFT_FLOW_OUT, &tsc), 0);
	CHECK_EQ(expect(reader, 1, 7, HFT_FLOW_IN, &tsc), 0);
	CHECK_EQ(hft_reader_next(reader, &rec), 0);
	CHECK_EQ(rec.type, HFT_REC_SPAN);
	CHECK(rec.start < tsc && rec.tsc > tsc);
	CHECK_EQ(expect(reader, 3, 3, HFT_FLOW_OUT, &tsc), 0);
	CHECK_EQ(expect(reader, 3, ~0ULL, HFT_FLOW_IN, &tsc), 0);
	CHECK_EQ(hft_reader_next(reader, &rec), -ENODATA);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int off(void)
{
	struct hft_thread *thread;
	__u64 records;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("off");
	records = thread->ctl->records;
	thread->enable = 0;
	hft_flow_out(thread, 1, 1);
	hft_flow_in(thread, 1, 1);
	CHECK_EQ(thread->ctl->records, records);
	hft_fini();
	hft_flow_out(thread, 1, 1);
	return 0;
}

KTAP_MAIN({ "a flow goes out of one ring and into another", both_ends },
	  { "switched off, a flow writes nothing", off })
