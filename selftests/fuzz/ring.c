// SPDX-License-Identifier: GPL-2.0
/*
 * Lets commands read the rings of an engine that scribbles on them, beside an
 * honest one whose marks must all be there. With the module, or with private
 * memory where there is none. Prints KTAP.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest.h"
#include "ring_engine.h"
#include "ring_tool.h"

#define RECORDING	"ring-fuzz.hft"

static unsigned int results, failures;
static char hostile_pid[16], honest_pid[16];
static unsigned int runs, skipped;
static unsigned int one_of = 1;	/* of so many commands one is run */
static struct tool_end end;

/* What reads live rings, and then what reads the recording that was made. */
static char *const live[][12] = {
	{ "hftrace", "counters", NULL },
	{ "hftrace", "counters", "-p", hostile_pid, "-v", "--json", NULL },
	{ "hftrace", "state", "-p", hostile_pid, NULL },
	{ "hftrace", "state", "--json", NULL },
	{ "hftrace", "log", "-p", hostile_pid, NULL },
	{ "hftrace", "log", "--json", NULL },
	{ "hftrace", "list", NULL },
	{ "hftrace", "list", "--json", NULL },
	{ "hftrace", "dump", "-p", hostile_pid, NULL },
	{ "hftrace", "dump", "-p", hostile_pid, "--json", NULL },
	{ "hftrace", "state", "-p", hostile_pid, "-f", "-i", "20ms", "--times", "5", NULL },
	{ "hftrace", "counters", "-i", "20ms", "--times", "5", NULL },
	{ "hftrace", "top", "-b", "-n", "2", "-i", "100ms", "-p", hostile_pid, NULL },
};

static char *const recorded[][12] = {
	{ "hftrace", "info", RECORDING, NULL },
	{ "hftrace", "dump", RECORDING, NULL },
	{ "hftrace", "dump", "--json", RECORDING, NULL },
	{ "hftrace", "report", RECORDING, NULL },
	{ "hftrace", "log", RECORDING, NULL },
	{ "hftrace", "state", RECORDING, NULL },
	{ "hftrace", "counters", RECORDING, NULL },
	{ "hftrace", "explain", RECORDING, NULL },
};

static void result(bool passes, const char *name)
{
	printf("%sok %u ring: %s\n", passes ? "" : "not ", ++results, name);
	failures += !passes;
}

static bool run_one(char *const *arguments)
{
	const bool fine = tool_run(arguments, &end);
	unsigned int i;

	runs++;
	if (fine)
		return true;
	printf("#");
	for (i = 0; arguments[i]; i++)
		printf(" %s", arguments[i]);
	printf(" %s, while scribbling %s\n", end.why,
	       scribble_names[atomic_load(&ring_world->scribble)]);
	return false;
}

static bool run_in_turn(char *const *arguments)
{
	return skipped++ % one_of || run_one(arguments);
}

/* Both engines; and what was recorded of them is read. */
static bool record(void)
{
	char *const arguments[] = {
		"hftrace", "record", "-f", "-o", RECORDING, "-d", "100ms", "-p", hostile_pid,
		"-p", honest_pid, NULL,
	};
	bool fine = run_one(arguments);
	unsigned int i;

	for (i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++)
		fine &= run_in_turn(recorded[i]);
	return fine;
}

/* The marks of the honest engine that stand in the recording: numbered, without a gap. */
static bool honest_is_whole(void)
{
	char *const dump[] = {
		"sh", "-c", "hftrace dump " RECORDING " -e mark | grep ' honest/'", NULL,
	};
	unsigned long long value, last = 0;
	unsigned int count = 0;
	const char *at;

	if (!run_one(dump))
		return false;
	for (at = end.said; (at = strstr(at, " mark value=")); at++) {
		if (sscanf(at, " mark value=%llu", &value) != 1 || (count && value != last + 1)) {
			printf("# the honest engine's mark %llu follows its mark %llu\n", value,
			       last);
			return false;
		}
		last = value;
		count++;
	}
	if (!count)
		printf("# no mark of the honest engine was recorded\n");
	return count;
}

static bool fuzz_way(enum scribble how)
{
	bool fine = true;
	unsigned int i;

	atomic_store(&ring_world->scribble, how);
	for (i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		fine &= run_in_turn(live[i]);
	return record() && honest_is_whole() && fine;
}

/* An engine that has ended by itself was not to. */
static bool is_alive(pid_t pid)
{
	return !kill(pid, 0);
}

static int start_all(pid_t *hostile, pid_t *honest)
{
	*hostile = hostile_start();
	*honest = honest_start();
	if (*hostile < 0 || *honest < 0)
		return -EAGAIN;
	snprintf(hostile_pid, sizeof(hostile_pid), "%d", *hostile);
	snprintf(honest_pid, sizeof(honest_pid), "%d", *honest);
	return wait_until(atomic_load(&ring_world->ready) == 2) ? 0 : -ETIMEDOUT;
}

static void run(unsigned int rounds)
{
	pid_t hostile, honest;
	unsigned int round;
	int how, err;
	bool fine[SCRIBBLES], alive;

	memset(fine, 1, sizeof(fine));
	err = start_all(&hostile, &honest);
	if (err) {
		printf("# engines: %s\n", strerror(-err));
		result(false, "engines begin");
		return;
	}
	for (round = 0; round < rounds; round++)
		for (how = 0; how < SCRIBBLES; how++)
			fine[how] &= fuzz_way(how);
	alive = is_alive(hostile) && is_alive(honest);
	atomic_store(&ring_world->stop, 1);
	alive = !wait_for(hostile) && alive;
	alive = !wait_for(honest) && alive;
	for (how = 0; how < SCRIBBLES; how++) {
		char name[80];

		snprintf(name, sizeof(name), "commands read rings while scribbling %s",
			 scribble_names[how]);
		result(fine[how], name);
	}
	printf("# %u commands, %llu scribbles, %llu bytes one by one of a region of %llu\n", runs,
	       ring_world->scribbles, ring_world->bytes_covered, ring_world->region_bytes);
	result(alive, "both engines lived to the end");
}

static __attribute__((noreturn)) void usage(int status)
{
	fprintf(status ? stderr : stdout,
		"usage: ring [--seed SEED] [--rounds ROUNDS] [--one-of N] [--private]\n\n"
		"Runs each command, or with --one-of each Nth in turn, beside each kind of scribbling,\n"
		"ROUNDS times, 1 unless given, in the working directory. hftrace is looked for in PATH.\n"
		"--private: in memory of the engines' own, also where the module is loaded.\n");
	exit(status);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "one-of", required_argument, NULL, 'o' }, { "private", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	unsigned int rounds = 1;
	__u64 seed = 1;
	bool private = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			rounds = strtoul(optarg, NULL, 0);
			break;
		case 'o':
			one_of = strtoul(optarg, NULL, 0) ?: 1;
			break;
		case 'p':
			private = true;
			break;
		case 'h':
			usage(0);
		default:
			usage(64);
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	ring_world = mmap(NULL, sizeof(*ring_world), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ring_world == MAP_FAILED) {
		fprintf(stderr, "ring: %s\n", strerror(errno));
		return 1;
	}
	ring_world->seed = seed;
	ring_world->private = private;
	skipped = seed;
	printf("KTAP version 1\n1..%d\n# seed %llu, %u rounds\n", SCRIBBLES + 1, seed, rounds);
	run(rounds);
	return failures ? 1 : 0;
}
