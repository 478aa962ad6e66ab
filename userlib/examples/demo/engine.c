// SPDX-License-Identifier: LGPL-2.1
/* demo-engine: polls a feed's messages and answers some with an order, each tick a span. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <hftrace.h>

#include "hot.h"
#include "options.h"
#include "shared.h"
#include "trader.h"

#define STACK_BYTES	(256 * 1024)
#define RING_SLOTS	65536	/* a second and more, should the reader be late */

static const char usage[] =
	"usage: demo-engine [-c CPU] [-k CPU] [-f PRIORITY] [-s NAME] [-p]\n"
	"\n"
	"Waits for demo-feed, keeps a book, answers some messages with an order. Each message\n"
	"is a span \"tick_to_order\" whose id is the message's number, each order a mark\n"
	"\"order_sent\". Prints its numbers when the feed ends; demo-offline prints the same.\n"
	"\n"
	"  -c CPU        the trading thread's, best an isolated one; 1 unless given\n"
	"  -k CPU        everything else's; 0 unless given\n"
	"  -f PRIORITY   the trading thread is SCHED_FIFO, 1 to 98; else SCHED_OTHER\n"
	"  -s NAME       shared memory, where the feed finds it; " SHARED_NAME " unless given\n"
	"  -p            private memory for hftrace's rings, even if the module is there\n"
	"\n"
	"example:\n"
	"  demo-engine -c 1 > engine.txt &\n"
	"  demo-feed -t 10 feed.itch\n";

struct engine {
	struct shared *shared;
	struct trader trader;
	int cpu, housekeeping, priority;
	__u32 span, order_sent;
	pthread_barrier_t ready;
	int error;
};

/* Where a signal handler finds it. */
static struct shared *running;

static void stop(int signal)
{
	(void)signal;
	if (running)
		atomic_store(&running->stop, 1);
}

static inline void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield");
#endif
}

/* 0 when the feed has ended, -ECANCELED when told to stop, or what trader_tick() says. */
DEMO_HOT static int poll_feed(struct engine *engine, struct hft_thread *thread)
{
	struct shared *shared = engine->shared;
	struct trader *trader = &engine->trader;
	const struct shared_message *message;
	struct strategy_order order = {};
	__u64 start, deeds, deeds_met = 0, busy = 0;
	int answer;

	for (;;) {
		message = queue_front(&shared->feed);
		if (!message) {
			if (atomic_load_explicit(&shared->stop, memory_order_relaxed))
				return -ECANCELED;
			relax();
			continue;
		}
		if (!message->length)
			return 0;
		start = hft_ticks();
		deeds = atomic_load_explicit(&shared->deeds, memory_order_acquire);
		hft_span_begin(thread, engine->span, trader->ticks + 1);
		shared_touch_scratch(shared, trader->ticks);
		answer = trader_tick(trader, message->bytes, message->length, &order);
		if (answer > 0) {
			while (!queue_push(&shared->orders, &order, sizeof(order)))
				relax();
			hft_mark(thread, engine->order_sent, order.number);
		}
		hft_span_end(thread);
		if (answer < 0)
			return answer;
		queue_pop(&shared->feed);
		if (deeds != deeds_met)
			shared_meet_deeds(shared, deeds_met = deeds);
		busy += hft_ticks() - start;
		atomic_store_explicit(&shared->busy, busy, memory_order_relaxed);
		atomic_store_explicit(&shared->ticks, trader->ticks, memory_order_release);
	}
}

static int pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static int enter_cpu(const struct engine *engine)
{
	struct sched_param param = { .sched_priority = engine->priority };
	int err = pin(engine->cpu);

	if (err) {
		fprintf(stderr, "demo-engine: CPU %d: %s; choose one with -c\n", engine->cpu,
			strerror(-err));
		return err;
	}
	if (engine->priority && sched_setscheduler(0, SCHED_FIFO, &param)) {
		err = -errno;
		fprintf(stderr, "demo-engine: SCHED_FIFO: %s; run as root or leave out -f\n",
			strerror(-err));
	}
	return err;
}

static void *trade(void *argument)
{
	struct engine *engine = argument;
	struct hft_thread *thread;

	pthread_setname_np(pthread_self(), "engine");
	engine->error = enter_cpu(engine);
	thread = hft_thread_attach("engine");
	/* Its stack is there, the rest may be locked; then all is ready. */
	pthread_barrier_wait(&engine->ready);
	pthread_barrier_wait(&engine->ready);
	if (!engine->error) {
		engine->error = poll_feed(engine, thread);
		if (engine->error && engine->error != -ECANCELED)
			fprintf(stderr, "demo-engine: message %llu: %s\n",
				(unsigned long long)engine->trader.ticks + 1,
				strerror(-engine->error));
	}
	hft_thread_detach(thread);
	return NULL;
}

static int start_thread(pthread_t *thread, void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;
	int err;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	err = pthread_create(thread, &attributes, run, argument);
	pthread_attr_destroy(&attributes);
	if (err)
		fprintf(stderr, "demo-engine: pthread_create: %s\n", strerror(err));
	return -err;
}

/* All that is mapped so far is present and stays; the scratch pages come after it. */
static int lock_memory(struct engine *engine)
{
	int err;

	if (mlockall(MCL_CURRENT)) {
		err = -errno;
		fprintf(stderr, "demo-engine: mlockall: %s; run as root or raise ulimit -l\n",
			strerror(-err));
		return err;
	}
	err = sibling_prepare(engine->shared);
	if (err)
		fprintf(stderr, "demo-engine: mmap: %s\n", strerror(-err));
	return err;
}

static int run_threads(struct engine *engine)
{
	pthread_t trading, sibling;
	int err;

	err = start_thread(&sibling, sibling_run, engine->shared);
	if (err)
		return err;
	pthread_setname_np(sibling, SIBLING_NAME);
	err = start_thread(&trading, trade, engine);
	if (err)
		goto out_sibling;
	pthread_barrier_wait(&engine->ready);
	err = lock_memory(engine);
	if (err)
		engine->error = err;
	if (!engine->error)
		atomic_store(&engine->shared->state, SHARED_READY);
	pthread_barrier_wait(&engine->ready);
	pthread_join(trading, NULL);
	err = engine->error;

out_sibling:
	sibling_ask(engine->shared, SIBLING_END);
	pthread_join(sibling, NULL);
	return err;
}

static void prepare_tracing(struct engine *engine, __u32 flags)
{
	const struct hft_options options = {
		.size = sizeof(options),
		.rings = 4,
		.ring_slots = RING_SLOTS,
		.flags = flags,
	};
	struct hft_status status = { .size = sizeof(status) };
	int err = hft_init(&options);

	/* An engine trades without its tracer, but says so. */
	if (err)
		fprintf(stderr, "demo-engine: not traced: %s\n", strerror(-err));
	else if (!hft_status(&status))
		fprintf(stderr, "demo-engine: %s\n", status.text);
	engine->span = hft_name("tick_to_order");
	engine->order_sent = hft_name("order_sent");
}

static int run(struct engine *engine, const char *name, __u32 flags)
{
	int err;

	err = pin(engine->housekeeping);
	if (err) {
		fprintf(stderr, "demo-engine: CPU %d: %s; choose one with -k\n",
			engine->housekeeping, strerror(-err));
		return err;
	}
	err = shared_create(&engine->shared, name);
	if (err) {
		fprintf(stderr, "demo-engine: shared memory %s: %s\n", name,
			err == -EEXIST ? "another engine uses it; choose one with -s" :
					 strerror(-err));
		return err;
	}
	engine->shared->engine_priority = engine->priority;
	running = engine->shared;
	err = trader_init(&engine->trader);
	if (err)
		goto out_shared;
	prepare_tracing(engine, flags);
	err = run_threads(engine);
	if (!err || err == -ECANCELED)
		trader_print(&engine->trader, stdout);
	hft_fini();
	trader_uninit(&engine->trader);

out_shared:
	running = NULL;
	shared_remove(engine->shared, name, err ? SHARED_FAILED : SHARED_DONE);
	return err;
}

int main(int argc, char **argv)
{
	struct engine own = { .cpu = 1 };
	const char *name = SHARED_NAME;
	__u32 flags = 0;
	int option;

	while ((option = getopt_long(argc, argv, "c:k:f:s:ph", options_help, NULL)) != -1) {
		switch (option) {
		case 'c':
			own.cpu = option_number("demo-engine", "-c", optarg, 0, CPU_SETSIZE - 1);
			break;
		case 'k':
			own.housekeeping = option_number("demo-engine", "-k", optarg, 0,
							 CPU_SETSIZE - 1);
			break;
		case 'f':
			own.priority = option_number("demo-engine", "-f", optarg, 1, 98);
			break;
		case 's':
			name = optarg;
			break;
		case 'p':
			flags = HFT_OPTION_PRIVATE;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc != optind) {
		fputs(usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	pthread_barrier_init(&own.ready, NULL, 2);
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	return run(&own, name, flags) ? EXIT_FAILURE : EXIT_SUCCESS;
}
