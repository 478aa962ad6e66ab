// SPDX-License-Identifier: GPL-2.0
#include <hftrace-reader.h>

#include "lib/deferred.h"
#include "lib/tasks.h"

void deferred_feed(struct deferred *deferred, struct tasks *tasks, const struct hft_record *record)
{
	const struct hft_rec_work_queue *rec = record->payload;
	struct queued *queued;

	if (record->type != HFT_REC_WORK_QUEUE && record->type != HFT_REC_KTHREAD_QUEUE)
		return;
	queued = &deferred->queued[deferred->count++ % DEFERRED_QUEUED];
	queued->work = rec->work;
	/* in an interrupt it is nobody's doing that is known here */
	queued->task = (record->ctx & HFT_CTX_LEVEL_MASK) == HFT_CTX_TASK ?
		       tasks_find(tasks, rec->by_tid) : TASK_NONE;
}

__u32 deferred_queuer(const struct deferred *deferred, __u64 work)
{
	__u32 known = deferred->count < DEFERRED_QUEUED ? deferred->count : DEFERRED_QUEUED, i;

	for (i = 1; work && i <= known; i++) {
		const struct queued *queued =
			&deferred->queued[(deferred->count - i) % DEFERRED_QUEUED];

		if (queued->work == work)
			return queued->task;
	}
	return TASK_NONE;
}
