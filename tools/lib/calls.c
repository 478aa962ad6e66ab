// SPDX-License-Identifier: GPL-2.0
#include <hftrace-reader.h>

#include "lib/calls.h"

static struct call call(enum task_call kind, __s32 tid, enum cause cause, __u32 culprit)
{
	return (struct call){ .kind = kind, .tid = tid, .cause = cause, .culprit = culprit };
}

/* A call that is told by its cause, its kind, and by whose it is. */
static struct call call_of_task(enum task_call kind, __s32 tid, struct causes *causes,
				const struct culprit *culprit)
{
	return call(kind, tid, culprit->cause, causes_intern(causes, culprit));
}

static struct call syscall_of(const struct hft_rec_syscall *rec, struct causes *causes)
{
	return call(TASK_CALL_SYSCALL, rec->tid, CAUSE_SYSCALL,
		    causes_plain(causes, CAUSE_SYSCALL, 0, rec->nr, 0));
}

static struct call mmcall_of(const struct hft_rec_mmcall *rec, struct causes *causes)
{
	return call(TASK_CALL_MMCALL, rec->tid, CAUSE_MMCALL,
		    causes_plain(causes, CAUSE_MMCALL, (__u16)rec->call, 0, 0));
}

static struct call reclaim_of(const struct hft_rec_reclaim *rec, struct tasks *tasks,
			      struct causes *causes)
{
	const struct culprit culprit = { .cause = CAUSE_RECLAIM, .kind = (__u16)rec->kind,
					 .task = tasks_find(tasks, rec->tid) };

	return call_of_task(TASK_CALL_RECLAIM, rec->tid, causes, &culprit);
}

static struct call compaction_of(const struct hft_rec_compaction *rec, struct tasks *tasks,
				 struct causes *causes)
{
	const struct culprit culprit = { .cause = CAUSE_COMPACTION,
					 .task = tasks_find(tasks, rec->tid) };

	return call_of_task(TASK_CALL_COMPACTION, rec->tid, causes, &culprit);
}

static struct call coredump_of(const struct hft_rec_coredump *rec, struct tasks *tasks,
			       struct causes *causes)
{
	const struct culprit culprit = { .cause = CAUSE_COREDUMP, .number = rec->sig,
					 .task = tasks_find(tasks, rec->tid) };

	return call_of_task(TASK_CALL_COREDUMP, rec->tid, causes, &culprit);
}

static struct call work_of(const struct hft_rec_work *rec, const struct deferred *deferred,
			   struct causes *causes)
{
	const struct culprit culprit = { .cause = CAUSE_WORK, .address = rec->function,
					 .task = deferred_queuer(deferred, rec->work) };

	return call_of_task(TASK_CALL_WORK, rec->tid, causes, &culprit);
}

bool call_of(const struct hft_record *record, struct tasks *tasks, struct causes *causes,
	     const struct deferred *deferred, struct call *call)
{
	switch (record->type) {
	case HFT_REC_SYSCALL:
		*call = syscall_of(record->payload, causes);
		return true;
	case HFT_REC_MMCALL:
		*call = mmcall_of(record->payload, causes);
		return true;
	case HFT_REC_RECLAIM:
		*call = reclaim_of(record->payload, tasks, causes);
		return true;
	case HFT_REC_COMPACTION:
		*call = compaction_of(record->payload, tasks, causes);
		return true;
	case HFT_REC_COREDUMP:
		*call = coredump_of(record->payload, tasks, causes);
		return true;
	case HFT_REC_WORK:
	case HFT_REC_KTHREAD_WORK:
		*call = work_of(record->payload, deferred, causes);
		return true;
	default:
		return false;
	}
}
