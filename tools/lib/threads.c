// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tasks.h"
#include "lib/threads_private.h"

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
	case HFT_REC_WAKEUP_NEW:
		return ((const struct hft_rec_wakeup *)record->payload)->by_tid;
	case HFT_REC_MIGRATE:
		return ((const struct hft_rec_migrate *)record->payload)->by_tid;
	case HFT_REC_TLB_FLUSH:
		return ((const struct hft_rec_tlb_flush *)record->payload)->tid;
	case HFT_REC_IPI_SEND:
		return ((const struct hft_rec_ipi_send *)record->payload)->tid;
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

__u32 threads_line_of(const struct threads *threads, __s32 cpu)
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
	thread->line = threads_line_of(threads, thread->cpu);
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
