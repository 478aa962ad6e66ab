// SPDX-License-Identifier: GPL-2.0
/*
 * task: children that are born, execute programs, end by themselves and by signals;
 * compared with the tracefs events, and exit codes with what wait(2) says.
 */
#include <signal.h>
#include <unistd.h>

#include "hook_test.h"

#define CHILDREN	30
#define LONG_NAME	"/tmp/a_program_with_a_name_that_is_longer_than_a_record"

static const char *const sources[] = {
	"sched/sched_process_fork", "sched/sched_process_exec", "sched/sched_process_exit", NULL
};

static const struct field_pair fork_fields[] = {
	FIELD(hft_rec_fork, tid, "child_pid"),
	FIELD(hft_rec_fork, parent_tid, "parent_pid"),
	TEXT(hft_rec_fork, comm, "parent_comm"),
	{ 0 }
};

static const struct field_pair exec_fields[] = {
	FIELD(hft_rec_exec, tid, "pid"),
	FIELD(hft_rec_exec, old_tid, "old_pid"),
	TEXT(hft_rec_exec, filename, "filename"),
	{ 0 }
};

static const struct field_pair exit_fields[] = {
	FIELD(hft_rec_exit, tid, "pid"),
	FIELD(hft_rec_exit, prio, "prio"),
	TEXT(hft_rec_exit, comm, "comm"),
	{ 0 }
};

static const struct pairing forks = {
	.type = HFT_REC_FORK, .event = "sched/sched_process_fork", .fields = fork_fields,
};

static const struct pairing execs = {
	.type = HFT_REC_EXEC, .event = "sched/sched_process_exec", .fields = exec_fields,
};

static const struct pairing exits = {
	.type = HFT_REC_EXIT, .event = "sched/sched_process_exit", .fields = exit_fields,
};

struct told {
	pid_t pid;
	int status;	/* as wait(2) has it */
};

static void be_child(int i)
{
	switch (i % 3) {
	case 0:
		execl(LONG_NAME, "true", NULL);
		break;
	case 1:
		_exit(i);
	case 2:
		raise(SIGKILL);
	}
	_exit(127);
}

static int make_children(void *shared)
{
	struct told *told = shared;
	pid_t pid;
	int i;

	if (symlink("/usr/bin/busybox", LONG_NAME) && access(LONG_NAME, X_OK))
		return 1;
	for (i = 0; i < CHILDREN; i++) {
		pid = fork();
		if (!pid)
			be_child(i);
		told[i].pid = pid;
		if (waitpid(pid, &told[i].status, 0) != pid)
			return 1;
	}
	return 0;
}

/* The record of this type of a process that has one thread. */
static const void *record_of(const struct watch *watch, unsigned int type, pid_t tid)
{
	unsigned int cpu;
	size_t i;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch->records_count[cpu]; i++) {
			const struct record *record = &watch->records[cpu][i];
			/* each of the three begins with it */
			const __s32 *first = record_payload(record);

			if (record->type == type && *first == tid)
				return record_payload(record);
		}
	}
	return NULL;
}

static int children(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(TASK), .cpus = 3, .on = QUIET_CPU,
		.provoke = make_children, .events = sources,
	};
	const struct told *told;
	struct watch watch;
	int i;

	watch_run(&watch, &want);
	told = watch.told;
	CHECK(pairs_on_all(&watch, &forks) >= CHILDREN);
	CHECK(pairs_on_all(&watch, &execs) >= CHILDREN / 3);
	CHECK(pairs_on_all(&watch, &exits) >= CHILDREN);
	for (i = 0; i < CHILDREN; i++) {
		const struct hft_rec_fork *fork = record_of(&watch, HFT_REC_FORK, told[i].pid);
		const struct hft_rec_exit *exit = record_of(&watch, HFT_REC_EXIT, told[i].pid);

		CHECK(fork);
		CHECK_EQ(fork->tgid, told[i].pid);
		CHECK_EQ(fork->parent_tid, watch.child);
		CHECK_EQ(fork->parent_tgid, watch.child);
		CHECK(exit);
		CHECK_EQ(exit->tgid, told[i].pid);
		CHECK_EQ(exit->exit_code, told[i].status);
	}
	return 0;
}

HOOK_TEST_MAIN("task", sources, NULL,
	       { "each fork, exec and exit with its fields, exit codes as wait(2) says", children })
