// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calls.h"
#include "lib/causes.h"
#include "lib/mmcalls.h"
#include "lib/senders.h"
#include "lib/tasks.h"
#include "lib/timeline_private.h"

int timeline_open(struct timeline **made, const char *recording, __u32 lines, double hz,
		  struct causes *causes, struct tasks *tasks,
		  const struct timeline_watcher *watcher)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));
	int err = -ENOMEM;

	if (!timeline)
		return err;
	timeline->line = calloc(lines ? lines : 1, sizeof(*timeline->line));
	if (timeline->line)
		err = senders_open(&timeline->senders, hz);
	if (!err)
		err = mmcalls_open(&timeline->mmcalls, recording);
	if (err) {
		timeline_close(timeline);
		return err;
	}
	timeline->lines = lines;
	timeline->causes = causes;
	timeline->tasks = tasks;
	timeline->watcher = *watcher;
	*made = timeline;
	return 0;
}

void timeline_close(struct timeline *timeline)
{
	__u32 i;

	if (!timeline)
		return;
	for (i = 0; i < timeline->lines && timeline->line; i++)
		coverage_uninit(&timeline->line[i].coverage);
	free(timeline->line);
	senders_close(timeline->senders);
	mmcalls_close(timeline->mmcalls);
	free(timeline);
}

bool timeline_has_visits(const struct timeline *timeline, __u32 line)
{
	return timeline->line[line].visits;
}

/* A stretch in which nobody else has a right. */
static int tell_piece(void *context, __u64 start, __u64 end)
{
	struct charge *charge = context;
	struct timeline_watcher *watcher = &charge->timeline->watcher;

	charge->piece.start = start;
	charge->piece.end = end;
	return watcher->piece(watcher->context, &charge->piece);
}

int timeline_take(struct timeline *timeline, __u32 number, __u64 start, __u64 end,
		  enum cause cause, __u32 culprit, bool counted, struct charge *charge)
{
	struct line *line = &timeline->line[number];
	struct covered own = { .inside = BIT(cause), .culprit = culprit, .longest = end - start };
	int err = 0;

	charge->timeline = timeline;
	charge->net.ticks = 0;
	charge->piece.line = number;
	charge->piece.culprit = culprit;
	charge->piece.interval = counted ? 0 : ++timeline->intervals;
	if (culprit == CULPRIT_NONE)
		return -ENOMEM;
	if (start == end)
		return 0;
	coverage_sum(&line->coverage, start, end, &charge->net);
	if (timeline->watcher.piece)
		err = coverage_gaps(&line->coverage, start, end, tell_piece, charge);
	if (err)
		return err;
	if (cause == CAUSE_KERNEL_ENTRY && causes_get(timeline->causes, culprit)->kind ==
					   KERNEL_ENTRY_AROUND)
		own.culprit = causes_get(timeline->causes, culprit)->other;
	/* What is around a gap is not there because of it. */
	if (cause == CAUSE_LOST) {
		own.culprit = CULPRIT_NONE;
		own.longest = 0;
	}
	return coverage_add(&line->coverage, start, end, &own);
}

int timeline_tell(struct timeline *timeline, const struct charge *charge, __u64 start,
		  __u64 end, bool cut)
{
	struct timeline_watcher *watcher = &timeline->watcher;
	struct interval interval = {
		.line = charge->piece.line,
		.culprit = charge->piece.culprit,
		.start = start,
		.end = end,
		.net = charge->net.ticks,
		.cut = cut,
	};

	return watcher->interval ? watcher->interval(watcher->context, &interval) : 0;
}

/* An interval that is told as it is: irq, softirq, vector, NMI. */
static int feed_whole(struct timeline *timeline, __u32 number, const struct hft_record *record,
		      __u64 start, enum cause cause, __u32 culprit)
{
	struct charge charge = { 0 };
	int err;

	err = timeline_take(timeline, number, start, record->tsc, cause, culprit, false, &charge);
	if (err)
		return err;
	return timeline_tell(timeline, &charge, start, record->tsc,
			     record->ctx & HFT_CTX_CONTINUED);
}

/* Most are told by their cause and a number. */
static int feed_plain(struct timeline *timeline, __u32 number, const struct hft_record *record,
		      __u64 start, enum cause cause, __u32 which)
{
	return feed_whole(timeline, number, record, start, cause,
			  causes_plain(timeline->causes, cause, 0, (__s32)which, 0));
}

/* Notes who sent an interrupt, if that is one that somebody sends. */
static void add_sender(struct timeline *timeline, const struct sender *sender,
		       struct culprit *culprit)
{
	if (sender->state == SENDER_NO_NEED)
		return;
	culprit->flags |= CULPRIT_SENT;
	culprit->task = TASK_NONE;
	if (sender->state == SENDER_NOT_RECORDED)
		return;
	culprit->other = sender->kind;
	culprit->tgid = sender->cpu;
	culprit->data = sender->function;
	if (!sender->interrupt) {
		culprit->task = tasks_find(timeline->tasks, sender->tid);
		return;
	}
	/* Which task was interrupted for it does not matter. */
	culprit->flags |= CULPRIT_INTERRUPT;
	if (culprit->cause != CAUSE_NMI)
		culprit->address = sender->caller;
}

static int feed_vector(struct timeline *timeline, __u32 number, const struct hft_record *record,
		       __u64 start, const struct sender *sender)
{
	const struct hft_rec_vector *rec = record->payload;
	struct culprit culprit = { .cause = CAUSE_VECTOR, .kind = (__u16)rec->kind,
				   .number = (__s32)rec->vector };
	struct line *line = &timeline->line[number];
	int call, err;

	if (rec->kind > 0xffff)
		culprit.kind = 0xffff;
	if (sender->state == SENDER_NO_NEED)
		return feed_whole(timeline, number, record, start, CAUSE_VECTOR,
				  causes_plain(timeline->causes, CAUSE_VECTOR, culprit.kind,
					       culprit.number, 0));
	if (sender->kind == HFT_IPI_TLB) {
		memset(&culprit, 0, sizeof(culprit));
		culprit.cause = CAUSE_TLB_SHOOTDOWN;
		err = sender->state == SENDER_KNOWN ?
		      mmcalls_at(timeline->mmcalls, sender->tid, start, &call) : 0;
		if (err)
			return err;
		if (sender->state == SENDER_KNOWN)
			culprit.number = 1 + call;
	}
	add_sender(timeline, sender, &culprit);
	if (sender->state != SENDER_NO_NEED) {
		line->ipi_start = start;
		line->ipi_end = record->tsc;
		line->ipi = causes_intern(timeline->causes, &culprit);
		if (line->ipi == CULPRIT_NONE)
			return -ENOMEM;
	}
	if (sender->state == SENDER_KNOWN && !line->sent_at) {
		line->sent_at = sender->tsc;
		line->sent = line->ipi;
	}
	return feed_whole(timeline, number, record, start, culprit.cause,
			  causes_intern(timeline->causes, &culprit));
}

/* On arm64 what other CPUs send comes in an irq of its own: that is the way to it. */
static int feed_irq(struct timeline *timeline, __u32 number, const struct hft_record *record,
		    __u64 start)
{
	const struct hft_rec_irq *rec = record->payload;
	const struct line *line = &timeline->line[number];
	const struct culprit around = { .cause = CAUSE_KERNEL_ENTRY, .kind = KERNEL_ENTRY_AROUND,
					.other = line->ipi };

	if (!line->ipi_end || line->ipi_start < start || line->ipi_end > record->tsc)
		return feed_plain(timeline, number, record, start, CAUSE_IRQ, rec->irq);
	return feed_whole(timeline, number, record, start, CAUSE_KERNEL_ENTRY,
			  causes_intern(timeline->causes, &around));
}

static int feed_nmi(struct timeline *timeline, __u32 number, const struct hft_record *record,
		    __u64 start, const struct sender *sender)
{
	const struct hft_rec_nmi *rec = record->payload;
	struct culprit culprit = { .cause = CAUSE_NMI, .address = rec->handler };

	add_sender(timeline, sender, &culprit);
	return feed_whole(timeline, number, record, start, CAUSE_NMI,
			  causes_intern(timeline->causes, &culprit));
}

/*
 * The parts of an interval of a task between which it was switched out: each
 * is charged by itself, told as one interval at the end.
 */
static int feed_call(struct timeline *timeline, __u32 number, const struct hft_record *record,
		     __u64 start, const struct call *call)
{
	struct line *line = &timeline->line[number];
	bool continued = record->ctx & HFT_CTX_CONTINUED;
	bool cut = continued;
	struct charge charge;
	struct task *task;
	int err;

	if (continued && line->switched_at && line->current == call->tid) {
		start = line->switched_at;
		cut = false;
	}
	memset(&charge, 0, sizeof(charge));
	err = timeline_take(timeline, number, start, record->tsc, call->cause, call->culprit,
			    continued, &charge);
	if (err)
		return err;
	task = tasks_get(timeline->tasks, tasks_find(timeline->tasks, call->tid));
	if (!task)
		return -ENOMEM;
	if (record->ctx & HFT_CTX_SWITCHED_OUT) {
		task->in_call[call->kind] += charge.net.ticks;
		return 0;
	}
	charge.net.ticks += task->in_call[call->kind];
	task->in_call[call->kind] = 0;
	return timeline_tell(timeline, &charge, start, record->tsc, cut);
}

/* A tick that comes is one that was kept, if the kernel said so when it looked last. */
static int feed_hrtimer(struct timeline *timeline, __u32 number, const struct hft_record *record,
			__u64 start)
{
	const struct hft_rec_hrtimer *rec = record->payload;
	const struct line *line = &timeline->line[number];
	struct culprit culprit = { .cause = CAUSE_HRTIMER, .address = rec->function,
				   .task = TASK_NONE };

	if (line->kept && causes_is_tick(timeline->causes, rec->function)) {
		culprit.kind = (__u16)line->kept;
		culprit.task = tasks_find(timeline->tasks, line->keeper);
	}
	return feed_whole(timeline, number, record, start, CAUSE_HRTIMER,
			  causes_intern(timeline->causes, &culprit));
}

static int feed_tick(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	const struct hft_rec_tick_stop *rec = record->payload;
	struct line *line = &timeline->line[number];

	line->kept = rec->success || rec->dependency > HFT_TICK_RCU_EXP ? HFT_TICK_NONE :
		     rec->dependency;
	line->keeper = rec->tid;
	return 0;
}

static int feed_switch(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	const struct hft_rec_switch *rec = record->payload;
	struct line *line = &timeline->line[number];

	line->switched_at = record->tsc;
	line->current = rec->next_tid;
	if (!line->first_switch) {
		line->first_switch = record->tsc;
		line->from = tasks_find(timeline->tasks, rec->prev_tid);
		line->to = tasks_find(timeline->tasks, rec->next_tid);
	}
	return 0;
}

/* What ran while records were lost is not known; an interval around it is. */
static int feed_loss(struct timeline *timeline, __u32 number, __u64 start)
{
	struct line *line = &timeline->line[number];
	struct charge charge = { 0 };
	int err = 0;

	if (line->last && line->last < start) {
		err = timeline_take(timeline, number, line->last, start, CAUSE_LOST,
				    causes_plain(timeline->causes, CAUSE_LOST, 0, line->cpu, 0),
				    false, &charge);
		if (!err)
			err = timeline_tell(timeline, &charge, line->last, start, false);
	}
	line->switched_at = 0;
	line->first_switch = 0;
	line->faulted = false;
	line->signalled_at = 0;
	line->ipi_end = 0;
	return err;
}

int timeline_feed(struct timeline *timeline, __u32 number, __s32 cpu,
		  const struct hft_record *record)
{
	struct line *line = &timeline->line[number];
	struct culprit culprit = { 0 };
	struct sender sender;
	struct call call;
	__u64 start = record->start;
	int err;

	if (start > record->tsc)
		start = record->tsc;	/* a duration longer than time itself */
	if (record->type == HFT_REC_CALL)
		start = record->tsc;	/* it takes no time from what is inside of it */
	line->cpu = cpu;
	deferred_feed(&timeline->deferred, timeline->tasks, record);
	err = senders_feed(timeline->senders, cpu, record, &sender);
	if (!err && record->lost_slots)
		err = feed_loss(timeline, number, start);
	line->last = record->tsc;
	if (err)
		return err;

	switch (record->type) {
	case HFT_REC_IRQ:
		return feed_irq(timeline, number, record, start);
	case HFT_REC_SOFTIRQ:
		return feed_plain(timeline, number, record, start, CAUSE_SOFTIRQ,
				  ((const struct hft_rec_softirq *)record->payload)->vec);
	case HFT_REC_SOFTIRQ_TASK:
		return feed_plain(timeline, number, record, start, CAUSE_SOFTIRQ,
				  ((const struct hft_rec_softirq_task *)record->payload)->vec);
	case HFT_REC_NMI:
		return feed_nmi(timeline, number, record, start, &sender);
	case HFT_REC_VECTOR:
		return feed_vector(timeline, number, record, start, &sender);
	case HFT_REC_SIGNAL:
		signals_send(&timeline->signals, record);
		return 0;
	case HFT_REC_SIGNAL_DELIVER:
		return timeline_signal(timeline, number, record);
	case HFT_REC_HRTIMER:
		return feed_hrtimer(timeline, number, record, start);
	case HFT_REC_TIMER:
		culprit.cause = CAUSE_TIMER;
		culprit.address = ((const struct hft_rec_timer *)record->payload)->function;
		return feed_whole(timeline, number, record, start, CAUSE_TIMER,
				  causes_intern(timeline->causes, &culprit));
	case HFT_REC_TICK_STOP:
		return feed_tick(timeline, number, record);
	case HFT_REC_FAULT:
		return timeline_fault(timeline, number, record);
	case HFT_REC_SYSCALL_STACK:
		timeline->line[number].called = true;
		memcpy(&timeline->line[number].call, record->payload,
		       sizeof(timeline->line[number].call));
		return 0;
	case HFT_REC_VISIT:
		return timeline_visit(timeline, number, record, start);
	case HFT_REC_SWITCH:
		return feed_switch(timeline, number, record);
	default:
		if (call_of(record, timeline->tasks, timeline->causes, &timeline->deferred, &call))
			return feed_call(timeline, number, record, start, &call);
		return 0;
	}
}

int timeline_finish(struct timeline *timeline)
{
	__u32 number;
	int err = 0;

	for (number = 0; number < timeline->lines && !err; number++) {
		const struct line *line = &timeline->line[number];

		if (line->faulted && !line->visits)
			err = timeline_bare_fault(timeline, number);
		if (!err && line->signalled_at && !line->visits)
			err = timeline_bare_signal(timeline, number);
	}
	return err;
}
