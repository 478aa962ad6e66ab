// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calls.h"
#include "lib/causes.h"
#include "lib/coverage.h"
#include "lib/deferred.h"
#include "lib/mmcalls.h"
#include "lib/senders.h"
#include "lib/signals.h"
#include "lib/tasks.h"
#include "lib/timeline.h"

#define BIT(cause)	(1U << (cause))

struct line {
	struct coverage coverage;
	__s32 cpu;
	__u64 last;		/* the newest record */
	__u64 switched_at;	/* the newest switch; 0: none seen */
	__s32 current;		/* who runs since then */
	bool visits;
	__u32 kept;		/* enum hft_tick_dependency: why the tick goes on */
	__s32 keeper;		/* who ran then */

	/* Since the last visit's end: */
	__u64 first_switch;	/* 0: none */
	__u32 from;		/* that switch's tasks */
	__u32 to;
	bool called;		/* in the visit that is open, by a thread that was not to */
	struct hft_rec_syscall_stack call;
	bool faulted;
	__u64 faulted_at;
	struct hft_rec_fault fault;	/* the first one, user mode before kernel */
	__u64 signalled_at;	/* the first signal that was delivered; 0: none */
	struct culprit signal;
};

struct timeline {
	struct causes *causes;
	struct tasks *tasks;
	struct timeline_watcher watcher;
	struct line *line;
	__u32 lines;
	__u64 intervals;	/* so far: numbers them */
	struct senders *senders;
	struct mmcalls *mmcalls;
	struct signals signals;
	struct deferred deferred;
};

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

/* An interval while its ticks are being given to it. */
struct charge {
	struct timeline *timeline;
	struct piece piece;
	__u64 net;
	__u64 others_from;	/* other tasks ran from here to there: not its own time */
	__u64 others_to;
};

static int take_gap(void *context, __u64 start, __u64 end)
{
	struct charge *charge = context;
	struct timeline_watcher *watcher = &charge->timeline->watcher;
	__u64 from = start > charge->others_from ? start : charge->others_from;
	__u64 to = end < charge->others_to ? end : charge->others_to;

	charge->net += end - start;
	if (from < to)
		charge->net -= to - from;
	charge->piece.start = start;
	charge->piece.end = end;
	return watcher->piece ? watcher->piece(watcher->context, &charge->piece) : 0;
}

/* Gives [start, end) to a culprit, less what has an owner; *net is what it got. */
static int take(struct timeline *timeline, __u32 number, __u64 start, __u64 end,
		const struct culprit *culprit, bool counted, struct charge *charge)
{
	struct line *line = &timeline->line[number];
	struct covered own = { .inside = BIT(culprit->cause), .longest = end - start };
	int err;

	charge->timeline = timeline;
	charge->net = 0;
	charge->piece.line = number;
	charge->piece.culprit = causes_intern(timeline->causes, culprit);
	charge->piece.interval = counted ? 0 : ++timeline->intervals;
	if (charge->piece.culprit == CULPRIT_NONE)
		return -ENOMEM;
	if (start == end)
		return 0;
	err = coverage_gaps(&line->coverage, start, end, take_gap, charge);
	if (err)
		return err;
	own.culprit = charge->piece.culprit;
	/* What is around a gap is not there because of it. */
	if (culprit->cause == CAUSE_LOST) {
		own.culprit = CULPRIT_NONE;
		own.longest = 0;
	}
	return coverage_add(&line->coverage, start, end, &own);
}

static int tell_interval(struct timeline *timeline, const struct charge *charge, __u64 start,
			 __u64 end, bool cut)
{
	struct timeline_watcher *watcher = &timeline->watcher;
	struct interval interval = {
		.line = charge->piece.line,
		.culprit = charge->piece.culprit,
		.start = start,
		.end = end,
		.net = charge->net,
		.cut = cut,
	};

	return watcher->interval ? watcher->interval(watcher->context, &interval) : 0;
}

/* An interval that is told as it is: irq, softirq, vector, NMI. */
static int feed_plain(struct timeline *timeline, __u32 number, const struct hft_record *record,
		      __u64 start, const struct culprit *culprit)
{
	struct charge charge = { 0 };
	int err;

	err = take(timeline, number, start, record->tsc, culprit, false, &charge);
	if (err)
		return err;
	return tell_interval(timeline, &charge, start, record->tsc,
			     record->ctx & HFT_CTX_CONTINUED);
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
	culprit->task = tasks_find(timeline->tasks, sender->tid);
	culprit->other = sender->kind;
	culprit->tgid = sender->cpu;
	culprit->data = sender->function;
}

static int feed_vector(struct timeline *timeline, __u32 number, const struct hft_record *record,
		       __u64 start, const struct sender *sender)
{
	const struct hft_rec_vector *rec = record->payload;
	struct culprit culprit = { .cause = CAUSE_VECTOR, .kind = (__u16)rec->kind,
				   .number = (__s32)rec->vector };
	int call, err;

	if (rec->kind > 0xffff)
		culprit.kind = 0xffff;
	if (sender->state != SENDER_NO_NEED && sender->kind == HFT_IPI_TLB) {
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
	return feed_plain(timeline, number, record, start, &culprit);
}

static int feed_nmi(struct timeline *timeline, __u32 number, const struct hft_record *record,
		    __u64 start, const struct sender *sender)
{
	const struct hft_rec_nmi *rec = record->payload;
	struct culprit culprit = { .cause = CAUSE_NMI, .address = rec->handler };

	add_sender(timeline, sender, &culprit);
	return feed_plain(timeline, number, record, start, &culprit);
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
	err = take(timeline, number, start, record->tsc, &call->culprit, continued, &charge);
	if (err)
		return err;
	task = tasks_get(timeline->tasks, tasks_find(timeline->tasks, call->tid));
	if (!task)
		return -ENOMEM;
	if (record->ctx & HFT_CTX_SWITCHED_OUT) {
		task->in_call[call->kind] += charge.net;
		return 0;
	}
	charge.net += task->in_call[call->kind];
	task->in_call[call->kind] = 0;
	return tell_interval(timeline, &charge, start, record->tsc, cut);
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
	return feed_plain(timeline, number, record, start, &culprit);
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

static void name_fault(const struct line *line, const struct hft_rec_visit *visit,
		       struct culprit *culprit)
{
	const struct hft_rec_fault *fault = &line->fault;

	culprit->cause = CAUSE_PAGE_FAULT;
	if (visit && visit->major_faults)
		culprit->flags |= CULPRIT_MAJOR;
	if (!line->faulted) {
		culprit->flags |= CULPRIT_NO_RECORD;
		return;
	}
	culprit->flags |= fault->error_code & (HFT_FAULT_WRITE | HFT_FAULT_INSTRUCTION);
	if (!fault->user)
		culprit->flags |= CULPRIT_KERNEL;
	culprit->tgid = fault->tgid;
	culprit->address = fault->ip;
	culprit->data = fault->address;
}

/* What has no visit around it: counted, its time is not known. */
static int tell_bare(struct timeline *timeline, __u32 number, const struct culprit *culprit,
		     __u64 at)
{
	struct timeline_watcher *watcher = &timeline->watcher;
	struct charge charge = { 0 };
	int err;

	err = take(timeline, number, at, at, culprit, false, &charge);
	if (err)
		return err;
	charge.piece.start = at;
	charge.piece.end = at;
	err = watcher->piece ? watcher->piece(watcher->context, &charge.piece) : 0;
	return err ? err : tell_interval(timeline, &charge, at, at, true);
}

static int tell_bare_fault(struct timeline *timeline, __u32 number)
{
	struct line *line = &timeline->line[number];
	struct culprit culprit = { 0 };

	name_fault(line, NULL, &culprit);
	line->faulted = false;
	return tell_bare(timeline, number, &culprit, line->faulted_at);
}

static int tell_bare_signal(struct timeline *timeline, __u32 number)
{
	struct line *line = &timeline->line[number];
	__u64 at = line->signalled_at;

	line->signalled_at = 0;
	return tell_bare(timeline, number, &line->signal, at);
}

/* As with faults, it is told with the visit that delivers it. */
static int feed_delivery(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	struct line *line = &timeline->line[number];
	struct culprit culprit;
	int err;

	if (line->signalled_at && !line->visits) {
		err = tell_bare_signal(timeline, number);
		if (err)
			return err;
	}
	signals_deliver(&timeline->signals, timeline->tasks, record->payload, &culprit);
	if (line->signalled_at)
		return 0;
	line->signalled_at = record->tsc;
	line->signal = culprit;
	return 0;
}

static int feed_fault(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	const struct hft_rec_fault *rec = record->payload;
	struct line *line = &timeline->line[number];
	int err;

	/* In one visit there is one fault from user mode; the kernel may take several. */
	if (line->faulted && !line->visits) {
		err = tell_bare_fault(timeline, number);
		if (err)
			return err;
	}
	if (line->faulted && (line->fault.user || !rec->user))
		return 0;
	line->faulted = true;
	line->faulted_at = record->tsc;
	line->fault = *rec;
	return 0;
}

static int feed_visit(struct timeline *timeline, __u32 number, const struct hft_record *record,
		      __u64 start)
{
	const struct hft_rec_visit *rec = record->payload;
	struct line *line = &timeline->line[number];
	struct timeline_watcher *watcher = &timeline->watcher;
	struct charge charge = { 0 };
	struct culprit culprit = { 0 };
	bool cut = record->ctx & HFT_CTX_CONTINUED;
	struct covered inside;
	int err;

	if (line->faulted && line->faulted_at < start)
		line->faulted = false;
	if (line->signalled_at < start)
		line->signalled_at = 0;
	coverage_inside(&line->coverage, start, record->tsc, &inside);
	if (line->signalled_at) {
		culprit = line->signal;
	} else if (rec->faults || (line->faulted && (line->fault.user ||
					      !(inside.inside & BIT(CAUSE_SYSCALL))))) {
		name_fault(line, rec, &culprit);
	} else if (line->called && !(inside.inside & BIT(CAUSE_SYSCALL))) {
		culprit.cause = CAUSE_SYSCALL;
		culprit.number = line->call.nr;
		culprit.flags = CULPRIT_FORBIDDEN;
		culprit.tgid = line->call.tgid;
		culprit.address = line->call.user[0];
	} else if (line->first_switch) {
		culprit.cause = CAUSE_KERNEL_ENTRY;
		culprit.kind = KERNEL_ENTRY_SWITCH;
		culprit.task = line->from;
		culprit.other = line->to;
	} else {
		culprit.cause = CAUSE_KERNEL_ENTRY;
		culprit.kind = inside.culprit == CULPRIT_NONE ? KERNEL_ENTRY_BARE :
			       KERNEL_ENTRY_AROUND;
		culprit.other = inside.culprit;
	}
	if (line->first_switch) {
		charge.others_from = line->first_switch;
		charge.others_to = line->switched_at;
	}
	err = take(timeline, number, start, record->tsc, &culprit, false, &charge);
	line->visits = true;
	line->faulted = false;
	line->signalled_at = 0;
	line->called = false;
	line->first_switch = 0;
	if (!err)
		err = tell_interval(timeline, &charge, start, record->tsc, cut);
	if (!err && watcher->visit) {
		struct interval whole = { .line = number, .culprit = charge.piece.culprit,
					  .start = start, .end = record->tsc,
					  .net = record->tsc - start, .cut = cut };

		err = watcher->visit(watcher->context, &whole);
	}
	return err;
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
	struct culprit culprit = { .cause = CAUSE_LOST, .number = line->cpu };
	struct charge charge = { 0 };
	int err = 0;

	if (line->last && line->last < start) {
		err = take(timeline, number, line->last, start, &culprit, false, &charge);
		if (!err)
			err = tell_interval(timeline, &charge, line->last, start, false);
	}
	line->switched_at = 0;
	line->first_switch = 0;
	line->faulted = false;
	line->signalled_at = 0;
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
		culprit.cause = CAUSE_IRQ;
		culprit.number = (__s32)((const struct hft_rec_irq *)record->payload)->irq;
		return feed_plain(timeline, number, record, start, &culprit);
	case HFT_REC_SOFTIRQ:
		culprit.cause = CAUSE_SOFTIRQ;
		culprit.number = (__s32)((const struct hft_rec_softirq *)record->payload)->vec;
		return feed_plain(timeline, number, record, start, &culprit);
	case HFT_REC_SOFTIRQ_TASK:
		culprit.cause = CAUSE_SOFTIRQ;
		culprit.number =
			(__s32)((const struct hft_rec_softirq_task *)record->payload)->vec;
		return feed_plain(timeline, number, record, start, &culprit);
	case HFT_REC_NMI:
		return feed_nmi(timeline, number, record, start, &sender);
	case HFT_REC_VECTOR:
		return feed_vector(timeline, number, record, start, &sender);
	case HFT_REC_SIGNAL:
		signals_send(&timeline->signals, record);
		return 0;
	case HFT_REC_SIGNAL_DELIVER:
		return feed_delivery(timeline, number, record);
	case HFT_REC_HRTIMER:
		return feed_hrtimer(timeline, number, record, start);
	case HFT_REC_TIMER:
		culprit.cause = CAUSE_TIMER;
		culprit.address = ((const struct hft_rec_timer *)record->payload)->function;
		return feed_plain(timeline, number, record, start, &culprit);
	case HFT_REC_TICK_STOP:
		return feed_tick(timeline, number, record);
	case HFT_REC_FAULT:
		return feed_fault(timeline, number, record);
	case HFT_REC_SYSCALL_STACK:
		timeline->line[number].called = true;
		memcpy(&timeline->line[number].call, record->payload,
		       sizeof(timeline->line[number].call));
		return 0;
	case HFT_REC_VISIT:
		return feed_visit(timeline, number, record, start);
	case HFT_REC_SWITCH:
		return feed_switch(timeline, number, record);
	default:
		if (call_of(record, timeline->tasks, &timeline->deferred, &call))
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
			err = tell_bare_fault(timeline, number);
		if (!err && line->signalled_at && !line->visits)
			err = tell_bare_signal(timeline, number);
	}
	return err;
}
