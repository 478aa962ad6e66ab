// SPDX-License-Identifier: LGPL-2.1
/* demo-feed: the exchange: replays a file of messages to the engine, takes its orders. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hftrace.h>

#include "fold.h"
#include "options.h"
#include "shared.h"
#include "trader.h"

#define STEP_NS		1000000LL	/* messages go out in bursts, one each step */
#define ADJUST_STEPS	100
#define RATE_FIRST	1000.0		/* messages/s, until the engine's cost is known */
#define RATE_PACED	40000.0		/* the most that it takes by itself */
#define RATE_MAX	200000

static const char usage[] =
	"usage: demo-feed [-k CPU] [-f PRIORITY] [-r RATE | -b PERCENT] [-t SECONDS] [-s NAME] FILE\n"
	"\n"
	"Replays FILE, which demo-feed-gen has made, to demo-engine; nothing is dropped.\n"
	"\n"
	"  -k CPU        where to run; 0 unless given\n"
	"  -f PRIORITY   SCHED_FIFO, 1 to 98, so that others there cannot starve the engine\n"
	"  -r RATE       messages per second\n"
	"  -b PERCENT    as many as keep the engine busy so much of the time; 70 unless given\n"
	"  -t SECONDS    end then, though FILE has not ended; so does SIGTERM\n"
	"  -s NAME       the engine's shared memory; " SHARED_NAME " unless given\n"
	"\n"
	"Prints how many messages it sent, how many orders came back, and their checksum.\n"
	"\n"
	"example:\n"
	"  demo-feed -r 20000 -t 10 feed.itch\n";

struct feed {
	struct shared *shared;
	struct itch_file file;
	double rate;		/* messages/s now */
	int percent;		/* 0: the rate is fixed */
	__u64 sent;
	__u64 orders;
	__u64 orders_sum;
	int file_ended;

	/* When the rate was last adjusted. */
	__u64 clock, busy, ticks;
};

static volatile sig_atomic_t told_to_stop;

static void stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(long long ns)
{
	const struct timespec when = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static void take_orders(struct feed *feed)
{
	const struct strategy_order *order;

	while ((order = queue_front(&feed->shared->orders))) {
		feed->orders++;
		feed->orders_sum = trader_fold_order(feed->orders_sum, order);
		queue_pop(&feed->shared->orders);
	}
}

/* As much of `count` as there is room for. */
static int send_messages(struct feed *feed, unsigned int count)
{
	struct shared_message message;
	const __u8 *bytes;
	size_t length, at;
	int more;

	while (count--) {
		at = feed->file.at;
		more = itch_next(&feed->file, &bytes, &length);
		if (more <= 0) {
			feed->file_ended = 1;
			return more;
		}
		message.length = length;
		memcpy(message.bytes, bytes, length);
		if (!queue_push(&feed->shared->feed, &message, sizeof(message))) {
			feed->file.at = at;
			return 0;
		}
		feed->sent++;
	}
	return 0;
}

/* A slow engine gets less, so that most of its time, not all, is spent in spans. */
static void adjust_rate(struct feed *feed, double seconds)
{
	__u64 ticks = atomic_load(&feed->shared->ticks), busy = atomic_load(&feed->shared->busy);
	__u64 clock = hft_ticks();
	double cost, rate;

	if (feed->percent && ticks > feed->ticks && clock > feed->clock) {
		cost = seconds * (busy - feed->busy) / (clock - feed->clock);
		cost /= ticks - feed->ticks;
		rate = feed->percent / 100.0 / cost;
		if (rate > RATE_PACED)
			rate = RATE_PACED;
		/* The first time at once, then smoothly: a pause of the machine is no trend. */
		feed->rate = feed->rate == RATE_FIRST ? rate : 0.8 * feed->rate + 0.2 * rate;
	}
	feed->ticks = ticks;
	feed->busy = busy;
	feed->clock = clock;
}

static int engine_failed(const struct feed *feed)
{
	__u32 state = atomic_load(&feed->shared->state);

	return state == SHARED_FAILED ||
	       (state == SHARED_READY && !shared_engine_lives(feed->shared));
}

static int replay(struct feed *feed, long long length_ns)
{
	long long start = now_ns(), next = start, adjusted = start, last = start, now;
	double due = 0;
	unsigned int steps = 0;
	int err = 0;

	while (!err && !feed->file_ended && !told_to_stop) {
		next += STEP_NS;
		sleep_until(next);
		now = now_ns();
		if (length_ns && now - start >= length_ns)
			break;
		/* Late: go on from here, and catch up a little only. */
		if (now > next)
			next = now;
		due += feed->rate * (now - last > 4 * STEP_NS ? 4 * STEP_NS : now - last) / 1e9;
		last = now;
		err = send_messages(feed, due);
		due -= (unsigned int)due;
		take_orders(feed);
		if (++steps % ADJUST_STEPS == 0) {
			adjust_rate(feed, (now - adjusted) / 1e9);
			adjusted = now;
			if (engine_failed(feed))
				err = -ECONNRESET;
		}
	}
	return err;
}

/* The end's mark, then what the engine still sends. */
static int finish(struct feed *feed)
{
	const struct shared_message end = {};
	int marked = 0;

	while (atomic_load(&feed->shared->state) != SHARED_DONE) {
		if (engine_failed(feed))
			return -ECONNRESET;
		if (!marked)
			marked = queue_push(&feed->shared->feed, &end, sizeof(end));
		take_orders(feed);
		sleep_until(now_ns() + STEP_NS);
	}
	take_orders(feed);
	return 0;
}

static int run(struct feed *feed, const char *name, const char *path, long long length_ns)
{
	int err, ended;

	err = itch_open(&feed->file, path);
	if (err) {
		fprintf(stderr, "demo-feed: %s: %s\n", path, strerror(-err));
		return err;
	}
	err = shared_open(&feed->shared, name, 10);
	if (err) {
		fprintf(stderr, "demo-feed: shared memory %s: %s; is demo-engine running?\n", name,
			strerror(-err));
		goto out_file;
	}
	feed->clock = hft_ticks();
	err = replay(feed, length_ns);
	if (err == -EBADMSG)
		fprintf(stderr, "demo-feed: %s is cut off or no ITCH file\n", path);
	ended = err == -ECONNRESET ? err : finish(feed);
	if (ended == -ECONNRESET)
		fprintf(stderr, "demo-feed: the engine is gone\n");
	if (!err)
		err = ended;
	if (!err)
		printf("messages %llu\norders %llu\norder_checksum %016llx\n",
		       (unsigned long long)feed->sent, (unsigned long long)feed->orders,
		       (unsigned long long)feed->orders_sum);
	fprintf(stderr, "demo-feed: %.0f messages/s at the end\n", feed->rate);
	shared_close(feed->shared);

out_file:
	itch_close(&feed->file);
	return err;
}

static int settle(int cpu, int priority)
{
	struct sched_param param = { .sched_priority = priority };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		fprintf(stderr, "demo-feed: CPU %d: %s\n", cpu, strerror(errno));
		return -1;
	}
	if (priority && sched_setscheduler(0, SCHED_FIFO, &param)) {
		fprintf(stderr, "demo-feed: SCHED_FIFO: %s; run as root or leave out -f\n",
			strerror(errno));
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct feed feed = { .rate = RATE_FIRST, .percent = 70, .orders_sum = FOLD_START };
	const char *name = SHARED_NAME;
	__u64 seconds = 0;
	int option, cpu = 0, priority = 0;

	while ((option = getopt_long(argc, argv, "k:f:r:b:t:s:h", options_help, NULL)) != -1) {
		switch (option) {
		case 'k':
			cpu = option_number("demo-feed", "-k", optarg, 0, CPU_SETSIZE - 1);
			break;
		case 'f':
			priority = option_number("demo-feed", "-f", optarg, 1, 98);
			break;
		case 'r':
			feed.rate = option_number("demo-feed", "-r", optarg, 1, RATE_MAX);
			feed.percent = 0;
			break;
		case 'b':
			feed.percent = option_number("demo-feed", "-b", optarg, 1, 99);
			feed.rate = RATE_FIRST;
			break;
		case 't':
			seconds = option_number("demo-feed", "-t", optarg, 1, 86400);
			break;
		case 's':
			name = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return OPTIONS_WRONG_USE;
	}
	if (settle(cpu, priority))
		return EXIT_FAILURE;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	return run(&feed, name, argv[optind], seconds * 1000000000LL) ? EXIT_FAILURE : EXIT_SUCCESS;
}
