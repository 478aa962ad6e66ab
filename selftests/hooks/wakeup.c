// SPDX-License-Identifier: GPL-2.0
/*
 * wakeup: a named task of one CPU wakes a named task of the other, and makes new
 * ones; each record as its tracefs event, the waker as the two know each other.
 */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "hook_test.h"

#define ROUNDS	100
#define WAKER	"selftest-waker"
#define SLEEPER	"selftest-sleepr"

static const char *const sources[] = {
	"sched/sched_waking", "sched/sched_wakeup", "sched/sched_wakeup_new", NULL
};

static const struct field_pair fields[] = {
	FIELD(hft_rec_wakeup, tid, "pid"),
	FIELD(hft_rec_wakeup, prio, "prio"),
	FIELD(hft_rec_wakeup, target_cpu, "target_cpu"),
	FIELD(hft_rec_wakeup, by_tid, "common_pid"),
	TEXT(hft_rec_wakeup, comm, "comm"),
	{ 0 }
};

/* Sleeps until it is woken, and says so by a second counter, which nobody sleeps on. */
static void sleep_and_answer(int go, int done, unsigned int cpu)
{
	eventfd_t value;
	int i;

	prctl(PR_SET_NAME, SLEEPER);
	if (pin(cpu))
		_exit(1);
	for (i = 0; i < ROUNDS; i++) {
		if (eventfd_read(go, &value) || eventfd_write(done, 1))
			_exit(1);
	}
	_exit(0);
}

static int wake(void *told)
{
	int go = eventfd(0, 0), done = eventfd(0, EFD_NONBLOCK), i;
	eventfd_t value;
	pid_t pid;

	prctl(PR_SET_NAME, WAKER);
	pid = fork();
	if (!pid)
		sleep_and_answer(go, done, QUIET_CPU);
	*(pid_t *)told = pid;
	for (i = 0; i < ROUNDS; i++) {
		/* long enough for it to sleep again */
		sleep_ms(1);
		if (eventfd_write(go, 1))
			return 1;
		while (eventfd_read(done, &value))
			;
	}
	return wait_for(pid);
}

/* Wakings of `tid` of a type, by whom they should be. */
static unsigned int wakings(const struct watch *watch, unsigned int type, pid_t tid)
{
	unsigned int cpu, count = 0;
	size_t i;

	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch->records_count[cpu]; i++) {
			const struct record *record = &watch->records[cpu][i];
			const struct hft_rec_wakeup *rec = record_payload(record);

			if (record->type != type || rec->tid != tid || rec->by_tid != watch->child)
				continue;
			CHECK(!strcmp(rec->by_comm, WAKER));
			CHECK(!strcmp(rec->comm, type == HFT_REC_WAKEUP_NEW ? WAKER : SLEEPER));
			CHECK_EQ(cpu, OTHER_CPU);
			count++;
		}
	}
	return count;
}

static int across_cpus(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(WAKEUP), .cpus = 3, .on = OTHER_CPU,
		.provoke = wake, .events = sources,
	};
	struct pairing pairing = { .fields = fields };
	struct watch watch;
	unsigned int i;
	pid_t sleeper;

	watch_run(&watch, &want);
	for (i = 0; i < 3; i++) {
		pairing.type = i == 0 ? HFT_REC_WAKING :
			       i == 1 ? HFT_REC_WAKEUP : HFT_REC_WAKEUP_NEW;
		pairing.event = sources[i];
		CHECK(pairs_on_all(&watch, &pairing) >= (i == 2 ? 1 : ROUNDS * 9 / 10));
	}
	sleeper = *(const pid_t *)watch.told;
	CHECK(wakings(&watch, HFT_REC_WAKING, sleeper) >= ROUNDS * 9 / 10);
	CHECK_EQ(wakings(&watch, HFT_REC_WAKEUP_NEW, sleeper), 1);
	return 0;
}

HOOK_TEST_MAIN("wakeup", sources, NULL,
	       { "each waking, wakeup and new task with its waker", across_cpus })
