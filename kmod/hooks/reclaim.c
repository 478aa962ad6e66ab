// SPDX-License-Identifier: GPL-2.0
/*
 * reclaim: a task that wants memory has to free some first, because the machine
 * or its memory cgroup has none left. An interval of the task.
 */
#include "compat/vmscan_trace.h"
#include "hook.h"
#include "task_frame.h"

static __always_inline void begin(u32 kind, int order, gfp_t gfp)
{
	const struct hft_rec_reclaim rec = {
		.tid	= current->pid,
		.kind	= kind,
		.order	= order,
		.gfp	= (__force u32)gfp,
	};

	hft_task_begin(HFT_HOOK_RECLAIM, kind, HFT_REC_RECLAIM, &rec, sizeof(rec));
}

static __always_inline void end(u32 kind, unsigned long reclaimed)
{
	const struct hft_task_end end = hft_task_end(HFT_HOOK_RECLAIM, kind,
						     sizeof(struct hft_rec_reclaim));
	struct hft_rec_reclaim *rec = (struct hft_rec_reclaim *)end.e.slot->arg;

	rec->tid = current->pid;
	rec->kind = kind;
	rec->reclaimed = reclaimed;
	hft_task_commit(end, HFT_REC_RECLAIM, sizeof(*rec));
}

/* The first argument is the kind: it is registered with the probe. */
static notrace void probe_begin(void *kind, HFT_RECLAIM_BEGIN(order, gfp))
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_RECLAIM))
		begin((uintptr_t)kind, order, gfp);
	hft_exit();
}

HFT_PROVE(mm_vmscan_direct_reclaim_begin, probe_begin)

static notrace void probe_end(void *kind, HFT_RECLAIM_END(reclaimed))
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_RECLAIM))
		end((uintptr_t)kind, reclaimed);
	hft_exit();
}

HFT_PROVE(mm_vmscan_direct_reclaim_end, probe_end)

#define TAP(name, function, kind, lacking)				\
	{								\
		.tracepoint = "mm_vmscan_" name,			\
		.probe = function,					\
		.data = (void *)HFT_RECLAIM_##kind,			\
		.optional = lacking,					\
	}

/* a kernel without memory cgroups has the first two alone */
static struct hft_tap taps[] = {
	TAP("direct_reclaim_begin", probe_begin, DIRECT, false),
	TAP("direct_reclaim_end", probe_end, DIRECT, false),
	TAP("memcg_reclaim_begin", probe_begin, LIMIT, true),
	TAP("memcg_reclaim_end", probe_end, LIMIT, true),
	TAP("memcg_softlimit_reclaim_begin", probe_begin, SOFT_LIMIT, true),
	TAP("memcg_softlimit_reclaim_end", probe_end, SOFT_LIMIT, true),
};

struct hft_hook hft_hook_reclaim = {
	.id		= HFT_HOOK_RECLAIM,
	.name		= "reclaim",
	.summary	= "tasks that have to free memory before they get some, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
