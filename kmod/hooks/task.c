// SPDX-License-Identifier: GPL-2.0
/* task: a task is born, becomes another program, or ends. */
#include <linux/binfmts.h>

#include "compat/sched_trace.h"
#include "hook.h"
#include "ring_write.h"

static __always_inline void record_fork(const struct task_struct *parent,
					const struct task_struct *child)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_fork *rec = (struct hft_rec_fork *)e.slot->arg;

	rec->tid = child->pid;
	rec->tgid = child->tgid;
	rec->parent_tid = parent->pid;
	rec->parent_tgid = parent->tgid;
	memcpy(rec->comm, parent->comm, TASK_COMM_LEN);
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(e, HFT_REC_FORK, 2, HFT_CTX_TASK);
}

static notrace void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_TASK))
		record_fork(parent, child);
	hft_exit();
}

HFT_PROVE(sched_process_fork, probe_fork)

static __always_inline void record_exec(const struct task_struct *task, pid_t old_tid,
					const struct linux_binprm *bprm)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_exec *rec = (struct hft_rec_exec *)e.slot->arg;

	rec->tid = task->pid;
	rec->old_tid = old_tid;
	strscpy_pad(rec->filename, bprm->filename, sizeof(rec->filename));
	hft_commit(e, HFT_REC_EXEC, 2, HFT_CTX_TASK);
}

static notrace void probe_exec(void *data, struct task_struct *task, pid_t old_tid,
			       struct linux_binprm *bprm)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_TASK))
		record_exec(task, old_tid, bprm);
	hft_exit();
}

HFT_PROVE(sched_process_exec, probe_exec)

static __always_inline void record_exit(const struct task_struct *task)
{
	const struct hft_entry e = hft_reserve(hft_ring(), 2, false);
	struct hft_rec_exit *rec = (struct hft_rec_exit *)e.slot->arg;

	rec->tid = task->pid;
	rec->tgid = task->tgid;
	rec->exit_code = task->exit_code;
	rec->prio = task->prio;
	memcpy(rec->comm, task->comm, TASK_COMM_LEN);
	rec->reserved[0] = 0;
	rec->reserved[1] = 0;
	hft_commit(e, HFT_REC_EXIT, 2, HFT_CTX_TASK);
}

static __always_inline void exiting(const struct task_struct *task)
{
	hft_enter();
	if (hft_armed(HFT_HOOK_TASK))
		record_exit(task);
	hft_exit();
}

HFT_EXIT_PROBE(probe_exit, exiting)
HFT_PROVE(sched_process_exit, probe_exit)

static struct hft_tap taps[] = {
	HFT_TAP("sched_process_fork", probe_fork),
	HFT_TAP("sched_process_exec", probe_exec),
	HFT_TAP("sched_process_exit", probe_exit),
};

struct hft_hook hft_hook_task = {
	.id		= HFT_HOOK_TASK,
	.name		= "task",
	.summary	= "a task forks, executes another program, or exits",
	.taps		= taps,
	.taps_count	= ARRAY_SIZE(taps),
};
