// SPDX-License-Identifier: GPL-2.0
/* migrate: a task is moved to another CPU, and who moved it. */
#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

static __always_inline void record(const struct task_struct *task, int dest_cpu)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 1, false);
	struct hft_rec_migrate *rec = (struct hft_rec_migrate *)e.slot->arg;

	rec->tid = task->pid;
	rec->by_tid = current->pid;
	rec->prio = task->prio;
	rec->orig_cpu = task_cpu(task);
	rec->dest_cpu = dest_cpu;
	rec->reserved = 0;
	hft_commit(e, HFT_REC_MIGRATE, 1, hft_level());
}

static notrace void probe_migrate(void *data, struct task_struct *task, int dest_cpu)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_MIGRATE))
		record(task, dest_cpu);
	hft_exit();
}

HFT_PROVE(sched_migrate_task, probe_migrate)

static struct hft_tap taps[] = {
	HFT_TAP("sched_migrate_task", probe_migrate),
};

struct hft_hook hft_hook_migrate = {
	.id		= HFT_HOOK_MIGRATE,
	.name		= "migrate",
	.summary	= "a task is moved to another CPU",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
