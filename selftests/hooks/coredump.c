// SPDX-License-Identifier: GPL-2.0
/*
 * coredump: processes die of signals with a core and without. Which have one,
 * wait() tells; it is written between the signal's delivery and the end of the
 * task, as tracefs shows them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook_test.h"

#define DEATHS	6
#define NAME	"selftest-core"
#define PATTERN	"/proc/sys/kernel/core_pattern"

/* The function has another name from one kernel on. */
static bool lacking(void)
{
	return !kernel_has_symbol("do_coredump") && !kernel_has_symbol("vfs_coredump");
}

static const char *const ends[] = { "signal/signal_deliver", "sched/sched_process_exit", NULL };

static struct watch watch;

struct told {
	struct death {
		int pid;
		int sig;
		int code;
		long long size;		/* of the core; 0: none */
	} death[DEATHS];
};

static void die(struct death *death, bool with_core)
{
	const struct rlimit limit = { with_core ? RLIM_INFINITY : 0, RLIM_INFINITY };

	prctl(PR_SET_NAME, NAME);
	prctl(PR_SET_DUMPABLE, 1);
	setrlimit(RLIMIT_CORE, &limit);
	signal(death->sig, SIG_DFL);
	kill(getpid(), death->sig);
	pause();
}

static int provoke(void *shared)
{
	static const int sigs[DEATHS] = { SIGSEGV, SIGABRT, SIGQUIT, SIGSEGV, SIGTERM, SIGBUS };
	struct told *told = shared;
	struct stat core;
	char path[64];
	int i, status;
	pid_t pid;

	if (write_file(PATTERN, "/tmp/core.%p"))
		return 1;
	for (i = 0; i < DEATHS; i++) {
		struct death *death = &told->death[i];

		death->sig = sigs[i];
		pid = fork();
		if (!pid)
			die(death, i != 3);
		death->pid = pid;
		if (waitpid(pid, &status, 0) != pid)
			return 2;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != death->sig)
			return 3;
		snprintf(path, sizeof(path), "/tmp/core.%d", death->pid);
		death->size = stat(path, &core) ? 0 : core.st_size;
		if (!!death->size != !!WCOREDUMP(status))
			return 4;
		unlink(path);
	}
	return 0;
}

/* The time of an event of a task, or 0. */
static __u64 time_of(const char *path, int pid)
{
	size_t i;

	for (i = 0; i < watch.events_count[QUIET_CPU]; i++) {
		const struct event *event = &watch.events[QUIET_CPU][i];

		if (event_is(event, path) && event->pid == pid)
			return event->ts;
	}
	return 0;
}

/* Its records: one, or a segment and an end. The first and the last. */
static unsigned int find(const struct death *death, const struct record **first,
			 const struct record **last)
{
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_coredump *rec = record_payload(record);

		if (rec->tid != death->pid)
			continue;
		if (!found++)
			*first = record;
		*last = record;
		CHECK_EQ(rec->sig, death->sig);
		CHECK_EQ(rec->code, SI_USER);
		CHECK_EQ(rec->tgid, death->pid);
		CHECK(!strcmp(rec->comm, NAME));
	}
	return found;
}

static int deaths(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(COREDUMP), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = provoke, .events = ends,
	};
	const struct told *told;
	unsigned int i, cores = 0;

	watch_run(&watch, &want);
	told = watch.told;
	for (i = 0; i < DEATHS; i++) {
		const struct death *death = &told->death[i];
		const struct record *first = NULL, *last = NULL;
		unsigned int found = find(death, &first, &last);
		const struct hft_rec_coredump *rec;
		__u64 length;

		if (death->sig == SIGTERM) {
			CHECK_EQ(found, 0);
			continue;
		}
		/* without a core as well: it was asked for, and refused */
		CHECK(found == 1 || found == 2);
		rec = record_payload(first);
		CHECK(first->tsc - rec->duration >= time_of(ends[0], death->pid));
		CHECK(last->tsc <= time_of(ends[1], death->pid));
		CHECK_EQ(!!(first->ctx & HFT_CTX_SWITCHED_OUT), found == 2);
		CHECK_EQ(!!(last->ctx & HFT_CTX_CONTINUED), found == 2);
		length = last->tsc - first->tsc + rec->duration;
		printf("# signal %d: a core of %lld bytes, %llu ns in %u records\n", death->sig,
		       death->size, watch_ticks_to_ns(&watch, length), found);
		cores += !!death->size;
	}
	CHECK_EQ(cores, DEATHS - 2);
	return 0;
}

HOOK_TEST_MAIN("coredump", NULL, lacking,
	       { "processes that die with a core, and without", deaths })
