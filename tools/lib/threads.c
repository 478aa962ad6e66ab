// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/causes.h"
#include "lib/tasks.h"
#include "lib/threads.h"

#define END_OF_TIME	(~(__u64)0)

enum state {
	STATE_UNKNOWN,
	STATE_ON,		/* `line`, `cpu` since `since` */
	STATE_SLEEPING,		/* off, cannot run */
	STATE_WAITING,		/* off, could run on `cpu` */
};

struct thread {
	__s32 tid;
	enum state state;
	__u32 line;		/* of `cpu`, THREAD_NONE: it has no ring */
	__s32 cpu;		/* -1: not known */
	__u64 since;		/* what was before has been told */
	__s32 sleep;		/* state in which it sleeps, -1: not known */
	__u64 why;		/* SLEPT_* */
	__u32 next_waiting;	/* of those that wait for the same CPU */

	/* From scouting. */
	bool switched;		/* its first switch was seen: */
	bool starts_on;		/* it left `first_line`, else it came */
	__u32 first_line;	/* THREAD_NONE: nothing was seen */
};

struct cpu_state {
	__s32 cpu;
	bool is_cpu;		/* a kernel ring */
	bool switches;		/* scouting saw some */
	__u32 on;		/* thread, or THREAD_NONE */
	__u32 task;		/* who runs, whoever it is; TASK_NONE: not known */
	__u32 waker;		/* who woke it before it came */
	__u32 waiting;		/* first thread that waits for this CPU */
	__u64 last;		/* newest record */
	__u64 lost_at;		/* from here to the next switch nothing is sure; 0: all is */
	__s32 faulted;		/* tid of a fault since the last visit, 0: none */
};

struct threads {
	struct threads_watcher watcher;
	struct causes *causes;
	struct tasks *tasks;
	struct thread *thread;	/* by tid */
	__u32 count;
	struct cpu_state *line;	/* by ring */
	__u32 *of_ring;
	__u32 lines;
};

static int by_tid(const void *a, const void *b)
{
	const struct thread *left = a, *right = b;

	return left->tid < right->tid ? -1 : left->tid > right->tid;
}

__u32 threads_find(const struct threads *threads, __s32 tid)
{
	__u32 low = 0, high = threads->count;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (threads->thread[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < threads->count && threads->thread[low].tid == tid ? low : THREAD_NONE;
}

static void find_rings(struct threads *threads, const struct hft_reader *reader)
{
	struct hft_ring_info info;
	__u32 ring, kept = 0;

	for (ring = 0; ring < threads->lines; ring++) {
		struct cpu_state *line = &threads->line[ring];

		if (hft_reader_ring(reader, ring, &info))
			continue;
		line->is_cpu = info.kind == HFT_RING_CPU;
		line->cpu = line->is_cpu ? info.id : -1;
		line->on = THREAD_NONE;
		line->task = TASK_NONE;
		line->waker = TASK_NONE;
		line->waiting = THREAD_NONE;
		if (info.kind == HFT_RING_USER)
			threads->thread[threads->count++].tid = info.id;
	}
	qsort(threads->thread, threads->count, sizeof(*threads->thread), by_tid);
	for (ring = 0; ring < threads->count; ring++)
		if (!kept || threads->thread[kept - 1].tid != threads->thread[ring].tid)
			threads->thread[kept++].tid = threads->thread[ring].tid;
	threads->count = kept;
	for (ring = 0; ring < threads->count; ring++) {
		threads->thread[ring].line = THREAD_NONE;
		threads->thread[ring].cpu = -1;
		threads->thread[ring].first_line = THREAD_NONE;
		threads->thread[ring].next_waiting = THREAD_NONE;
	}
	for (ring = 0; ring < threads->lines; ring++) {
		threads->of_ring[ring] = THREAD_NONE;
		if (!hft_reader_ring(reader, ring, &info) && info.kind == HFT_RING_USER)
			threads->of_ring[ring] = threads_find(threads, info.id);
	}
}

int threads_open(struct threads **made, const struct hft_reader *reader,
		 const struct threads_watcher *watcher)
{
	struct threads *threads = calloc(1, sizeof(*threads));
	__u32 room;

	if (!threads)
		return -ENOMEM;
	threads->watcher = *watcher;
	threads->lines = hft_reader_rings(reader);
	room = threads->lines ? threads->lines : 1;
	threads->line = calloc(room, sizeof(*threads->line));
	threads->thread = calloc(room, sizeof(*threads->thread));
	threads->of_ring = calloc(room, sizeof(*threads->of_ring));
	if (!threads->line || !threads->thread || !threads->of_ring) {
		threads_close(threads);
		return -ENOMEM;
	}
	find_rings(threads, reader);
	*made = threads;
	return 0;
}

void threads_close(struct threads *threads)
{
	if (!threads)
		return;
	free(threads->line);
	free(threads->thread);
	free(threads->of_ring);
	free(threads);
}

__u32 threads_count(const struct threads *threads)
{
	return threads->count;
}

__s32 threads_tid(const struct threads *threads, __u32 thread)
{
	return threads->thread[thread].tid;
}

__u32 threads_of_ring(const struct threads *threads, __u32 ring)
{
	return threads->of_ring[ring];
}

/* -------------------------------------------------------------- scouting */

/* The task that a record of a kernel ring was written in, 0: it does not tell. */
static __s32 writer_of(const struct hft_record *record)
{
	switch (record->type) {
	case HFT_REC_WAKING:
		return ((const struct hft_rec_wakeup *)record->payload)->by_tid;
	case HFT_REC_MIGRATE:
		return ((const struct hft_rec_migrate *)record->payload)->by_tid;
	case HFT_REC_TLB_FLUSH:
		return ((const struct hft_rec_tlb_flush *)record->payload)->tid;
	case HFT_REC_FAULT:
		return ((const struct hft_rec_fault *)record->payload)->tid;
	case HFT_REC_SYSCALL:
		return ((const struct hft_rec_syscall *)record->payload)->tid;
	case HFT_REC_EXIT:
		return ((const struct hft_rec_exit *)record->payload)->tid;
	default:
		return 0;
	}
}

static void scout_switch(struct threads *threads, __u32 line, __s32 tid, bool left)
{
	__u32 number = threads_find(threads, tid);
	struct thread *thread;

	if (number == THREAD_NONE || threads->thread[number].switched)
		return;
	thread = &threads->thread[number];
	thread->switched = true;
	thread->starts_on = left;
	thread->first_line = line;
}

void threads_scout(struct threads *threads, const struct hft_record *record)
{
	struct cpu_state *line = &threads->line[record->ring];
	__u32 number;
	__s32 tid;

	if (!line->is_cpu)
		return;
	if (record->type == HFT_REC_SWITCH) {
		const struct hft_rec_switch *rec = record->payload;

		line->switches = true;
		scout_switch(threads, record->ring, rec->prev_tid, true);
		scout_switch(threads, record->ring, rec->next_tid, false);
		return;
	}
	tid = writer_of(record);
	number = tid ? threads_find(threads, tid) : THREAD_NONE;
	if (number != THREAD_NONE && threads->thread[number].first_line == THREAD_NONE)
		threads->thread[number].first_line = record->ring;
}

static __u32 line_of(const struct threads *threads, __s32 cpu)
{
	__u32 line;

	for (line = 0; line < threads->lines; line++)
		if (threads->line[line].is_cpu && threads->line[line].cpu == cpu)
			return line;
	return THREAD_NONE;
}

/* By its records; without any by where facts/tasks saw it, unless others had that CPU. */
static void place(struct threads *threads, struct thread *thread)
{
	const struct task *task;

	thread->state = STATE_UNKNOWN;
	thread->since = 0;
	thread->sleep = -1;
	if (thread->switched && !thread->starts_on) {
		thread->state = STATE_SLEEPING;
		return;
	}
	thread->line = thread->first_line;
	if (thread->line != THREAD_NONE) {
		thread->cpu = threads->line[thread->line].cpu;
		thread->state = STATE_ON;
		return;
	}
	task = tasks_get(threads->tasks, tasks_find(threads->tasks, thread->tid));
	if (!task || (task->pinned < 0 && task->cpu < 0))
		return;
	thread->cpu = task->pinned >= 0 ? task->pinned : task->cpu;
	thread->line = line_of(threads, thread->cpu);
	if (thread->line == THREAD_NONE || !threads->line[thread->line].switches)
		thread->state = STATE_ON;
	else
		thread->line = THREAD_NONE;
}

int threads_start(struct threads *threads, struct causes *causes, struct tasks *tasks)
{
	__u32 i;

	threads->causes = causes;
	threads->tasks = tasks;
	for (i = 0; i < threads->count; i++) {
		struct thread *thread = &threads->thread[i];

		place(threads, thread);
		if (thread->state == STATE_ON && thread->line != THREAD_NONE) {
			threads->line[thread->line].on = i;
			threads->line[thread->line].task = tasks_find(tasks, thread->tid);
		}
	}
	return 0;
}

__u32 threads_on(const struct threads *threads, __u32 line, __u64 *since)
{
	__u32 thread = threads->line[line].on;

	if (thread != THREAD_NONE)
		*since = threads->thread[thread].since;
	return thread;
}

__u32 threads_unplaced(const struct threads *threads)
{
	__u32 i, count = 0;

	for (i = 0; i < threads->count; i++)
		count += threads->thread[i].state == STATE_UNKNOWN;
	return count;
}

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
	/* An idle CPU is not stolen while it sleeps. */
	task = tasks_get(threads->tasks, culprit.task);
	return tell_off(threads, number, task && task->tid ? line : THREAD_NONE, to, &culprit);
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
	thread->line = line_of(threads, cpu);
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

/* Makes `number` (or nobody) the one on a line where others were lost track of. */
static int correct(struct threads *threads, __u32 line, __u32 number, __u64 at)
{
	struct cpu_state *cpu = &threads->line[line];
	__u32 wrong = cpu->on;
	int err;

	if (cpu->lost_at)
		at = cpu->lost_at;
	if (wrong != THREAD_NONE) {
		err = leave_state(threads, wrong, at, TASK_NONE, false);
		if (err)
			return err;
		put_aside(threads, wrong);
	}
	if (number == THREAD_NONE)
		return 0;
	err = leave_state(threads, number, at, TASK_NONE, false);
	if (!err)
		put_on(threads, number, line);
	return err;
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
		err = correct(threads, record->ring, prev, record->tsc);
	line->lost_at = 0;
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
	waker = record->type == HFT_REC_WAKING ? tasks_find(threads->tasks, rec->by_tid) :
		task ? task->waker : TASK_NONE;
	err = leave_state(threads, number, record->tsc, waker,
			  record->type == HFT_REC_WAKING &&
			  (record->ctx & HFT_CTX_LEVEL_MASK) != HFT_CTX_TASK);
	start_waiting(threads, number, rec->target_cpu);
	return err;
}

static int feed_migrate(struct threads *threads, const struct hft_record *record)
{
	const struct hft_rec_migrate *rec = record->payload;
	__u32 number = threads_find(threads, rec->tid);
	int err;

	if (number == THREAD_NONE || threads->thread[number].state != STATE_WAITING)
		return 0;
	err = leave_state(threads, number, record->tsc, TASK_NONE, false);
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
	if (record->lost_slots && !line->lost_at)
		line->lost_at = line->last;
	line->last = record->tsc;
	switch (record->type) {
	case HFT_REC_SWITCH:
		err = feed_switch(threads, record);
		break;
	case HFT_REC_WAKING:
	case HFT_REC_WAKEUP:
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
