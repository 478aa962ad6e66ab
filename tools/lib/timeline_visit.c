// SPDX-License-Identifier: GPL-2.0
/* Visits to the kernel, and what is told with them: faults, signals, interrupts on their way. */
#include <errno.h>
#include <string.h>

#include "lib/tasks.h"
#include "lib/timeline_private.h"

/* For coverage_gaps(). */
static int tell_delivery_piece(void *context, __u64 start, __u64 end)
{
	struct charge *charge = context;
	struct timeline_watcher *watcher = &charge->timeline->watcher;

	charge->piece.start = start;
	charge->piece.end = end;
	return watcher->delivery(watcher->context, &charge->piece);
}

/* Nothing is charged: the interrupt was on its way from `start` to `end`. */
static int tell_delivery(struct timeline *timeline, __u32 number, __u64 start, __u64 end)
{
	const struct culprit culprit = {
		.cause = CAUSE_KERNEL_ENTRY, .kind = KERNEL_ENTRY_DELIVERY,
		.other = timeline->line[number].sent,
	};
	struct charge charge = { .timeline = timeline };

	charge.piece.line = number;
	charge.piece.culprit = causes_intern(timeline->causes, &culprit);
	if (charge.piece.culprit == CULPRIT_NONE)
		return -ENOMEM;
	return coverage_gaps(&timeline->line[number].coverage, start, end, tell_delivery_piece,
			     &charge);
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

	err = timeline_take(timeline, number, at, at, culprit->cause,
			    causes_intern(timeline->causes, culprit), false, &charge);
	if (err)
		return err;
	charge.piece.start = at;
	charge.piece.end = at;
	err = watcher->piece ? watcher->piece(watcher->context, &charge.piece) : 0;
	return err ? err : timeline_tell(timeline, &charge, at, at, true);
}

int timeline_bare_fault(struct timeline *timeline, __u32 number)
{
	struct line *line = &timeline->line[number];
	struct culprit culprit = { 0 };

	name_fault(line, NULL, &culprit);
	line->faulted = false;
	return tell_bare(timeline, number, &culprit, line->faulted_at);
}

int timeline_bare_signal(struct timeline *timeline, __u32 number)
{
	struct line *line = &timeline->line[number];
	__u64 at = line->signalled_at;

	line->signalled_at = 0;
	return tell_bare(timeline, number, &line->signal, at);
}

/* As with faults, it is told with the visit that delivers it. */
int timeline_signal(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	struct line *line = &timeline->line[number];
	struct culprit culprit;
	int err;

	if (line->signalled_at && !line->visits) {
		err = timeline_bare_signal(timeline, number);
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

int timeline_fault(struct timeline *timeline, __u32 number, const struct hft_record *record)
{
	const struct hft_rec_fault *rec = record->payload;
	struct line *line = &timeline->line[number];
	int err;

	/* In one visit there is one fault from user mode; the kernel may take several. */
	if (line->faulted && !line->visits) {
		err = timeline_bare_fault(timeline, number);
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

/* What a visit was for. */
static __u32 name_visit(struct timeline *timeline, __u32 number, const struct hft_rec_visit *rec,
			__u64 start, __u64 end, enum cause *cause)
{
	const struct line *line = &timeline->line[number];
	struct culprit culprit = { 0 };
	struct covered inside;

	coverage_inside(&line->coverage, start, end, &inside);
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
		*cause = CAUSE_KERNEL_ENTRY;
		return causes_plain(timeline->causes, CAUSE_KERNEL_ENTRY,
				    inside.culprit == CULPRIT_NONE ? KERNEL_ENTRY_BARE :
				    KERNEL_ENTRY_AROUND, 0, inside.culprit);
	}
	*cause = culprit.cause;
	return causes_intern(timeline->causes, &culprit);
}

int timeline_visit(struct timeline *timeline, __u32 number, const struct hft_record *record,
		   __u64 start)
{
	const struct hft_rec_visit *rec = record->payload;
	struct line *line = &timeline->line[number];
	struct timeline_watcher *watcher = &timeline->watcher;
	struct charge charge = { 0 };
	bool cut = record->ctx & HFT_CTX_CONTINUED;
	enum cause cause;
	__u64 others = 0;
	__u32 culprit;
	int err;

	if (line->faulted && line->faulted_at < start)
		line->faulted = false;
	if (line->signalled_at < start)
		line->signalled_at = 0;
	if (line->sent_at && line->sent_at < start && watcher->delivery) {
		err = tell_delivery(timeline, number, line->sent_at, start);
		if (err)
			return err;
	}
	line->sent_at = 0;
	culprit = name_visit(timeline, number, rec, start, record->tsc, &cause);
	if (line->first_switch) {
		charge.net.without_from = line->first_switch;
		charge.net.without_to = line->switched_at;
		if (line->first_switch >= start)
			others = line->switched_at - line->first_switch;
	}
	err = timeline_take(timeline, number, start, record->tsc, cause, culprit, false, &charge);
	line->visits = true;
	line->faulted = false;
	line->signalled_at = 0;
	line->called = false;
	line->first_switch = 0;
	if (!err)
		err = timeline_tell(timeline, &charge, start, record->tsc, cut);
	if (!err && watcher->visit) {
		struct interval whole = { .line = number, .culprit = charge.piece.culprit,
					  .start = start, .end = record->tsc,
					  .net = record->tsc - start, .cut = cut };

		/* what others ran, or idle, is their time: they may have visits of their own */
		whole.net -= others;
		err = watcher->visit(watcher->context, &whole);
	}
	return err;
}
