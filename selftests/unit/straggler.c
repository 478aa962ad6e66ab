// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that still writes while another one calls hft_fini(): what it writes is
 * nobody's, and never lies outside of what was its ring.
 */
#include "ktap.h"
#include "live.h"
#include "steps.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define SLOTS	65536U		/* a ring that reaches far beyond what a handle without one has */
#define FAR	(SLOTS - 200)

/* With the process that is stopped: when hft_fini() is called, and that it was. */
static struct shared {
	long call_at;
	int wanted, done;
} *shared;

static struct hft_thread *thread;

static void mark(void)
{
	hft_mark(thread, 1, 1);
}

static void span(void)
{
	hft_span_begin(thread, 1, 1);
	hft_span_end(thread);
}

static void line(void)
{
	HFT_INFO(thread, "%d and %s", 1, "text");
}

static void trigger(void)
{
	hft_trigger(thread, 1, 1);
}

static void (*const calls[])(void) = { mark, span, line, trigger };
static unsigned int chosen;

static void *ends_all(void *unused)
{
	for (;;) {
		while (!__atomic_load_n(&shared->wanted, __ATOMIC_ACQUIRE))
			usleep(50);
		hft_fini();
		shared->wanted = 0;
		__atomic_store_n(&shared->done, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* Over and over, with hft_fini() one instruction later each time. */
static void work(struct steps *steps)
{
	pthread_t other;

	if (pthread_create(&other, NULL, ends_all, NULL))
		_exit(2);
	do {
		hft_fini();
		if (init_private(1, SLOTS))
			_exit(3);
		thread = hft_thread_attach("straggler");
		calls[chosen]();
		thread->ctl->head = FAR;
		steps->at = 0;
		shared->call_at++;
		shared->done = 0;
		steps_begin(steps);
		calls[chosen]();
		steps_end(steps);
	} while (shared->done);
}

static void look(struct steps *steps, pid_t pid)
{
	(void)pid;
	if (++steps->at != shared->call_at)
		return;
	__atomic_store_n(&shared->wanted, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&shared->done, __ATOMIC_ACQUIRE))
		usleep(50);
	/* the rest of the call at full speed */
	steps->on = 0;
}

static int fini_at_every_instruction(void)
{
	struct steps *steps = steps_make();

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	CHECK(steps && shared != MAP_FAILED);
	for (chosen = 0; chosen < ARRAY_SIZE(calls); chosen++) {
		*shared = (struct shared){ 0 };
		*steps = (struct steps){ 0 };
		CHECK_EQ(steps_run(steps, work, look), 0);
		printf("# call %u: hft_fini() at each of %ld instructions\n", chosen,
		       shared->call_at - 1);
		CHECK(shared->call_at > 20);
	}
	return 0;
}

/* A handle is its thread's: another one cannot take its ring away. */
static void *detaches(void *handle)
{
	hft_thread_detach(handle);
	return NULL;
}

static int detach_by_another(void)
{
	struct hft_status status = { .size = sizeof(status) };
	pthread_t other;

	CHECK_EQ(init_private(1, 256), 0);
	thread = hft_thread_attach("owner");
	CHECK_EQ(pthread_create(&other, NULL, detaches, thread), 0);
	pthread_join(other, NULL);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.rings_used, 1);
	CHECK_EQ(thread->enable, 1);
	hft_thread_detach(thread);
	CHECK_EQ(hft_status(&status), 0);
	CHECK_EQ(status.rings_used, 0);
	hft_fini();
	return 0;
}

/* Handed back by another thread, had again by its own. */
static int attach_again(void)
{
	struct hft_reader *reader;
	struct hft_record rec;
	pthread_t other;
	int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	CHECK(shared != MAP_FAILED);
	CHECK_EQ(pthread_create(&other, NULL, ends_all, NULL), 0);
	for (i = 0; i < 5; i++) {
		CHECK_EQ(init_private(2, 256), 0);
		CHECK(!thread || thread == hft_thread_attach("again"));
		thread = hft_thread_attach("again");
		hft_span_begin(thread, 1, 1);
		hft_mark(thread, 1, i);
		CHECK_EQ(open_self(&reader), 0);
		hft_reader_settle(reader);
		CHECK_EQ(hft_reader_rings(reader), 1);
		CHECK_EQ(hft_reader_next(reader, &rec), 0);
		CHECK_EQ(((const struct hft_rec_mark *)rec.payload)->value, i);
		hft_reader_close(reader);
		shared->done = 0;
		__atomic_store_n(&shared->wanted, 1, __ATOMIC_RELEASE);
		while (!__atomic_load_n(&shared->done, __ATOMIC_ACQUIRE))
			usleep(50);
		hft_span_end(thread);
		hft_mark(thread, 1, 666);
		hft_span_begin(thread, 1, 1);
		hft_span_end(thread);
	}
	return 0;
}

static long resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long size, resident = -1;

	CHECK(file);
	CHECK_EQ(fscanf(file, "%ld %ld", &size, &resident), 2);
	fclose(file);
	return resident;
}

/* As engines do: all memory that comes is locked. What takes the region's place is not. */
static int all_memory_is_locked(void)
{
	struct hft_counter *counter;
	long before;
	int i;

	if (mlockall(MCL_CURRENT | MCL_FUTURE)) {
		printf("# not tested: this user may lock no memory\n");
		return 0;
	}
	CHECK_EQ(init_private(4, 8192), 0);
	hft_fini();
	before = resident_pages();
	for (i = 0; i < 20; i++) {
		CHECK_EQ(init_private(4, 8192), 0);
		counter = hft_counter(hft_thread_attach(NULL), "n");
		hft_fini();
		hft_counter_add(counter, 1);
	}
	/* less than two regions, for 20 of them */
	CHECK(resident_pages() - before < 2 * 4 * 8192 * 32 / 4096);
	return 0;
}

/* Room for one region and not for two: the handles that are left still point to memory. */
static int little_may_be_locked(void)
{
	struct rlimit limit = { .rlim_cur = 6 << 20, .rlim_max = 6 << 20 };
	struct hft_counter *counter;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) || (!geteuid() && setresuid(65534, 65534, 65534)) ||
	    mlockall(MCL_FUTURE)) {
		printf("# not tested: this user may lock no memory\n");
		return 0;
	}
	CHECK_EQ(init_private(16, 8192), 0);
	counter = hft_counter(hft_thread_attach(NULL), "n");
	hft_fini();
	hft_counter_add(counter, 1);
	return 0;
}

KTAP_MAIN({ "hft_fini() at every instruction of a thread that writes", fini_at_every_instruction },
	  { "a thread detaches itself alone", detach_by_another },
	  { "attached again after another's hft_fini()", attach_again },
	  { "memory that is locked does not pile up", all_memory_is_locked },
	  { "where little may be locked handles stay harmless", little_may_be_locked })
