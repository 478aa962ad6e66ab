// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tasks.h"
#include "lib/threads_private.h"

__u32 threads_find(const struct threads *threads, __s32 tid)
{
	__u32 number = tids_find(&threads->followed, tid);

	return number == TID_NONE ? THREAD_NONE : number;
}

static void find_lines(struct threads *threads, const struct hft_reader *reader)
{
	struct hft_ring_info info;
	__u32 ring;

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
	}
}

int threads_open(struct threads **made, const struct hft_reader *reader,
		 const struct threads_watcher *watcher)
{
	struct threads *threads = calloc(1, sizeof(*threads));

	if (!threads)
		return -ENOMEM;
	threads->watcher = *watcher;
	threads->lines = hft_reader_rings(reader);
	threads->line = calloc(threads->lines ? threads->lines : 1, sizeof(*threads->line));
	if (!threads->line) {
		threads_close(threads);
		return -ENOMEM;
	}
	find_lines(threads, reader);
	*made = threads;
	return 0;
}

void threads_close(struct threads *threads)
{
	__u32 i;

	if (!threads)
		return;
	for (i = 0; i < threads->lines && threads->line; i++)
		free(threads->line[i].behind_loss);
	tids_uninit(&threads->followed);
	tids_uninit(&threads->seen);
	free(threads->sighting);
	free(threads->line);
	free(threads->thread);
	free(threads);
}

__s32 threads_tid(const struct threads *threads, __u32 thread)
{
	return threads->thread[thread].tid;
}

/* -------------------------------------------------------------- scouting */

#define BIT(type) (1ULL << (type) % 64)

_Static_assert(HFT_REC_EXIT < 64 && HFT_REC_SYSCALL < 64 && HFT_REC_PROBE / 64 == 1 &&
	       HFT_REC_CALL / 64 == 1, "the words that their bits stand in");

const struct record_types threads_scouted = {
	.word = {
		BIT(HFT_REC_SWITCH) | BIT(HFT_REC_WAKING) | BIT(HFT_REC_WAKEUP_NEW) |
		BIT(HFT_REC_MIGRATE) | BIT(HFT_REC_TLB_FLUSH) | BIT(HFT_REC_IPI_SEND) |
		BIT(HFT_REC_FAULT) | BIT(HFT_REC_SYSCALL) | BIT(HFT_REC_EXIT),
		BIT(HFT_REC_PROBE) | BIT(HFT_REC_CALL),
	},
};

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
	case HFT_REC_PROBE:
		return ((const struct hft_rec_probe *)record->payload)->tid;
	case HFT_REC_CALL:
		return ((const struct hft_rec_call *)record->payload)->tid;
	default:
		return 0;
	}
}

/* What is known of a tid, perhaps nothing yet. NULL: out of memory. */
static struct sighting *sighting_of(struct threads *threads, __s32 tid)
{
	struct sighting *sighting;
	__u32 number, room;

	if (tids_add(&threads->seen, tid, &number))
		return NULL;
	if (number >= threads->sightings) {
		room = threads->sightings ? 2 * threads->sightings : 64;
		sighting = realloc(threads->sighting, room * sizeof(*sighting));
		if (!sighting)
			return NULL;
		for (number = threads->sightings; number < room; number++)
			sighting[number] = (struct sighting){ .line = THREAD_NONE };
		threads->sighting = sighting;
		threads->sightings = room;
		number = tids_find(&threads->seen, tid);
	}
	return &threads->sighting[number];
}

static int scout_switch(struct threads *threads, __u32 line, __s32 tid, bool left)
{
	struct sighting *sighting;

	if (!tid)
		return 0;	/* idle is on every CPU */
	sighting = sighting_of(threads, tid);
	if (!sighting)
		return -ENOMEM;
	if (!sighting->switched)
		*sighting = (struct sighting){ .switched = true, .starts_on = left, .line = line };
	return 0;
}

/* A switch tells who had the CPU since records of it were lost. */
static int scout_losses(struct cpu_state *line, const struct hft_record *record)
{
	const struct hft_rec_switch *rec = record->payload;
	__s32 *grown;

	if (record->lost_slots) {
		if (line->losses == line->room) {
			line->room = line->room ? 2 * line->room : 16;
			grown = realloc(line->behind_loss, line->room * sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			line->behind_loss = grown;
		}
		line->losses++;
	}
	while (record->type == HFT_REC_SWITCH && line->told < line->losses)
		line->behind_loss[line->told++] = rec->prev_tid;
	return 0;
}

int threads_scout(struct threads *threads, const struct hft_record *record)
{
	struct cpu_state *line = &threads->line[record->ring];
	struct sighting *sighting;
	__s32 tid;
	int err;

	if (!line->is_cpu)
		return 0;
	err = scout_losses(line, record);
	if (err)
		return err;
	if (record->type == HFT_REC_SWITCH) {
		const struct hft_rec_switch *rec = record->payload;

		line->switches = true;
		err = scout_switch(threads, record->ring, rec->prev_tid, true);
		return err ? err : scout_switch(threads, record->ring, rec->next_tid, false);
	}
	tid = writer_of(record);
	if (!tid)
		return 0;
	sighting = sighting_of(threads, tid);
	if (!sighting)
		return -ENOMEM;
	if (sighting->line == THREAD_NONE)
		sighting->line = record->ring;
	return 0;
}

int threads_add(struct threads *threads, __s32 tid)
{
	__u32 number;

	return tids_add(&threads->followed, tid, &number);
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
	__u32 seen = tids_find(&threads->seen, thread->tid);
	const struct sighting *sighting = seen == TID_NONE ? NULL : &threads->sighting[seen];
	const struct task *task;

	thread->state = STATE_UNKNOWN;
	thread->since = 0;
	thread->sleep = -1;
	thread->cpu = -1;
	thread->line = THREAD_NONE;
	thread->next_waiting = THREAD_NONE;
	if (sighting && sighting->switched && !sighting->starts_on) {
		thread->state = STATE_SLEEPING;
		return;
	}
	if (sighting)
		thread->line = sighting->line;
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
	threads->count = threads->followed.count;
	threads->thread = calloc(threads->count ? threads->count : 1, sizeof(*threads->thread));
	if (!threads->thread)
		return -ENOMEM;
	for (i = 0; i < threads->count; i++)
		threads->thread[i].tid = threads->followed.tid[i];
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
