// SPDX-License-Identifier: GPL-2.0
/*
 * compaction: pages are moved together so that larger ones become free: by a
 * task that wants one, by kcompactd, or on request. An interval of the task.
 */
#include "compat/compaction_trace.h"
#include "hook.h"
#include "task_frame.h"

static __always_inline void begin(u64 zone_start, u64 zone_end, bool sync)
{
	const struct hft_rec_compaction rec = {
		.zone_start	= zone_start,
		.zone_end	= zone_end,
		.tid		= current->pid,
		.sync		= sync,
	};

	hft_task_begin(HFT_HOOK_COMPACTION, 0, HFT_REC_COMPACTION, &rec, sizeof(rec));
}

static __always_inline void end(u64 zone_start, u64 zone_end, bool sync, int status)
{
	const struct hft_task_end end = hft_task_end(HFT_HOOK_COMPACTION, 0,
						     sizeof(struct hft_rec_compaction));
	struct hft_rec_compaction *rec = (struct hft_rec_compaction *)end.e.slot->arg;

	rec->zone_start = zone_start;
	rec->zone_end = zone_end;
	rec->tid = current->pid;
	rec->sync = sync;
	rec->status = status;
	hft_task_commit(end, HFT_REC_COMPACTION, sizeof(*rec));
}

static notrace void probe_begin(void *data, struct compact_control *cc, unsigned long zone_start,
				unsigned long zone_end, bool sync)
{
	hft_enter();
	if (hft_armed_start(HFT_HOOK_COMPACTION))
		begin(zone_start, zone_end, sync);
	hft_exit();
}

HFT_PROVE(mm_compaction_begin, probe_begin)

static notrace void probe_end(void *data, struct compact_control *cc, unsigned long zone_start,
			      unsigned long zone_end, bool sync, int status)
{
	hft_enter();
	if (hft_armed_end(HFT_HOOK_COMPACTION))
		end(zone_start, zone_end, sync, status);
	hft_exit();
}

HFT_PROVE(mm_compaction_end, probe_end)

static struct hft_tap taps[] = {
	HFT_TAP("mm_compaction_begin", probe_begin),
	HFT_TAP("mm_compaction_end", probe_end),
};

struct hft_hook hft_hook_compaction = {
	.id		= HFT_HOOK_COMPACTION,
	.name		= "compaction",
	.summary	= "pages moved together to make larger ones free, as intervals",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
	.attach		= hft_task_frames_attach,
	.detach		= hft_task_frames_detach,
};
