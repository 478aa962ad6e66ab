// SPDX-License-Identifier: GPL-2.0
/*
 * A writer that is stopped after each of its instructions. Whoever reads then,
 * finds each record that is finished, whole and in order, and nothing else:
 * so it is at every moment at which it can be preempted, or killed.
 */
#include "ktap.h"
#include "live.h"
#include "steps.h"

#define SLOTS	256U		/* a ring that is lapped soon */
#define WARM	600U		/* records before each instruction is looked at */
#define STEPPED	300U		/* two pages of them */
#define ANY	(~0ULL)

static struct hft_reader *reader;
static __u64 next = ANY;	/* to be read */

static __u64 value_of(__u64 number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

/*
 * Of four records one is a span, so that pages end in one as in another and with
 * a pad. `at` is how many are finished.
 */
static void write_records(struct steps *steps, struct hft_thread *thread, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (steps->at % 4) {
			hft_mark(thread, 1, value_of((__u64)steps->at));
		} else {
			hft_span_begin(thread, 1, value_of((__u64)steps->at));
			hft_span_end(thread);
		}
		steps->at++;
	}
}

static void work(struct steps *steps)
{
	struct hft_thread *thread;

	if (init_private(1, SLOTS))
		_exit(1);
	thread = hft_thread_attach("stepped");
	write_records(steps, thread, WARM);
	steps_begin(steps);
	write_records(steps, thread, STEPPED);
	steps_end(steps);
	hft_fini();
}

/* A record is as it was written, and is not the reader's invention. */
static __u64 number_of(const struct hft_record *rec)
{
	const struct hft_rec_mark *mark = rec->payload;
	const struct hft_rec_span *span = rec->payload;
	__u64 value = rec->type == HFT_REC_MARK ? mark->value : span->id;
	__u64 number = value * 0xf1de83e19937733dULL;	/* the factor's inverse */

	CHECK(rec->type == HFT_REC_MARK || rec->type == HFT_REC_SPAN);
	CHECK_EQ(rec->slots, number % 4 ? 1 : 2);
	CHECK_EQ(rec->type == HFT_REC_MARK ? mark->name : span->name, 1);
	CHECK(rec->type == HFT_REC_MARK ? !mark->reserved :
	      !span->depth && !span->reserved[0] && !span->reserved[1] && !span->reserved[2]);
	CHECK(!rec->ctx && rec->start <= rec->tsc);
	return number;
}

/* All that stands in the ring now, up to the last that is finished or the one after it. */
static void read_on(__u64 finished)
{
	struct hft_record rec;

	while (!hft_reader_next_in(reader, 0, &rec)) {
		__u64 number = number_of(&rec);

		CHECK(next == ANY || number == next);
		next = number + 1;
	}
	CHECK(next >= finished);
	CHECK(next <= finished + 1);
}

/* From where the ring is read, its oldest page is the next to be overwritten. */
static void look(struct steps *steps, pid_t pid)
{
	__u64 finished = (__u64)steps->at, since;

	if (!reader) {
		CHECK_EQ(open_process(&reader, pid, 0), 0);
		CHECK_EQ(hft_reader_rings(reader), 1);
	}
	read_on(finished);
	CHECK_EQ(hft_reader_seek(reader, 0, 0, &since), 0);
	next = ANY;
	read_on(finished);
}

static int at_every_instruction(void)
{
	struct steps *steps = steps_make();

	CHECK(steps);
	CHECK_EQ(steps_run(steps, work, look), 0);
	printf("# looked after %lu instructions of %u records\n", steps->taken, STEPPED);
	CHECK(steps->taken > 10 * STEPPED);
	return 0;
}

KTAP_MAIN({ "stopped after any instruction, all that was finished is read", at_every_instruction })
