// SPDX-License-Identifier: GPL-2.0
#include <hftrace-reader.h>

#include "lib/calls.h"

static struct call syscall_of(const struct hft_rec_syscall *rec)
{
	return (struct call){
		.culprit = { .cause = CAUSE_SYSCALL, .number = rec->nr },
		.tid = rec->tid,
		.kind = TASK_CALL_SYSCALL,
	};
}

static struct call mmcall_of(const struct hft_rec_mmcall *rec)
{
	return (struct call){
		.culprit = { .cause = CAUSE_MMCALL, .kind = (__u16)rec->call },
		.tid = rec->tid,
		.kind = TASK_CALL_MMCALL,
	};
}

static struct call reclaim_of(const struct hft_rec_reclaim *rec, struct tasks *tasks)
{
	return (struct call){
		.culprit = { .cause = CAUSE_RECLAIM, .kind = (__u16)rec->kind,
			     .task = tasks_find(tasks, rec->tid) },
		.tid = rec->tid,
		.kind = TASK_CALL_RECLAIM,
	};
}

static struct call compaction_of(const struct hft_rec_compaction *rec, struct tasks *tasks)
{
	return (struct call){
		.culprit = { .cause = CAUSE_COMPACTION, .task = tasks_find(tasks, rec->tid) },
		.tid = rec->tid,
		.kind = TASK_CALL_COMPACTION,
	};
}

static struct call coredump_of(const struct hft_rec_coredump *rec, struct tasks *tasks)
{
	return (struct call){
		.culprit = { .cause = CAUSE_COREDUMP, .number = rec->sig,
			     .task = tasks_find(tasks, rec->tid) },
		.tid = rec->tid,
		.kind = TASK_CALL_COREDUMP,
	};
}

static struct call work_of(const struct hft_rec_work *rec, const struct deferred *deferred)
{
	return (struct call){
		.culprit = { .cause = CAUSE_WORK, .address = rec->function,
			     .task = deferred_queuer(deferred, rec->work) },
		.tid = rec->tid,
		.kind = TASK_CALL_WORK,
	};
}

bool call_of(const struct hft_record *record, struct tasks *tasks,
	     const struct deferred *deferred, struct call *call)
{
	switch (record->type) {
	case HFT_REC_SYSCALL:
		*call = syscall_of(record->payload);
		return true;
	case HFT_REC_MMCALL:
		*call = mmcall_of(record->payload);
		return true;
	case HFT_REC_RECLAIM:
		*call = reclaim_of(record->payload, tasks);
		return true;
	case HFT_REC_COMPACTION:
		*call = compaction_of(record->payload, tasks);
		return true;
	case HFT_REC_COREDUMP:
		*call = coredump_of(record->payload, tasks);
		return true;
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
		*call = work_of(record->payload, deferred);
		return true;
	default:
		return false;
	}
}
