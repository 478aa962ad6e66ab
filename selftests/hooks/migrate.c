// SPDX-License-Identifier: GPL-2.0
/* migrate: a task that moves itself from CPU to CPU, as sched:sched_migrate_task shows it. */
#include "hook_test.h"

#define MOVES	40

static const char *const sources[] = { "sched/sched_migrate_task", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_migrate, tid, "pid"),
	FIELD(hft_rec_migrate, prio, "prio"),
	FIELD(hft_rec_migrate, orig_cpu, "orig_cpu"),
	FIELD(hft_rec_migrate, dest_cpu, "dest_cpu"),
	FIELD(hft_rec_migrate, by_tid, "common_pid"),
	{ 0 }
};

static int move(void *told)
{
	int i;

	(void)told;
	for (i = 0; i < MOVES; i++) {
		if (pin(i % 2 ? OTHER_CPU : QUIET_CPU))
			return 1;
	}
	return 0;
}

static int there_and_back(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(MIGRATE), .cpus = 3, .on = OTHER_CPU,
		.provoke = move, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_MIGRATE, .event = sources[0], .fields = fields,
	};
	unsigned int cpu, moves[2] = { 0 };
	struct watch watch;
	size_t i;

	watch_run(&watch, &want);
	CHECK(pairs_on_all(&watch, &pairing) >= MOVES);
	for (cpu = 0; cpu < 2; cpu++) {
		for (i = 0; i < watch.records_count[cpu]; i++) {
			const struct hft_rec_migrate *rec = record_payload(&watch.records[cpu][i]);

			if (rec->tid == watch.child) {
				CHECK_EQ(rec->orig_cpu, !rec->dest_cpu);
				moves[rec->dest_cpu]++;
			}
		}
	}
	CHECK_EQ(moves[0], MOVES / 2);
	CHECK_EQ(moves[1], MOVES / 2);
	return 0;
}

HOOK_TEST_MAIN("migrate", sources, NULL,
	       { "each move of a task, from where to where and by whom", there_and_back })
