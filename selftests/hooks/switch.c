// SPDX-License-Identifier: GPL-2.0
/* switch: two tasks that wake each other on a CPU; each switch as sched:sched_switch shows it. */
#include <sched.h>
#include <unistd.h>

#include "hook_test.h"

#define ROUNDS	200

static const char *const sources[] = { "sched/sched_switch", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_switch, prev_tid, "prev_pid"),
	FIELD(hft_rec_switch, next_tid, "next_pid"),
	FIELD(hft_rec_switch, prev_prio, "prev_prio"),
	FIELD(hft_rec_switch, next_prio, "next_prio"),
	TEXT(hft_rec_switch, prev_comm, "prev_comm"),
	TEXT(hft_rec_switch, next_comm, "next_comm"),
	{ 0 }
};

/* As trace-cmd prints them: Z and X. */
#define ZOMBIE	0x20
#define DEAD	0x10

/* Who waits for a zombie can see to it between the two probes. */
static const char *state_differs(const struct record *record, const struct event *event)
{
	const struct hft_rec_switch *rec = record_payload(record);
	__u32 theirs = event_number(event, "prev_state");

	if (rec->prev_state == theirs || (rec->prev_state == ZOMBIE && theirs == DEAD))
		return NULL;
	return "prev_state";
}

static const struct pairing pairing = {
	.type = HFT_REC_SWITCH, .event = "sched/sched_switch", .fields = fields,
	.differs = state_differs,
};

/* Its own voluntary switches: it sleeps in each read. */
static int ping_pong(void *told)
{
	const struct sched_param param = { .sched_priority = 7 };
	int there[2], back[2], i;
	char byte = 0;
	pid_t pid;

	if (pipe(there) || pipe(back))
		return 1;
	pid = fork();
	if (!pid) {
		/* another priority, so that the two can be told apart */
		if (sched_setscheduler(0, SCHED_FIFO, &param))
			_exit(1);
		for (i = 0; i < ROUNDS; i++) {
			if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	*(pid_t *)told = pid;
	for (i = 0; i < ROUNDS; i++) {
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			return 1;
	}
	return wait_for(pid);
}

static size_t provoked_on(unsigned int cpu)
{
	const struct watch_want want = {
		.hooks = BIT_OF(SWITCH), .cpus = 3, .on = cpu,
		.provoke = ping_pong, .events = sources,
	};
	const bool rt = kernel_is("PREEMPT_RT");
	size_t i, between = 0;
	struct watch watch;
	pid_t other;

	watch_run(&watch, &want);
	other = *(const pid_t *)watch.told;
	for (i = 0; i < watch.records_count[cpu]; i++) {
		const struct hft_rec_switch *rec = record_payload(&watch.records[cpu][i]);

		/* the real-time one, once it is that, gives the CPU back to the one it has woken */
		if (rec->prev_tid == other && rec->next_tid == watch.child &&
		    rec->prev_prio == 99 - 7) {
			/* locks of PREEMPT_RT lend a waiter's priority to their owner */
			CHECK(rec->next_prio == 120 || (rt && rec->next_prio == 99 - 7));
			between++;
		}
	}
	CHECK(pairs_on_all(&watch, &pairing) >= between);
	return between;
}

static int isolated(void)
{
	CHECK(provoked_on(QUIET_CPU) >= ROUNDS / 2);
	return 0;
}

static int housekeeping(void)
{
	CHECK(provoked_on(OTHER_CPU) >= ROUNDS / 2);
	return 0;
}

HOOK_TEST_MAIN("switch", sources, NULL,
	       { "each switch of an isolated CPU, with its fields", isolated },
	       { "each switch of a housekeeping CPU, with its fields", housekeeping })
