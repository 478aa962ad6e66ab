// SPDX-License-Identifier: GPL-2.0
/* Counters and gauges: exact sums, lines that threads leave and take, harmless handles. */
#include "ktap.h"
#include "live.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

#define THREADS		8
#define ADDS		200000

static int open_values(struct hft_reader **reader, const struct hft_value_info **values)
{
	CHECK_EQ(open_self(reader), 0);
	return hft_reader_values(*reader, values);
}

static __u64 refused(void)
{
	struct hft_status status = { .size = sizeof(status) };

	CHECK_EQ(hft_status(&status), 0);
	return status.board_refused;
}

static int counts_and_levels(void)
{
	const struct hft_value_info *values;
	struct hft_counter *orders, *fills;
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_gauge *depth;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("main");
	orders = hft_counter(thread, "orders");
	fills = hft_counter(thread, "fills");
	depth = hft_gauge("depth");
	CHECK(orders != fills && (unsigned long)orders % 64 == 0);
	CHECK(hft_counter(thread, "orders") == orders);
	CHECK(hft_gauge("depth") == depth);
	/* A gauge of the name of a counter is another value. */
	CHECK((void *)hft_gauge("orders") != (void *)orders);
	hft_counter_add(orders, 40);
	hft_counter_add(orders, 2);
	hft_counter_add(fills, -1);
	hft_counter_add(fills, 1LL << 40);
	hft_gauge_set(depth, 7);
	hft_gauge_set(depth, -3);
	CHECK_EQ(open_values(&reader, &values), 4);
	CHECK(!strcmp(values[0].name, "orders"));
	CHECK_EQ(values[0].kind, HFT_VALUE_COUNTER);
	CHECK_EQ(values[0].value, 42);
	CHECK_EQ(values[0].lines_count, 1);
	CHECK_EQ(values[0].lines[0].value, 42);
	CHECK_EQ(values[0].lines[0].tid, getpid());
	CHECK_EQ(values[0].lines[0].ended, 0);
	CHECK_EQ(values[0].tgid, getpid());
	CHECK_EQ(values[0].process_ended, 0);
	CHECK(!strcmp(values[1].name, "fills"));
	CHECK_EQ(values[1].value, (1LL << 40) - 1);
	CHECK(!strcmp(values[2].name, "depth"));
	CHECK_EQ(values[2].kind, HFT_VALUE_GAUGE);
	CHECK_EQ(values[2].value, -3);
	CHECK_EQ(values[3].kind, HFT_VALUE_GAUGE);
	/* They are read again as they stand. */
	hft_counter_add(orders, 8);
	CHECK_EQ(hft_reader_values(reader, &values), 4);
	CHECK_EQ(values[0].value, 50);
	CHECK_EQ(refused(), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static pthread_barrier_t barrier;

static void *count_much(void *unused)
{
	struct hft_counter *counter = hft_counter(hft_thread_attach("adder"), "adds");
	struct hft_gauge *last = hft_gauge("last");
	int i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < ADDS; i++) {
		hft_counter_add(counter, 1);
		hft_gauge_set(last, i);
	}
	pthread_barrier_wait(&barrier);
	return unused;
}

/* More threads than rings: a counter needs none. Nothing is lost between them. */
static int threads_at_once(void)
{
	const struct hft_value_info *values;
	pthread_t threads[THREADS];
	struct hft_reader *reader;
	unsigned int i, j;
	__s64 before = 0;

	CHECK_EQ(init_private(THREADS / 2, 256), 0);
	CHECK_EQ(open_self(&reader), 0);
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, count_much, NULL), 0);
	pthread_barrier_wait(&barrier);
	/* Read while they add: no more than there can be, and never less than before. */
	for (i = 0; i < 200; i++) {
		CHECK_EQ(hft_reader_values(reader, &values), 2);
		CHECK(values[0].value >= before && values[0].value <= THREADS * ADDS);
		before = values[0].value;
	}
	pthread_barrier_wait(&barrier);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(hft_reader_values(reader, &values), 2);
	CHECK_EQ(values[0].value, THREADS * ADDS);
	CHECK_EQ(values[0].lines_count, THREADS);
	for (i = 0; i < THREADS; i++) {
		CHECK_EQ(values[0].lines[i].value, ADDS);
		CHECK(values[0].lines[i].ended && values[0].lines[i].tid != getpid());
		for (j = 0; j < i; j++)
			CHECK(values[0].lines[i].tid != values[0].lines[j].tid);
	}
	CHECK_EQ(values[1].value, ADDS - 1);
	CHECK_EQ(values[1].lines_count, 1);
	CHECK_EQ(refused(), 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void *count_one(void *unused)
{
	hft_counter_add(hft_counter(hft_thread_attach("short"), "adds"), 1);
	return unused;
}

/* A thread that ends leaves its line to the next: the count goes on, the table lasts. */
static int threads_in_turn(void)
{
	const struct hft_value_info *values;
	struct hft_reader *reader;
	pthread_t thread;
	unsigned int i;

	CHECK_EQ(init_private(1, 256), 0);
	for (i = 0; i < 2 * HFT_VALUES; i++) {
		CHECK_EQ(pthread_create(&thread, NULL, count_one, NULL), 0);
		CHECK_EQ(pthread_join(thread, NULL), 0);
	}
	CHECK_EQ(refused(), 0);
	CHECK_EQ(open_values(&reader, &values), 1);
	CHECK_EQ(values[0].value, 2 * HFT_VALUES);
	CHECK_EQ(values[0].lines_count, 1);
	CHECK_EQ(values[0].lines[0].ended, 1);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int detached(void)
{
	const struct hft_value_info *values;
	struct hft_counter *counter;
	struct hft_thread *thread;
	struct hft_reader *reader;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("main");
	counter = hft_counter(thread, "n");
	hft_counter_add(counter, 1);
	hft_thread_detach(thread);
	hft_counter_add(counter, 1);
	CHECK(hft_counter(thread, "n") == counter);
	CHECK_EQ(open_values(&reader, &values), 1);
	CHECK_EQ(values[0].value, 2);
	CHECK_EQ(values[0].lines[0].ended, 0);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static void *other_thread(void *thread)
{
	hft_counter_add(hft_counter(thread, "stolen"), 1);
	return NULL;
}

/* Whatever cannot be had is a handle all the same, and is counted. */
static int refusals(void)
{
	const struct hft_value_info *values;
	struct hft_thread *thread;
	struct hft_reader *reader;
	pthread_t other;
	char name[80];
	unsigned int i;

	hft_counter_add(hft_counter(NULL, "early"), 1);
	hft_gauge_set(hft_gauge("early"), 1);
	CHECK_EQ(refused(), 2);
	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("main");
	CHECK_EQ(pthread_create(&other, NULL, other_thread, thread), 0);
	CHECK_EQ(pthread_join(other, NULL), 0);
	CHECK_EQ(refused(), 3);
	memset(name, 'x', sizeof(name));
	name[60] = 0;
	hft_counter_add(hft_counter(thread, name), 1);
	hft_counter_add(hft_counter(thread, NULL), 1);
	hft_counter_add(hft_counter(NULL, "n"), 1);
	CHECK_EQ(refused(), 6);
	for (i = 0; i < HFT_VALUES + 10; i++) {
		snprintf(name, sizeof(name), "gauge %u", i);
		hft_gauge_set(hft_gauge(name), i);
	}
	hft_counter_add(hft_counter(thread, "late"), 1);
	CHECK_EQ(refused(), 6 + 10 + 1);
	CHECK_EQ(open_values(&reader, &values), HFT_VALUES);
	for (i = 0; i < HFT_VALUES; i++) {
		snprintf(name, sizeof(name), "gauge %u", i);
		CHECK(!strcmp(values[i].name, name));
		CHECK_EQ(values[i].value, i);
	}
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

static int child_is_harmless(struct hft_counter *counter, struct hft_gauge *gauge)
{
	const struct hft_value_info *values;
	struct hft_reader *reader;

	hft_counter_add(counter, 1000);
	hft_gauge_set(gauge, 1000);
	if (init_private(1, 256))
		return 1;
	hft_counter_add(counter, 1000);
	hft_gauge_set(gauge, 1000);
	/* The child's own. */
	hft_counter_add(hft_counter(hft_thread_attach("child"), "n"), 5);
	if (open_values(&reader, &values) != 1 || values[0].value != 5)
		return 2;
	hft_reader_close(reader);
	hft_fini();
	hft_counter_add(counter, 1000);
	hft_gauge_set(gauge, 1000);
	return 0;
}

static int forked(void)
{
	const struct hft_value_info *values;
	struct hft_counter *counter;
	struct hft_reader *reader;
	struct hft_gauge *gauge;
	int status;
	pid_t pid;

	CHECK_EQ(init_private(1, 256), 0);
	counter = hft_counter(hft_thread_attach("parent"), "n");
	gauge = hft_gauge("g");
	hft_counter_add(counter, 1);
	hft_gauge_set(gauge, 1);
	pid = fork();
	if (!pid)
		_exit(child_is_harmless(counter, gauge));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	/* A child that shares the memory counts for its parent. A sanitizer would make a copy. */
#ifdef HFT_THREAD_SANITIZER
	hft_counter_add(counter, 1);
	pid = fork();
#else
	pid = vfork();
#endif
	if (!pid) {
		hft_counter_add(counter, 1);
		_exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(open_values(&reader, &values), 2);
	CHECK_EQ(values[0].value, 2);
	CHECK_EQ(values[1].value, 1);
	hft_reader_close(reader);
	hft_fini();
	return 0;
}

/* Handles that outlive the region, and one that is made where it stood. */
static int after_fini(void)
{
	const struct hft_value_info *values;
	struct hft_counter *counter, *again;
	struct hft_thread *thread;
	struct hft_reader *reader;
	struct hft_gauge *gauge;
	int i;

	for (i = 0; i < 20; i++) {
		CHECK_EQ(init_private(1, 256), 0);
		thread = hft_thread_attach("main");
		counter = hft_counter(thread, "n");
		gauge = hft_gauge("g");
		hft_fini();
		hft_counter_add(counter, 1);
		hft_gauge_set(gauge, 1);
		CHECK_EQ(init_private(1, 256), 0);
		hft_counter_add(counter, 1);
		hft_gauge_set(gauge, 1);
		again = hft_counter(hft_thread_attach("main"), "n");
		hft_counter_add(again, 1);
		CHECK_EQ(open_values(&reader, &values), 1);
		CHECK_EQ(values[0].value, 1);
		hft_reader_close(reader);
		hft_fini();
	}
	return 0;
}

static void say_ready(int fd)
{
	if (write(fd, "", 1) != 1)
		_exit(9);
}

/* Two processes: seen alone, together, and when one was killed. */
static int processes(void)
{
	const struct hft_value_info *values;
	struct hft_live live = { .size = sizeof(live), .flags = HFT_LIVE_ALL_PROCESSES };
	struct hft_reader *reader;
	int ready[2], status, i, n, mine = 0;
	pid_t pid[2];
	char byte;

	CHECK_EQ(pipe(ready), 0);
	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		init_private(1, 256);
		hft_counter_add(hft_counter(hft_thread_attach("p"), "n"), 10 + i);
		say_ready(ready[1]);
		pause();
	}
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	CHECK_EQ(open_process(&reader, pid[1], 0), 0);
	CHECK_EQ(hft_reader_values(reader, &values), 1);
	CHECK_EQ(values[0].value, 11);
	CHECK_EQ(values[0].process_ended, 0);
	kill(pid[1], SIGKILL);
	CHECK_EQ(waitpid(pid[1], &status, 0), pid[1]);
	CHECK_EQ(hft_reader_values(reader, &values), 1);
	CHECK_EQ(values[0].value, 11);
	CHECK_EQ(values[0].process_ended, 1);
	hft_reader_close(reader);
	/* The dead's can still be opened. */
	CHECK_EQ(hft_reader_open_live(&reader, &live), 0);
	n = hft_reader_values(reader, &values);
	for (i = 0; i < n; i++) {
		if (values[i].tgid == pid[0])
			mine += values[i].value == 10 && !values[i].process_ended;
		if (values[i].tgid == pid[1])
			mine += values[i].value == 11 && values[i].process_ended;
	}
	CHECK_EQ(mine, 2);
	hft_reader_close(reader);
	kill(pid[0], SIGKILL);
	waitpid(pid[0], &status, 0);
	remove_region(pid[0]);
	remove_region(pid[1]);
	return 0;
}

KTAP_MAIN({ "counters sum, gauges hold the last", counts_and_levels },
	  { "threads at once lose nothing, and need no ring", threads_at_once },
	  { "threads in turn go on with one line", threads_in_turn },
	  { "detaching leaves the counters", detached },
	  { "what is refused is harmless, and counted", refusals },
	  { "a child of fork counts for itself, one of vfork for its parent", forked },
	  { "handles after hft_fini() are harmless", after_fini },
	  { "processes, alive and killed", processes })
