// SPDX-License-Identifier: LGPL-2.1
/* demo-mischief: disturbs demo-engine in the ways of real systems, and keeps a log of it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mischief.h"
#include "options.h"

#define KINDS	6

static const struct mischief_kind *const kinds[KINDS] = {
	&mischief_fault, &mischief_zap, &mischief_tlb, &mischief_task, &mischief_timer,
	&mischief_irq,
};

static void print_usage(FILE *stream)
{
	size_t i;

	fputs("usage: demo-mischief [OPTION]... LOG\n"
	      "\n"
	      "Disturbs demo-engine at random times. LOG gets a line for each act: kind, clock ticks\n"
	      "before and after, and by what it can be recognized.\n"
	      "\n"
	      "  -m KINDS      which, with commas between; all unless given\n"
	      "  -r RATE       acts per second; 60 unless given\n"
	      "  -t SECONDS    10 unless given; SIGTERM ends it too\n"
	      "  -e SEED       1 unless given\n"
	      "  -c CPU        the engine's; 1 unless given\n"
	      "  -k CPU        its own; 0 unless given\n"
	      "  -i DEVICE     serial port for kind irq; /dev/ttyS3 unless given\n"
	      "  -s NAME       the engine's shared memory; " SHARED_NAME " unless given\n"
	      "\n"
	      "Kinds:\n", stream);
	for (i = 0; i < KINDS; i++)
		fprintf(stream, "  %-13s %s\n", kinds[i]->name, kinds[i]->summary);
	fputs("\n"
	      "A line \"ready\" on standard output says that the first act comes next.\n"
	      "\n"
	      "example:\n"
	      "  demo-mischief -m fault,task -t 5 acts.csv\n", stream);
}

static volatile sig_atomic_t told_to_stop;

static void stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

int mischief_failed(const char *what, int err)
{
	fprintf(stderr, "demo-mischief: %s: %s\n", what, strerror(-err));
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

static int disturb(struct mischief *mischief, __u64 chosen, unsigned int rate, unsigned int seconds)
{
	__u64 end = now_ns() + seconds * 1000000000ULL, acts = 0;
	struct act act;
	size_t kind;
	int err;

	while (!told_to_stop && now_ns() < end && shared_engine_lives(mischief->shared)) {
		pause_between(mischief, rate);
		do {
			kind = random_below(&mischief->random, KINDS);
		} while (!(chosen >> kind & 1));
		act = (struct act){ .kind = kinds[kind]->name, .irq = -1 };
		err = kinds[kind]->act(mischief, &act);
		if (err)
			return err;
		mischief_write(mischief, &act);
		acts++;
	}
	fprintf(stderr, "demo-mischief: %llu acts\n", (unsigned long long)acts);
	return 0;
}

static int run(struct mischief *mischief, __u64 chosen, unsigned int rate, unsigned int seconds)
{
	size_t i, prepared;
	int err = 0;

	for (prepared = 0; !err && prepared < KINDS; prepared++)
		if (chosen >> prepared & 1 && kinds[prepared]->prepare)
			err = kinds[prepared]->prepare(mischief);
	if (!err) {
		puts("ready");
		fflush(stdout);
		err = disturb(mischief, chosen, rate, seconds);
	}
	for (i = 0; i < prepared; i++)
		if (chosen >> i & 1 && kinds[i]->clean_up)
			kinds[i]->clean_up(mischief);
	return err;
}

/* Bits of kinds[]; ends the program when a name is not known. */
static __u64 parse_kinds(char *text)
{
	char *name, *rest = NULL;
	__u64 chosen = 0;
	size_t i;

	for (name = strtok_r(text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		for (i = 0; i < KINDS && strcmp(name, kinds[i]->name); i++)
			;
		if (i == KINDS) {
			fprintf(stderr, "demo-mischief: no kind '%s'; see --help\n", name);
			exit(OPTIONS_WRONG_USE);
		}
		chosen |= 1ULL << i;
	}
	if (!chosen) {
		fputs("demo-mischief: -m needs a kind; see --help\n", stderr);
		exit(OPTIONS_WRONG_USE);
	}
	return chosen;
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
		return mischief_failed("waiting for demo-engine", err);
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
	unsigned int rate = 60, seconds = 10, housekeeping = 0;
	__u64 chosen = (1ULL << KINDS) - 1, seed = 1;
	const char *name = SHARED_NAME;
	int option, err;

	while ((option = getopt_long(argc, argv, "m:r:t:e:c:k:i:s:h", options_help, NULL)) != -1) {
		switch (option) {
		case 'm':
			chosen = parse_kinds(optarg);
			break;
		case 'r':
			rate = option_number("demo-mischief", "-r", optarg, 1, 1000);
			break;
		case 't':
			seconds = option_number("demo-mischief", "-t", optarg, 1, 86400);
			break;
		case 'e':
			seed = option_number("demo-mischief", "-e", optarg, 0, ~0ULL);
			break;
		case 'c':
			own.cpu = option_number("demo-mischief", "-c", optarg, 0,
						CPU_SETSIZE - 1);
			break;
		case 'k':
			housekeeping = option_number("demo-mischief", "-k", optarg, 0,
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
	own.random = random_from(seed);
	err = open_all(&own, name, argv[optind], housekeeping);
	if (err)
		return EXIT_FAILURE;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	err = run(&own, chosen, rate, seconds);
	if (fclose(own.log) && !err)
		err = mischief_failed(argv[optind], -errno);
	shared_close(own.shared);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
