// SPDX-License-Identifier: GPL-2.0
/*
 * oom: a program of a cgroup with a limit wants more, and the OOM killer takes
 * another one of that cgroup. oom:mark_victim and wait() tell whom.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook_test.h"

#define CGROUPS	"/sys/fs/cgroup"
#define CGROUP	CGROUPS "/selftest-oom"
#define LIMIT	(24L << 20)
/* the harness knows by this name that the kernel's report was asked for */
#define GREEDY	"oom-selftest"
#define VICTIM	"oom-victim"

static const char *const sources[] = { "oom/mark_victim", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_oom, tid, "pid"),
	FIELD(hft_rec_oom, by_tid, "common_pid"),
	{ 0 }
};

static struct watch watch;

struct told {
	int greedy, victim;
};

static void use(long bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		_exit(1);
	memset(at, 1, bytes);
}

/* Has more than the other one, and is the first to go. */
static void wait_to_be_killed(int ready)
{
	prctl(PR_SET_NAME, VICTIM);
	use(LIMIT / 2);
	if (write_file("/proc/self/oom_score_adj", "1000") || write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static int want_more(void *shared)
{
	struct told *told = shared;
	char text[32], byte;
	int ready[2];
	pid_t pid;

	if (mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) && errno != EBUSY)
		return 1;
	if (write_file(CGROUPS "/cgroup.subtree_control", "+memory"))
		return 2;
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		return 3;
	snprintf(text, sizeof(text), "%ld", LIMIT);
	if (write_file(CGROUP "/memory.max", text) ||
	    write_file(CGROUP "/cgroup.procs", "0") || pipe(ready))
		return 4;
	prctl(PR_SET_NAME, GREEDY);
	told->greedy = getpid();
	pid = fork();
	if (!pid)
		wait_to_be_killed(ready[1]);
	told->victim = pid;
	if (read(ready[0], &byte, 1) != 1)
		return 5;
	use(LIMIT / 4 * 3);
	return wait_for(pid) == 128 + SIGKILL ? 0 : 6;
}

static int in_cgroup(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(OOM), .cpus = 1 << QUIET_CPU, .on = QUIET_CPU,
		.provoke = want_more, .events = sources,
	};
	const struct pairing pairing = {
		.cpu = QUIET_CPU, .type = HFT_REC_OOM, .event = sources[0], .fields = fields,
	};
	const struct hft_rec_oom *rec;
	const struct told *told;

	watch_run(&watch, &want);
	told = watch.told;
	CHECK_EQ(pairs_on_all(&watch, &pairing), 1);
	rec = record_payload(&watch.records[QUIET_CPU][0]);
	CHECK_EQ(rec->tid, told->victim);
	CHECK_EQ(rec->tgid, told->victim);
	CHECK_EQ(rec->by_tid, told->greedy);
	CHECK_EQ(rec->by_tgid, told->greedy);
	CHECK(!strcmp(rec->comm, VICTIM));
	CHECK(!strcmp(rec->by_comm, GREEDY));
	return 0;
}

HOOK_TEST_MAIN("oom", sources, NULL,
	       { "who is killed, and who wanted the memory", in_cgroup })
