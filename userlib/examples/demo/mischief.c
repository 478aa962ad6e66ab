// SPDX-License-Identifier: LGPL-2.1
/* Disturbs an engine in the ways of real systems, and keeps a log of it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mischief.h"
#include "options.h"

#define KINDS_MAX	64
#define COUNT_MAX	1000
#define LETTERS		"m:r:t:n:e:c:k:i:s:h"
/* An act that took longer was one while the machine below did not run its CPU. */
#define LONG_NS		1000000
#define TRIES		6	/* so many times as many acts at most, for those */

static void print_usage(FILE *stream)
{
	size_t i;

	fprintf(stream, "usage: %s [OPTION]... LOG\n", mischief_name);
	fputs("\n"
	      "Disturbs an engine at random times. LOG gets a line for each act: kind, clock ticks\n"
	      "before and after, and by what it can be recognized.\n"
	      "\n"
	      "  -m KINDS      which, with commas between; all unless given\n"
	      "  -r RATE       acts per second; 60 unless given\n"
	      "  -t SECONDS    10 unless given; SIGTERM ends it too\n"
	      "  -n COUNT      ends when each kind has been there so many times\n"
	      "  -e SEED       1 unless given\n"
	      "  -c CPU        the engine's; 1 unless given\n"
	      "  -k CPU        its own; 0 unless given\n"
	      "  -i DEVICE     serial port for kind irq; /dev/ttyS3 unless given\n"
	      "  -s NAME       the engine's shared memory; " SHARED_NAME " unless given\n"
	      "\n"
	      "Kinds:\n", stream);
	for (i = 0; mischief_kinds[i]; i++)
		fprintf(stream, "  %-13s %s\n", mischief_kinds[i]->name,
			mischief_kinds[i]->summary);
	fputs("\n"
	      "A line \"ready\" on standard output says that the first act comes next.\n", stream);
	fprintf(stream, "\nexample:\n  %s -m fault,task -t 5 acts.csv\n", mischief_name);
}

static volatile sig_atomic_t told_to_stop;

static void stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

int mischief_failed(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", mischief_name, what, strerror(-err));
	return err;
}

int mischief_read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	int err = 0;

	if (!file)
		return -errno;
	if (!fgets(line, size, file))
		err = -EIO;
	else
		line[strcspn(line, "\n")] = 0;
	fclose(file);
	return err;
}

int mischief_write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, line, strlen(line)) < 0)
		err = -errno;
	close(fd);
	return err;
}

void mischief_write(const struct mischief *mischief, const struct act *act)
{
	fprintf(mischief->log, "%s,%llu,%llu,%d,%s,%d,%#llx,%llu\n", act->kind,
		(unsigned long long)act->start, (unsigned long long)act->end, act->tid,
		act->comm ? act->comm : "-", act->irq, (unsigned long long)act->address,
		(unsigned long long)act->bytes);
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* On average 1/rate, never less than a tenth of it, so that acts stay apart. */
static void pause_between(struct mischief *mischief, unsigned int rate)
{
	__u64 mean = 1000000000ULL / rate;
	__u64 ns = mean / 10 + random_below(&mischief->random, mean * 18 / 10);
	const struct timespec length = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	nanosleep(&length, NULL);
}

/* The kinds as they come: each is as likely as it has acts left. */
struct plan {
	__u32 left[KINDS_MAX];	/* acts */
	__u32 tries[KINDS_MAX];	/* that may still be made for them */
	__u32 all;
	unsigned int rate;	/* a second */
	unsigned int seconds;
	bool counted;		/* else it goes on until the time is over */
};

static size_t choose(struct mischief *mischief, const struct plan *plan)
{
	__u32 at = random_below(&mischief->random, plan->all);
	size_t kind;

	for (kind = 0; at >= plan->left[kind]; kind++)
		at -= plan->left[kind];
	return kind;
}

/* One that took too long does not count, if there are tries left. */
static void count_act(struct plan *plan, size_t kind, __u64 ns)
{
	__u32 fewer = ns < mischief_kinds[kind]->usual_ns + LONG_NS;

	if (!plan->counted)
		return;
	if (!--plan->tries[kind])
		fewer = plan->left[kind];
	plan->left[kind] -= fewer;
	plan->all -= fewer;
}

static int disturb(struct mischief *mischief, struct plan *plan)
{
	__u64 end = now_ns() + plan->seconds * 1000000000ULL, acts = 0, start;
	struct act act;
	size_t kind;
	int err;

	while (!told_to_stop && plan->all && now_ns() < end &&
	       shared_engine_lives(mischief->shared)) {
		pause_between(mischief, plan->rate);
		kind = choose(mischief, plan);
		act = (struct act){ .kind = mischief_kinds[kind]->name, .irq = -1 };
		start = now_ns();
		err = mischief_kinds[kind]->act(mischief, &act);
		if (err)
			return err;
		count_act(plan, kind, now_ns() - start);
		mischief_write(mischief, &act);
		acts++;
	}
	fprintf(stderr, "%s: %llu acts\n", mischief_name, (unsigned long long)acts);
	return 0;
}

static int run(struct mischief *mischief, struct plan *plan)
{
	size_t i, prepared;
	int err = 0;

	for (prepared = 0; !err && mischief_kinds[prepared]; prepared++)
		if (plan->left[prepared] && mischief_kinds[prepared]->prepare)
			err = mischief_kinds[prepared]->prepare(mischief);
	if (!err) {
		puts("ready");
		fflush(stdout);
		err = disturb(mischief, plan);
	}
	for (i = 0; i < prepared; i++)
		if (mischief_kinds[i]->clean_up)
			mischief_kinds[i]->clean_up(mischief);
	return err;
}

/* Fills the plan: `count` of each of the kinds in `text`, NULL: of all. */
static void plan_kinds(struct plan *plan, char *text, unsigned int count)
{
	char *name, *rest = NULL;
	size_t i;

	for (i = 0; !text && mischief_kinds[i]; i++)
		plan->left[i] = count;
	for (name = text ? strtok_r(text, ",", &rest) : NULL; name;
	     name = strtok_r(NULL, ",", &rest)) {
		for (i = 0; mischief_kinds[i] && strcmp(name, mischief_kinds[i]->name); i++)
			;
		if (!mischief_kinds[i]) {
			fprintf(stderr, "%s: no kind '%s'; see --help\n", mischief_name, name);
			exit(OPTIONS_WRONG_USE);
		}
		plan->left[i] = count;
	}
	for (i = 0; i < KINDS_MAX; i++) {
		plan->tries[i] = TRIES * plan->left[i];
		plan->all += plan->left[i];
	}
	if (!plan->all) {
		fprintf(stderr, "%s: -m needs a kind; see --help\n", mischief_name);
		exit(OPTIONS_WRONG_USE);
	}
}

static int open_all(struct mischief *mischief, const char *name, const char *path, int housekeeping)
{
	cpu_set_t set;
	int err;

	CPU_ZERO(&set);
	CPU_SET(housekeeping, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return mischief_failed("its CPU", -errno);
	err = shared_open(&mischief->shared, name, 10);
	if (err)
		return mischief_failed("waiting for the engine", err);
	mischief->log = fopen(path, "we");
	if (!mischief->log) {
		shared_close(mischief->shared);
		return mischief_failed(path, -errno);
	}
	fputs("# kind,start_tsc,end_tsc,tid,comm,irq,address,bytes\n", mischief->log);
	return 0;
}

int main(int argc, char **argv)
{
	struct mischief own = { .cpu = 1, .irq_device = "/dev/ttyS3" };
	struct plan plan = { .rate = 60, .seconds = 10 };
	unsigned int housekeeping = 0, count = 1;
	const char *name = SHARED_NAME;
	char *kinds = NULL;
	__u64 seed = 1;
	int option, err;

	while ((option = getopt_long(argc, argv, LETTERS, options_help, NULL)) != -1) {
		switch (option) {
		case 'm':
			kinds = optarg;
			break;
		case 'r':
			plan.rate = option_number(mischief_name, "-r", optarg, 1, 1000);
			break;
		case 't':
			plan.seconds = option_number(mischief_name, "-t", optarg, 1, 86400);
			break;
		case 'n':
			count = option_number(mischief_name, "-n", optarg, 1, COUNT_MAX);
			plan.counted = true;
			break;
		case 'e':
			seed = option_number(mischief_name, "-e", optarg, 0, ~0ULL);
			break;
		case 'c':
			own.cpu = option_number(mischief_name, "-c", optarg, 0,
						CPU_SETSIZE - 1);
			break;
		case 'k':
			housekeeping = option_number(mischief_name, "-k", optarg, 0,
						     CPU_SETSIZE - 1);
			break;
		case 'i':
			own.irq_device = optarg;
			break;
		case 's':
			name = optarg;
			break;
		case 'h':
			print_usage(stdout);
			return 0;
		default:
			return OPTIONS_WRONG_USE;
		}
	}
	if (argc - optind != 1) {
		print_usage(stderr);
		return OPTIONS_WRONG_USE;
	}
	plan_kinds(&plan, kinds, count);
	own.random = random_from(seed);
	err = open_all(&own, name, argv[optind], housekeeping);
	if (err)
		return EXIT_FAILURE;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	err = run(&own, &plan);
	if (fclose(own.log) && !err)
		err = mischief_failed(argv[optind], -errno);
	shared_close(own.shared);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
