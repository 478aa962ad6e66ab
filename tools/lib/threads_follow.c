// SPDX-License-Identifier: GPL-2.0
/* Follows the threads over the CPUs, record by record. */
#include <errno.h>

#include "lib/causes.h"
#include "lib/tasks.h"
#include "lib/threads_private.h"

#define END_OF_TIME	(~(__u64)0)

/* --------------------------------------------------------------- telling */

static int tell_off(struct threads *threads, __u32 number, __u32 line, __u64 to,
		    const struct culprit *culprit)
{
	struct thread *thread = &threads->thread[number];
	__u64 from = thread->since;
	__u32 known;

	if (to <= from)
		return 0;
	known = causes_intern(threads->causes, culprit);
	if (known == CULPRIT_NONE)
		return -ENOMEM;
	thread->since = to;
	return threads->watcher.off(threads->watcher.context, number, line, from, to, known);
}

/* Slept until `to`, when `waker` woke it, in an interrupt or by itself. */
static int tell_sleep(struct threads *threads, __u32 number, __u64 to, __u32 waker,
		      bool interrupt)
{
	const struct thread *thread = &threads->thread[number];
	struct culprit culprit = {
		.cause = CAUSE_OFF_CPU,
		.kind = thread->sleep < 0 ? OFF_CPU_UNKNOWN : OFF_CPU_SLEPT,
		.task = TASK_NONE,
		.other = TASK_NONE,
	};

	if (culprit.kind == OFF_CPU_SLEPT) {
		culprit.number = thread->sleep;
		culprit.task = waker;
		culprit.flags = interrupt && waker != TASK_NONE ? CULPRIT_INTERRUPT : 0;
		culprit.address = thread->why;
	}
	return tell_off(threads, number, THREAD_NONE, to, &culprit);
}

/* Waited until `to` for its CPU, which another task had. */
static int tell_wait(struct threads *threads, __u32 number, __u64 to)
{
	const struct thread *thread = &threads->thread[number];
	__u32 line = thread->line;
	const struct cpu_state *cpu = line == THREAD_NONE ? NULL : &threads->line[line];
	struct culprit culprit = {
		.cause = CAUSE_OFF_CPU,
		.kind = cpu && cpu->switches ? OFF_CPU_PREEMPTED : OFF_CPU_UNSEEN,
		.number = thread->cpu,
		.task = TASK_NONE,
		.other = TASK_NONE,
	};
	const struct task *task;

	if (culprit.kind == OFF_CPU_PREEMPTED) {
		culprit.task = cpu->task;
		culprit.other = cpu->waker;
	}
	task = tasks_get(threads->tasks, culprit.task);
	if (task)
		culprit.data = task->work;
	if (thread->moved && task && !task->tid) {
		culprit.flags = CULPRIT_MOVED;
		culprit.tgid = thread->moved_from;
		culprit.other = thread->moved_by;
	}
	/* An idle CPU that has somebody to run is not asleep: what it does not run is stolen. */
	return tell_off(threads, number, line, to, &culprit);
}

static int tell_resident(struct threads *threads, __u32 number, __u64 to)
{
	struct thread *thread = &threads->thread[number];
	__u64 from = thread->since;

	if (to <= from)
		return 0;
	thread->since = to;
	return threads->watcher.resident(threads->watcher.context, number, thread->line,
					 thread->cpu, from, to);
}

/* ---------------------------------------------------------------- moving */

static void start_waiting(struct threads *threads, __u32 number, __s32 cpu)
{
	struct thread *thread = &threads->thread[number];

	thread->state = STATE_WAITING;
	thread->cpu = cpu;
	thread->line = threads_line_of(threads, cpu);
	if (thread->line == THREAD_NONE)
		return;
	thread->next_waiting = threads->line[thread->line].waiting;
	threads->line[thread->line].waiting = number;
}

static void stop_waiting(struct threads *threads, __u32 number)
{
	struct thread *thread = &threads->thread[number];
	__u32 *link;

	if (thread->line == THREAD_NONE)
		return;
	for (link = &threads->line[thread->line].waiting; *link != THREAD_NONE;
	     link = &threads->thread[*link].next_waiting) {
		if (*link != number)
			continue;
		*link = thread->next_waiting;
		return;
	}
}

/* Ends whatever the thread does, at `at`. */
static int leave_state(struct threads *threads, __u32 number, __u64 at, __u32 waker,
		       bool interrupt)
{
	struct thread *thread = &threads->thread[number];
	int err = 0;

	switch (thread->state) {
	case STATE_ON:
		err = tell_resident(threads, number, at);
		if (thread->line != THREAD_NONE && threads->line[thread->line].on == number)
			threads->line[thread->line].on = THREAD_NONE;
		break;
	case STATE_SLEEPING:
		err = tell_sleep(threads, number, at, waker, interrupt);
		break;
	case STATE_WAITING:
		err = tell_wait(threads, number, at);
		stop_waiting(threads, number);
		break;
	case STATE_UNKNOWN:
		if (thread->since < at)
			thread->since = at;
		break;
	}
	return err;
}

static void put_on(struct threads *threads, __u32 number, __u32 line)
{
	struct thread *thread = &threads->thread[number];

	thread->state = STATE_ON;
	thread->moved = false;
	thread->line = line;
	thread->cpu = threads->line[line].cpu;
	threads->line[line].on = number;
}

/* Off, nobody saw why: records were lost. */
static void put_aside(struct threads *threads, __u32 number)
{
	threads->thread[number].state = STATE_SLEEPING;
	threads->thread[number].sleep = -1;
}

/*
 * Makes `number` (or nobody) the one on a line where others were lost track of,
 * from `at` on. Where it was thought to be meanwhile it has been charged: there it
 * stays until `now`.
 */
static int correct(struct threads *threads, __u32 line, __u32 number, __u64 at, __u64 now)
{
	__u32 wrong = threads->line[line].on;
	int err;

	if (wrong != THREAD_NONE) {
		err = leave_state(threads, wrong, at, TASK_NONE, false);
		if (err)
			return err;
		put_aside(threads, wrong);
	}
	if (number == THREAD_NONE)
		return 0;
	if (threads->thread[number].state == STATE_ON)
		at = now;
	err = leave_state(threads, number, at, TASK_NONE, false);
	if (!err)
		put_on(threads, number, line);
	return err;
}

/* Before anything behind it is charged: who has the CPU since then? */
static int feed_loss(struct threads *threads, const struct hft_record *record)
{
	struct cpu_state *line = &threads->line[record->ring];
	__u32 thread;

	if (line->met++ >= line->told || !line->last)
		return 0;
	thread = threads_find(threads, line->behind_loss[line->met - 1]);
	return thread == line->on ? 0 :
	       correct(threads, record->ring, thread, line->last, record->tsc);
}

/* --------------------------------------------------------------- records */

static int feed_switch(struct threads *threads, const struct hft_record *record)
{
	const struct hft_rec_switch *rec = record->payload;
	struct cpu_state *line = &threads->line[record->ring];
	__u32 prev = threads_find(threads, rec->prev_tid);
	__u32 next = threads_find(threads, rec->next_tid);
	const struct task *task;
	__u32 number;
	int err = 0;

	if (line->on != prev)
		err = correct(threads, record->ring, prev, record->tsc, record->tsc);
	line->task = tasks_find(threads->tasks, rec->prev_tid);
	for (number = line->waiting; number != THREAD_NONE && !err;
	     number = threads->thread[number].next_waiting)
		err = tell_wait(threads, number, record->tsc);
	if (prev != THREAD_NONE && !err) {
		err = leave_state(threads, prev, record->tsc, TASK_NONE, false);
		if (rec->prev_state == 0 || rec->prev_state == 256) {
			start_waiting(threads, prev, line->cpu);
		} else {
			threads->thread[prev].state = STATE_SLEEPING;
			threads->thread[prev].sleep = (__s32)(rec->prev_state & 0x7fffffff);
			if (!SLEPT_WHY(threads->thread[prev].why) && line->faulted == rec->prev_tid)
				threads->thread[prev].why = SLEPT_FAULT;
		}
	}
	if (next != THREAD_NONE && !err) {
		err = leave_state(threads, next, record->tsc, TASK_NONE, false);
		put_on(threads, next, record->ring);
		threads->thread[next].why = 0;
	}
	line->task = tasks_find(threads->tasks, rec->next_tid);
	task = tasks_get(threads->tasks, line->task);
	line->waker = task ? task->waker : TASK_NONE;
	return err;
}

static int feed_wakeup(struct threads *threads, const struct hft_record *record)
{
	const struct hft_rec_wakeup *rec = record->payload;
	__u32 number = threads_find(threads, rec->tid);
	const struct task *task;
	struct thread *thread;
	__u32 waker;
	int err;

	if (number == THREAD_NONE)
		return 0;
	thread = &threads->thread[number];
	if (thread->state != STATE_SLEEPING &&
	    !(thread->state == STATE_WAITING && thread->cpu != rec->target_cpu))
		return 0;
	/* sched_wakeup may be written elsewhere; a waking that came first told who it was. */
	task = tasks_get(threads->tasks, tasks_find(threads->tasks, rec->tid));
	waker = record->type != HFT_REC_WAKEUP ? tasks_find(threads->tasks, rec->by_tid) :
		task ? task->waker : TASK_NONE;
	err = leave_state(threads, number, record->tsc, waker,
			  record->type != HFT_REC_WAKEUP &&
			  (record->ctx & HFT_CTX_LEVEL_MASK) != HFT_CTX_TASK);
	thread->moved = false;
	start_waiting(threads, number, rec->target_cpu);
	return err;
}

static int feed_migrate(struct threads *threads, const struct hft_record *record)
{
	const struct hft_rec_migrate *rec = record->payload;
	__u32 number = threads_find(threads, rec->tid);
	struct thread *thread;
	int err;

	if (number == THREAD_NONE || threads->thread[number].state != STATE_WAITING)
		return 0;
	err = leave_state(threads, number, record->tsc, TASK_NONE, false);
	thread = &threads->thread[number];
	thread->moved = true;
	thread->moved_from = rec->orig_cpu;
	thread->moved_by = tasks_find(threads->tasks, rec->by_tid);
	start_waiting(threads, number, rec->dest_cpu);
	return err;
}

/* A call that its thread was switched out of: why it sleeps. */
static void feed_syscall(struct threads *threads, const struct hft_record *record)
{
	const struct hft_rec_syscall *rec = record->payload;
	__u32 number = threads_find(threads, rec->tid);

	if (number != THREAD_NONE)
		threads->thread[number].why = record->ctx & HFT_CTX_SWITCHED_OUT ?
					      SLEPT_CALL(rec->nr) : 0;
}

int threads_feed(struct threads *threads, const struct hft_record *record)
{
	struct cpu_state *line = &threads->line[record->ring];
	int err = 0;

	if (!line->is_cpu)
		return 0;
	if (record->lost_slots)
		err = feed_loss(threads, record);
	line->last = record->tsc;
	if (err)
		return err;
	switch (record->type) {
	case HFT_REC_SWITCH:
		err = feed_switch(threads, record);
		break;
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
	case HFT_REC_WAKEUP_NEW:
		err = feed_wakeup(threads, record);
		break;
	case HFT_REC_MIGRATE:
		err = feed_migrate(threads, record);
		break;
	case HFT_REC_SYSCALL:
		feed_syscall(threads, record);
		break;
	case HFT_REC_FAULT:
		line->faulted = ((const struct hft_rec_fault *)record->payload)->tid;
		break;
	case HFT_REC_VISIT:
		line->faulted = 0;
		break;
	default:
		break;
	}
	return err;
}

int threads_finish(struct threads *threads)
{
	__u32 number;
	int err = 0;

	for (number = 0; number < threads->count && !err; number++) {
		if (threads->thread[number].state == STATE_UNKNOWN)
			continue;
		err = leave_state(threads, number, END_OF_TIME, TASK_NONE, false);
	}
	return err;
}
