// SPDX-License-Identifier: GPL-2.0
/*
 * numa: the kernel moves a task to the node of its memory, or pages elsewhere,
 * be it to the node of their user or for another reason.
 */
#include <linux/topology.h>

#include "compat/migrate_trace.h"
#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

static __always_inline s16 node_of(int cpu)
{
	return cpu < 0 ? -1 : cpu_to_node(cpu);
}

static __always_inline void
record_task(u32 kind, const struct task_struct *task, int from, const struct task_struct *other,
	    int to)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_numa *rec = (struct hft_rec_numa *)e.slot->arg;

	rec->kind = kind;
	rec->by_tid = current->pid;
	rec->tid = task->pid;
	rec->other_tid = other ? other->pid : 0;
	rec->from_cpu = from;
	rec->to_cpu = to;
	rec->from_node = node_of(from);
	rec->to_node = node_of(to);
	rec->pages = 0;
	rec->failed = 0;
	rec->reason = 0;
	rec->mode = 0;
	hft_commit(e, HFT_REC_NUMA, 2, hft_level());
}

static __always_inline void record_pages(u64 moved, u64 failed, u32 mode, u32 reason)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_numa *rec = (struct hft_rec_numa *)e.slot->arg;

	rec->kind = HFT_NUMA_PAGES;
	rec->by_tid = current->pid;
	rec->tid = 0;
	rec->other_tid = 0;
	rec->from_cpu = -1;
	rec->to_cpu = -1;
	rec->from_node = -1;
	rec->to_node = -1;
	rec->pages = moved;
	rec->failed = failed;
	rec->reason = reason;
	rec->mode = mode;
	hft_commit(e, HFT_REC_NUMA, 2, hft_level());
}

static notrace void probe_move(void *data, struct task_struct *task, int src_cpu, int dst_cpu)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_NUMA))
		record_task(HFT_NUMA_MOVE, task, src_cpu, NULL, dst_cpu);
	hft_exit();
}

HFT_PROVE_BALANCING(sched_move_numa, probe_move)

/* The first argument is the kind: it is registered with the probe. */
static notrace void probe_pair(void *kind, struct task_struct *task, int src_cpu,
			       struct task_struct *other, int dst_cpu)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_NUMA))
		record_task((uintptr_t)kind, task, src_cpu, other, dst_cpu);
	hft_exit();
}

HFT_PROVE_BALANCING(sched_swap_numa, probe_pair)

static notrace void probe_pages(void *data, HFT_MIGRATE_PAGES(moved, failed, mode, reason))
{
	hft_enter();
	if (hft_armed(HFT_HOOK_NUMA))
		record_pages(moved, failed, mode, reason);
	hft_exit();
}

HFT_PROVE(mm_migrate_pages, probe_pages)

static struct hft_tap taps[] = {
	HFT_TAP("mm_migrate_pages", probe_pages),
	HFT_TAP("sched_move_numa", probe_move),
	{
		.tracepoint = "sched_swap_numa",
		.probe = probe_pair,
		.data = (void *)HFT_NUMA_SWAP,
	}, {
		.tracepoint = "sched_stick_numa",
		.probe = probe_pair,
		.data = (void *)HFT_NUMA_STICK,
	},
};

struct hft_hook hft_hook_numa = {
	.id		= HFT_HOOK_NUMA,
	.name		= "numa",
	.summary	= "tasks that go to another NUMA node, and pages that are moved",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
