// SPDX-License-Identifier: GPL-2.0
/*
 * A program with marks and spans, for tests of the tool. What it does is in
 * its arguments, one after the other:
 *
 *	ring=SLOTS	slots of each ring, before the first step
 *	rings=N		room for so many threads, likewise
 *	first=NAME	its first name, likewise
 *	steps=N		so many rounds of a span, one inside it, a mark on every third
 *	sleep=MS	rest
 *	await=FILE, tell=FILE, seen=1	meet.h
 *	every=N		in steps: rest for 1 ms after each N rounds
 *	threads=N	so many threads do the next steps, up to 64
 *	names=N		so many names, some of them ugly
 *	count=N		adds N to the counter "orders", sets the gauge "depth" to N
 *	fork=N		a child uses its parent's counter, gauge and state, begins anew, counts N of
 *			its own, and rests until it is killed
 *	state=N		publishes the state "position", and writes it N times
 *	log=N		so many lines of a log of each level, by a thread "logger"; `every` holds
 *	sample=N	so many lines, of which 1 in 10 are written
 *	uglylog=1	lines that no terminal should see
 *	hostile=KIND	write something into its ring that no library would:
 *			types, lengths, times, future, head, names
 *	exec=1		becomes itself again, with the arguments that follow
 *	forever=1	steps without end, at a slow pace
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#include "meet.h"

static __u32 ring_slots = 8192;
static __u32 rings = 16;
static long every;
static long threads = 1;
static __u32 outer, inner, tick;
static const char *first_name;
static pthread_barrier_t all_attached;

static void rest(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static void begin(void)
{
	struct hft_options options = {
		.size = sizeof(options),
		.ring_slots = ring_slots,
		.rings = rings,
	};
	static int begun;

	if (begun++)
		return;
	if (hft_init(&options)) {
		fprintf(stderr, "producer: hft_init() failed\n");
		exit(1);
	}
	if (first_name)
		hft_name(first_name);
	outer = hft_name("outer");
	inner = hft_name("inner \"quoted\" \\ {brace}");
	tick = hft_name("tick");
}

static void *step(void *argument)
{
	struct hft_thread *thread = hft_thread_attach("stepper");
	long count = *(long *)argument;
	long i;

	/* Or one would take over the ring of another that is done. */
	pthread_barrier_wait(&all_attached);
	for (i = 0; i < count; i++) {
		hft_span_begin(thread, outer, i);
		hft_span_begin(thread, inner, i);
		hft_span_end(thread);
		if (i % 3 == 0)
			hft_mark(thread, tick, i);
		hft_span_end(thread);
		if (every && i % every == 0)
			rest(1);
	}
	hft_thread_detach(thread);
	return NULL;
}

static void steps(long count)
{
	pthread_t thread[64];
	long i;

	pthread_barrier_init(&all_attached, NULL, threads);
	for (i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, step, &count);
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&all_attached);
}

#define UGLY 12

static void make_names(long count)
{
	static const char *const ugly[UGLY] = {
		"tab\there", "line\nbreak", "\033[31mred", "\xff\xfe not utf-8", "\"", "\\", "",
		"?", "name with spaces", "sm\xc3\xb8r", "/* comment */", "*/ }; };",
	};
	char text[64];
	long i;

	for (i = 0; i < count; i++) {
		if (i < UGLY)
			hft_name(ugly[i]);
		snprintf(text, sizeof(text), "name-%ld", i);
		hft_name(text);
	}
}

static struct hft_counter *orders;
static struct hft_gauge *depth;
static struct hft_state_page *state;

static void count(long number)
{
	orders = hft_counter(hft_thread_attach("counts"), "orders");
	depth = hft_gauge("depth");
	hft_counter_add(orders, number);
	hft_gauge_set(depth, number);
}

/* What the child does with handles of its parent's: nothing may come of it. */
static void use_inherited(void)
{
	char bytes[HFT_STATE_DATA] = { 0 };

	hft_counter_add(orders, 1000);
	hft_gauge_set(depth, 1000);
	if (hft_state_write_bytes(state, bytes, 64) != -ENOTCONN)
		exit(1);
}

static void fork_child(long number)
{
	struct hft_options options = {
		.size = sizeof(options), .ring_slots = ring_slots, .rings = 1,
	};

	if (fork())
		return;
	use_inherited();
	if (hft_init(&options))
		exit(1);
	use_inherited();
	count(number);
	hft_name("name-0");
	pause();
}

/* The n-th write's members follow from n. */
static void write_states(long number)
{
	struct position {
		char symbol[8];
		short change;
		int quantity;
		double average;
		float ratio;
		unsigned long level[3];
		unsigned char key[4];
	} position = { .symbol = "A\"B\033C", .key = { 0, 1, 0xfe, 0xff } };
	static const struct hft_member members[] = {
		HFT_MEMBER(struct position, symbol, TEXT),
		HFT_MEMBER(struct position, change, INT),
		HFT_MEMBER(struct position, quantity, UINT),
		HFT_MEMBER(struct position, average, DOUBLE),
		HFT_MEMBER(struct position, ratio, DOUBLE),
		HFT_MEMBER_ARRAY(struct position, level, UINT),
		HFT_MEMBER(struct position, key, BYTES),
	};
	long i;

	state = hft_state_publish("position", sizeof(position), members,
				  sizeof(members) / sizeof(members[0]));
	for (i = 1; i <= number; i++) {
		position.change = -i;
		position.quantity = i;
		position.average = i + 0.1;
		position.ratio = 0.2F;
		position.level[0] = i;
		position.level[2] = -1UL;
		if (hft_state_write(state, &position))
			exit(1);
	}
}

static void write_log(long number)
{
	struct hft_thread *thread = hft_thread_attach("logger");
	long i;

	for (i = 0; i < number; i++) {
		HFT_DEBUG(thread, "round %ld", i);
		HFT_INFO(thread, "order %ld at %.2f for %s%c", i, (double)i / 4, "AAPL", '\n');
		HFT_WARNING(thread, "%s|%#lx|%5.1f%%", i % 2 ? "odd" : "even", i, 12.5);
		HFT_ERROR(thread, "nothing but a text");
		if (every && i % every == 0)
			rest(1);
	}
	hft_thread_detach(thread);
}

static void sample_log(long number)
{
	struct hft_thread *thread = hft_thread_attach("sampler");
	long i;

	hft_sample_every(thread, 10);
	for (i = 0; i < number; i++)
		HFT_LOG_SAMPLED(thread, HFT_LOG_INFO, "sample %ld", i);
	hft_thread_detach(thread);
}

static void write_ugly_log(void)
{
	struct hft_thread *thread = hft_thread_attach("ug\033ly");

	HFT_INFO(thread, "\033[31mred\nline \"%s\" \\ \xff */ }; {brace}", "\033]0;title\007");
	HFT_INFO(thread, "%s", "tab\there sm\xc3\xb8r \xff\xfe \xc2\x9bK");
}

/* Slots as the library writes them, but for what `kind` spoils. */
static void be_hostile(const char *kind)
{
	struct hft_thread *thread = hft_thread_attach("hostile");
	struct hft_slot *slot;
	__u64 index, tsc;
	int i;

	for (i = 0; i < 1000; i++) {
		__u16 type = HFT_REC_MARK;
		__u8 slots = 1;

		hft_mark(thread, tick, i);
		if (i % 10)
			continue;
		slot = hft_reserve(thread, 1, &index, &tsc);
		if (!strcmp(kind, "types"))
			type = i % 20 ? HFT_REC_MIGRATE : 999;
		if (!strcmp(kind, "lengths"))
			slots = i % 3 ? 200 : 0;
		if (!strcmp(kind, "times"))
			tsc -= 1000000000;
		if (!strcmp(kind, "future"))
			tsc = ~0ULL - i;
		slot->tsc = tsc;
		slot->arg[0] = i;
		slot->arg[1] = !strcmp(kind, "names") ? 0xffffffffffffULL + i : tick;
		hft_commit(thread, slot, index, type, slots);
	}
	if (!strcmp(kind, "head"))
		__atomic_store_n(&thread->ctl->head, thread->ctl->head + (1ULL << 40),
				 __ATOMIC_RELAXED);
	rest(50);
	hft_thread_detach(thread);
}

/* Settings, which must come before what needs them. */
static int set(const char *name, long value)
{
	if (!strcmp(name, "ring"))
		ring_slots = value;
	else if (!strcmp(name, "rings"))
		rings = value;
	else if (!strcmp(name, "every"))
		every = value;
	else if (!strcmp(name, "threads") && value > 0 && value <= 64)
		threads = value;
	else
		return 0;
	return 1;
}

static int act(const char *name, const char *value, char **argv)
{
	long number = atol(value);

	if (!strcmp(name, "first")) {
		first_name = value;
		return 1;
	}
	if (!strcmp(name, "sleep")) {
		rest(number);
		return 1;
	}
	if (!strcmp(name, "seen"))
		begin();
	if (meet(name, value))
		return 1;
	begin();
	if (!strcmp(name, "steps")) {
		steps(number);
	} else if (!strcmp(name, "names")) {
		make_names(number);
	} else if (!strcmp(name, "count")) {
		count(number);
	} else if (!strcmp(name, "fork")) {
		fork_child(number);
	} else if (!strcmp(name, "state")) {
		write_states(number);
	} else if (!strcmp(name, "log")) {
		write_log(number);
	} else if (!strcmp(name, "sample")) {
		sample_log(number);
	} else if (!strcmp(name, "uglylog")) {
		write_ugly_log();
	} else if (!strcmp(name, "hostile")) {
		be_hostile(value);
	} else if (!strcmp(name, "exec")) {
		execv("/proc/self/exe", argv);
	} else if (!strcmp(name, "forever")) {
		for (every = 1;;)
			steps(1000);
	} else {
		return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value)
			*value++ = 0;
		if (!value || (!set(argv[i], atol(value)) && !act(argv[i], value, argv + i))) {
			fprintf(stderr, "producer: what is %s?\n", argv[i]);
			return 64;
		}
	}
	return 0;
}
