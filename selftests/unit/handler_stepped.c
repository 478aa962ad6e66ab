// SPDX-License-Identifier: GPL-2.0
/*
 * A signal handler at every instruction of a call, that makes the same call. Both are in
 * the ring, whole, in the order of time.
 */
#include "ktap.h"
#include "live.h"
#include "steps.h"

#include <stdint.h>

#define OUTER	1U
#define INNER	2U

#if defined(__SANITIZE_ADDRESS__)
#define STRIDE(n)	(29 * (n))	/* its instructions are many, and not what programs have */
#else
#define STRIDE(n)	(n)
#endif

static struct hft_thread *thread;
static struct hft_limit never = { HFT_LIMIT_NONE }, always;
static struct hft_counter *counter;

/* With the process that is stopped: at which instruction the handler is to run. */
static struct shared {
	long run_at;
	volatile int has_run;
} *shared;

static void mark(unsigned int who)
{
	hft_mark(thread, 1, who);
}

static void flow(unsigned int who)
{
	hft_flow_in(thread, 1, who);
}

static void trigger(unsigned int who)
{
	hft_trigger(thread, 1, who);
}

static void span(unsigned int who)
{
	hft_span_begin(thread, 1, who);
	hft_span_end(thread);
}

static void span_in_time(unsigned int who)
{
	hft_span_begin(thread, 1, who);
	hft_span_end_within(thread, &never);
}

static void late_span(unsigned int who)
{
	hft_span_begin(thread, 1, who);
	hft_span_end_within(thread, &always);
}

static void line(unsigned int who)
{
	HFT_INFO(thread, "%u %d %d %d %d %d %d %d", who, 2, 3, 4, 5, 6, 7, 8);
}

static void line_of_text(unsigned int who)
{
	HFT_INFO(thread, "%u and %s of %s", who, "text", "some length");
}

/* Nobody has been here, each time. */
static void first_line(unsigned int who)
{
	static struct hft_log_site site = {
		.file = "file", .text = "%u as %s", .line = 1, .level = HFT_LOG_INFO, .args = 2,
		.types = HFT_LOG_UINT | HFT_LOG_STRING << 8,
	};
	const __u64 words[HFT_LOG_ARGS] = { who, (__u64)(uintptr_t)"the first" };

	if (who == OUTER)
		site.number = 0;
	hft_slow_log(thread, &site, 1, words);
}

static void count(unsigned int who)
{
	hft_counter_add(counter, who);
}

static const struct call {
	const char *name;
	void (*make)(unsigned int who);
	unsigned int records;
	unsigned int stride;		/* not every instruction of a long one */
	const char *text;
} calls[] = {
	{ "mark", mark, 1, 1, NULL },
	{ "flow", flow, 1, 1, NULL },
	{ "trigger", trigger, 1, 1, NULL },
	{ "span", span, 1, 1, NULL },
	{ "span in time", span_in_time, 1, 1, NULL },
	{ "late span", late_span, 2, 2, NULL },
	{ "line", line, 1, 1, " 2 3 4 5 6 7 8" },
	{ "line of text", line_of_text, 1, 3, " and text of some length" },
	{ "first line", first_line, 1, 7, " as the first" },
	{ "count", count, 0, 1, NULL },
};

static const struct call *call;

static void handler(int sig)
{
	(void)sig;
	call->make(INNER);
}

/* Which of the two wrote it. */
static unsigned int writer_of(struct hft_reader *reader, const struct hft_record *rec)
{
	const struct hft_rec_trigger *asked = rec->payload;
	char want[64], text[64];
	unsigned int who;

	switch (rec->type) {
	case HFT_REC_MARK:
		return ((const struct hft_rec_mark *)rec->payload)->value;
	case HFT_REC_FLOW:
		return ((const struct hft_rec_flow *)rec->payload)->id;
	case HFT_REC_SPAN:
		CHECK(((const struct hft_rec_span *)rec->payload)->depth <= 1);
		return ((const struct hft_rec_span *)rec->payload)->id;
	case HFT_REC_TRIGGER:
		return asked->cause == HFT_TRIGGER_ASKED ? asked->value : asked->id;
	default:
		CHECK_EQ(rec->type, HFT_REC_LOG);
		CHECK(hft_log_text(reader, rec, text, sizeof(text)) > 0);
		CHECK_EQ(sscanf(text, "%u", &who), 1);
		snprintf(want, sizeof(want), "%u%s", who, call->text);
		CHECK(!strcmp(text, want));
		return who;
	}
}

/* What a round has left. */
static void check_round(struct hft_reader *reader, int with_handler)
{
	unsigned int seen[INNER + 1] = { 0 }, who;
	static __u64 last;
	struct hft_record rec;

	while (!hft_reader_next_in(reader, 0, &rec)) {
		CHECK(!rec.ctx && !rec.lost_slots && rec.tsc >= last);
		last = rec.tsc;
		who = writer_of(reader, &rec);
		CHECK(who == OUTER || who == INNER);
		seen[who]++;
	}
	CHECK_EQ(seen[OUTER], call->records);
	CHECK_EQ(seen[INNER], with_handler ? call->records : 0);
	CHECK_EQ(thread->ctl->depth, 0);
}

static void work(struct steps *steps)
{
	struct sigaction action = { .sa_handler = handler };
	struct hft_reader *reader;
	__s64 before;

	CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("stepped");
	counter = hft_counter(thread, "n");
	CHECK_EQ(open_self(&reader), 0);
	hft_reader_settle(reader);
	do {
		before = counter->line.value;
		steps->at = 0;
		shared->run_at += STRIDE(call->stride);
		shared->has_run = 0;
		steps_begin(steps);
		call->make(OUTER);
		steps_end(steps);
		check_round(reader, shared->has_run);
		CHECK_EQ(counter->line.value - before,
			 call->records ? 0 : OUTER + (shared->has_run ? INNER : 0));
	} while (shared->has_run);
	hft_reader_close(reader);
	hft_fini();
}

static void look(struct steps *steps, pid_t pid)
{
	if (++steps->at != shared->run_at)
		return;
	shared->has_run = 1;
	kill(pid, SIGUSR1);
}

static int at_every_instruction(void)
{
	struct steps *steps = steps_make();
	unsigned int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	CHECK(steps && shared != MAP_FAILED);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		call = &calls[i];
		*shared = (struct shared){ 0 };
		*steps = (struct steps){ 0 };
		CHECK_EQ(steps_run(steps, work, look), 0);
		printf("# %s: a handler up to instruction %ld\n", call->name, shared->run_at);
		CHECK(shared->run_at > 8);
	}
	return 0;
}

KTAP_MAIN({ "a handler at every instruction", at_every_instruction })
