// SPDX-License-Identifier: GPL-2.0
/*
 * oom: the OOM killer has chosen a victim. It is recorded in the task that
 * wanted the memory, which is who caused it.
 */
#include <linux/sched.h>
#include <trace/events/oom.h>

#include "hook.h"
#include "ring_write.h"

static __always_inline void record(const struct task_struct *victim,
				   const struct task_struct *by)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_oom *rec = (struct hft_rec_oom *)e.slot->arg;

	rec->tid = victim->pid;
	rec->tgid = victim->tgid;
	rec->by_tid = by->pid;
	rec->by_tgid = by->tgid;
	memcpy(rec->comm, victim->comm, TASK_COMM_LEN);
	memcpy(rec->by_comm, by->comm, TASK_COMM_LEN);
	hft_commit(e, HFT_REC_OOM, 2, hft_level());
}

static notrace void probe_mark_victim(void *data, struct task_struct *victim, uid_t uid)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_OOM))
		record(victim, current);
	hft_exit();
}

HFT_PROVE(mark_victim, probe_mark_victim)

static struct hft_tap taps[] = {
	HFT_TAP("mark_victim", probe_mark_victim),
};

struct hft_hook hft_hook_oom = {
	.id		= HFT_HOOK_OOM,
	.name		= "oom",
	.summary	= "whom the OOM killer kills, and who wanted the memory",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
