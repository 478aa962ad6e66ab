// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that write as fast as they can, and two processes that follow them:
 * one ring by ring, the other merged. Results in KTAP.
 */
#include "checker.h"
#include "ktap.h"
#include "writer.h"

#include <errno.h>
#include <getopt.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static struct load load = {
	.records = 10000000,
	.life = 100000,
	.threads = 8,
	.cpus = 2,
	.rings = 16,
	.ring_slots = 16384,
	.signals = true,
};

struct result {
	struct checker checker;
	int err;
};

static struct result *results;

static void write_all(int ready, int finished)
{
	char byte;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	err = writer_begin(&load);
	if (err || write(ready, "", 1) != 1)
		_exit(1);
	err = writer_run(&load);
	/* private memory goes with its process: the readers end first */
	if (read(finished, &byte, 1) < 0)
		_exit(1);
	hft_fini();
	_exit(err ? 1 : 0);
}

static void read_all(pid_t writer, struct result *result, bool merged)
{
	struct checker *c = &result->checker;
	__s32 tgid = writer;
	struct hft_live live = { .size = sizeof(live), .tgids = &tgid, .tgids_count = 1 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* ahead of the writers where that is allowed: else it loses more, no less exactly */
	setpriority(PRIO_PROCESS, 0, -5);
	c->shared = load.shared;
	c->merged = merged;
	result->err = hft_reader_open_live(&c->reader, &live);
	if (!result->err)
		result->err = checker_run(c);
	_exit(0);
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void report(const struct result *result, double seconds)
{
	const struct checker *c = &result->checker;
	uint64_t signals = 0;
	uint32_t i;

	for (i = 0; i < load.shared->lives; i++)
		signals += load.shared->life[i].written[SIGNAL_MARKS];
	printf("# %s: %llu written in %u lives of %u threads, %llu signals\n",
	       c->merged ? "merged" : "ring by ring", (unsigned long long)c->written,
	       load.shared->lives, load.threads, (unsigned long long)signals);
	printf("# %llu read, %llu lost, %llu out of order as committed late, %.1f s\n",
	       (unsigned long long)c->read, (unsigned long long)c->lost,
	       (unsigned long long)c->late, seconds);
}

static int all_is_accounted_for(void)
{
	int ready[2], finished[2], i;
	struct timespec from, to;
	pid_t writer, reader[READERS_MAX];
	double seconds;
	char byte;

	CHECK(!pipe(ready) && !pipe(finished));
	clock_gettime(CLOCK_MONOTONIC, &from);
	writer = fork();
	if (!writer) {
		close(finished[1]);
		close(ready[0]);
		write_all(ready[1], finished[0]);
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	for (i = 0; i < READERS_MAX; i++) {
		reader[i] = fork();
		if (!reader[i]) {
			close(finished[1]);
			read_all(writer, &results[i], i == 1);
		}
	}
	for (i = 0; i < READERS_MAX; i++)
		CHECK(ended_well(reader[i]));
	clock_gettime(CLOCK_MONOTONIC, &to);
	close(finished[1]);
	CHECK(ended_well(writer));
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	for (i = 0; i < READERS_MAX; i++) {
		report(&results[i], seconds);
		if (results[i].checker.wrong[0])
			printf("# %s\n", results[i].checker.wrong);
	}
	for (i = 0; i < READERS_MAX; i++) {
		CHECK_EQ(results[i].err, 0);
		CHECK_EQ(results[i].checker.wrong[0], 0);
		CHECK(results[i].checker.written >= load.records);
		CHECK_EQ(results[i].checker.written,
			 results[i].checker.read + results[i].checker.lost);
		CHECK(results[i].checker.read > 0);
	}
	CHECK_EQ(load.shared->refused, 0);
	return 0;
}

static const struct ktap_test tests[] = {
	{ "written = read + lost, in order, none torn, signals that write", all_is_accounted_for },
};

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:l:t:")) != -1) {
		switch (option) {
		case 'n':
			load.records = strtoull(optarg, NULL, 0);
			break;
		case 'l':
			load.life = strtoull(optarg, NULL, 0);
			break;
		case 't':
			load.threads = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		default:
			fprintf(stderr, "usage: stress [-n RECORDS] [-l RECORDS] [-t THREADS]\n");
			return 64;
		}
	}
	load.shared = mmap(NULL, sizeof(*load.shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	results = mmap(NULL, READERS_MAX * sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (load.shared == MAP_FAILED || results == MAP_FAILED)
		return 1;
	load.shared->readers = READERS_MAX;
	return ktap_run(tests, ARRAY_SIZE(tests));
}
