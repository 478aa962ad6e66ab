// SPDX-License-Identifier: GPL-2.0
/*
 * A program whose spans come late, for tests of windows; and what makes them so. What it
 * does is in its arguments, one after the other:
 *
 *	ring=SLOTS	slots of each ring, before the first step
 *	limit=MS	of a span; 0: none, spans end as usual
 *	every=N		operations, of which each Nth triggers; 0: none
 *	work=US		in each span; default 200
 *	rest=US		between two
 *	orders=N	so many spans "order", numbered on
 *	until=FILE	such spans until there is FILE
 *	slow=MS		a span "order" that takes so long
 *	ask=N		hft_trigger() with this value
 *	flood=N		so many of them
 *	sleep=MS	rest
 *	await=FILE, tell=FILE, seen=1	meet.h
 *	intrude=MS	takes the CPU it may run on for so long, as "intruder" in real time
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <hftrace.h>

#include "meet.h"

static struct hft_thread *thread;
static struct hft_limit limit;
static struct hft_operations operations;
static __u32 ring_slots = 65536;
static __u32 order, wish;
static long work = 200;
static long rest_us;
static long number;
static int limited;

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void rest(__u64 us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

static void spin(__u64 us)
{
	__u64 end = now_ns() + us * 1000;

	while (now_ns() < end)
		;
}

static void begin(void)
{
	struct hft_options options = {
		.size = sizeof(options),
		.ring_slots = ring_slots,
		.rings = 2,
	};

	if (thread)
		return;
	if (hft_init(&options)) {
		fprintf(stderr, "late: hft_init() failed\n");
		exit(1);
	}
	order = hft_name("order");
	wish = hft_name("wish");
	thread = hft_thread_attach("late");
}

static void one_order(__u64 us)
{
	hft_span_begin(thread, order, number++);
	spin(us);
	if (limited)
		hft_span_end_within(thread, &limit);
	else
		hft_span_end(thread);
	hft_operation(thread, &operations);
	if (rest_us)
		rest(rest_us);
}

static void set_limit(long ms)
{
	limited = ms;
	if (ms && hft_limit_init(&limit, ms * 1000000ULL)) {
		fprintf(stderr, "late: hft_limit_init() failed\n");
		exit(1);
	}
}

static void intrude(long ms)
{
	const struct sched_param param = { .sched_priority = 10 };

	prctl(PR_SET_NAME, "intruder");
	if (sched_setscheduler(0, SCHED_FIFO, &param)) {
		perror("late: sched_setscheduler");
		exit(1);
	}
	rest(50000);	/* it comes by that name */
	spin(ms * 1000);
}

static void orders_until(const char *file)
{
	while (access(file, F_OK))
		one_order(work);
}

static int act(const char *name, const char *text)
{
	long value = atol(text), i;

	if (!strcmp(name, "seen"))
		begin();
	if (meet(name, text))
		return 1;
	if (!strcmp(name, "ring")) {
		ring_slots = value;
	} else if (!strcmp(name, "work")) {
		work = value;
	} else if (!strcmp(name, "rest")) {
		rest_us = value;
	} else if (!strcmp(name, "sleep")) {
		rest(value * 1000);
	} else if (!strcmp(name, "intrude")) {
		intrude(value);
	} else {
		begin();
		if (!strcmp(name, "limit"))
			set_limit(value);
		else if (!strcmp(name, "every"))
			hft_operations_init(&operations, order, value);
		else if (!strcmp(name, "orders"))
			for (i = 0; i < value; i++)
				one_order(work);
		else if (!strcmp(name, "until"))
			orders_until(text);
		else if (!strcmp(name, "slow"))
			one_order(value * 1000);
		else if (!strcmp(name, "ask"))
			hft_trigger(thread, wish, value);
		else if (!strcmp(name, "flood"))
			for (i = 0; i < value; i++)
				hft_trigger(thread, wish, i);
		else
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
		if (!value || !act(argv[i], value)) {
			fprintf(stderr, "late: what is %s?\n", argv[i]);
			return 64;
		}
	}
	return 0;
}
