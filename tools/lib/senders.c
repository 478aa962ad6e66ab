// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/irqs.h"
#include "lib/senders.h"
#include "lib/symbols.h"

#define SENDS	32U		/* that wait, of one way to one CPU */
/*
 * Seconds that one may wait before it counts as gone. A virtual CPU is stopped
 * for long at times; and what is queued for a CPU that polls in its idle loop
 * is served there without an interrupt.
 */
#define WINDOW	1.0
#define CPUS	(1U << 16)

/* Ways to a CPU, each with a queue of its own: what one sends the other does not deliver. */
enum way {
	WAY_RESCHEDULE,
	WAY_CALL,
	WAY_IRQ_WORK,
	WAY_BACKTRACE,
	WAY_TIMER,
	WAY_OTHER,
	WAYS,
	NO_WAY = WAYS,
};

struct send {
	__u64 tsc;
	__u64 function;
	__u64 caller;
	__s32 cpu;
	__s32 tid;
	bool interrupt;
	__u8 kind;
	__u8 flags;
	char comm[16];
};

struct queue {
	struct send send[SENDS];	/* a ring */
	__u32 first;
	__u32 count;
	__u64 start;			/* the newest interrupt of this way; 0: none seen */
	__u64 end;
};

struct target {
	struct queue queue[WAYS];
	__u64 flushed_at;	/* the newest TLB flush that another CPU asked for; 0: none */
};

struct senders {
	struct target **target;	/* by CPU */
	__u32 targets;
	__u64 window;		/* ticks */
	__u64 lost_at;		/* records of some CPU were lost up to here */
};

int senders_open(struct senders **made, double hz)
{
	struct senders *senders = calloc(1, sizeof(*senders));

	if (!senders)
		return -ENOMEM;
	senders->window = (__u64)(hz * WINDOW);
	*made = senders;
	return 0;
}

void senders_close(struct senders *senders)
{
	__u32 i;

	if (!senders)
		return;
	for (i = 0; i < senders->targets; i++)
		free(senders->target[i]);
	free(senders->target);
	free(senders);
}

/* NULL if memory is short. */
static struct target *target_of(struct senders *senders, __u32 cpu)
{
	struct target **grown;
	__u32 count = cpu + 1;

	if (cpu >= senders->targets) {
		grown = realloc(senders->target, count * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + senders->targets, 0,
		       (count - senders->targets) * sizeof(*grown));
		senders->target = grown;
		senders->targets = count;
	}
	if (!senders->target[cpu])
		senders->target[cpu] = calloc(1, sizeof(struct target));
	return senders->target[cpu];
}

/* ------------------------------------------------------------------ sends */

static enum way way_of_kind(__u8 kind)
{
	switch ((enum hft_ipi_kind)kind) {
	case HFT_IPI_RESCHEDULE:
		return WAY_RESCHEDULE;
	case HFT_IPI_IRQ_WORK:
		return WAY_IRQ_WORK;
	case HFT_IPI_BACKTRACE:
		return WAY_BACKTRACE;
	case HFT_IPI_TIMER:
		return WAY_TIMER;
	case HFT_IPI_OTHER:
		return WAY_OTHER;
	case HFT_IPI_CALL:
	case HFT_IPI_TLB:
	case HFT_IPI_TLB_KERNEL:
	case HFT_IPI_MEMBARRIER:
	case HFT_IPI_SYNC_CORE:
	case HFT_IPI_WAKEUP:
	case HFT_IPI_REMOTE_WORK:
		return WAY_CALL;
	case HFT_IPI_KINDS:
		break;
	}
	return NO_WAY;
}

static void enqueue(struct queue *queue, const struct send *send)
{
	if (queue->count == SENDS) {
		queue->first++;
		queue->count--;
	}
	queue->send[(queue->first + queue->count++) % SENDS] = *send;
}

static int feed_send(struct senders *senders, __s32 cpu, const struct hft_record *record)
{
	const struct hft_rec_ipi_send *rec = record->payload;
	struct send send = {
		.tsc = record->tsc, .function = rec->function, .caller = rec->caller,
		.cpu = cpu, .tid = rec->tid, .kind = rec->kind, .flags = rec->flags,
		.interrupt = (record->ctx & HFT_CTX_LEVEL_MASK) != HFT_CTX_TASK,
	};
	enum way way = way_of_kind(rec->kind);
	struct target *target;
	__u32 bit;

	memcpy(send.comm, rec->comm, sizeof(send.comm));
	for (bit = 0; bit < 64 && way != NO_WAY; bit++) {
		if (!(rec->targets >> bit & 1) || rec->first_cpu + bit >= CPUS)
			continue;
		target = target_of(senders, rec->first_cpu + bit);
		if (!target)
			return -ENOMEM;
		enqueue(&target->queue[way], &send);
	}
	return 0;
}

/* ------------------------------------------------------------- interrupts */

static enum way way_of_record(const struct hft_record *record)
{
	const struct hft_rec_vector *vector = record->payload;
	const struct hft_rec_nmi *nmi = record->payload;

	if (record->type == HFT_REC_NMI)
		return nmi->handled ? WAY_BACKTRACE : NO_WAY;
	switch (vector->kind) {
	case HFT_VECTOR_RESCHEDULE:
		return WAY_RESCHEDULE;
	case HFT_VECTOR_CALL_FUNCTION:
	case HFT_VECTOR_CALL_FUNCTION_SINGLE:
		return WAY_CALL;
	case HFT_VECTOR_IRQ_WORK:
		return WAY_IRQ_WORK;
	case HFT_VECTOR_BACKTRACE:
		return WAY_BACKTRACE;
	case HFT_VECTOR_TIMER_BROADCAST:
		return WAY_TIMER;
	case HFT_VECTOR_OTHER_IPI:
		return WAY_OTHER;
	default:
		return NO_WAY;
	}
}

/*
 * How well a send fits an interrupt that began at `start`; 0: not at all. One
 * that was sent while the interrupt before ran may have been served by that
 * one; only if nothing was lost since can it be this one's, for want of others.
 */
static int fitness(const struct senders *senders, const struct queue *queue,
		   const struct send *send, __u64 start, bool flushed)
{
	int fit = 8;

	if (send->tsc >= start || send->tsc + senders->window < start)
		return 0;
	if (send->tsc <= queue->end) {
		if (send->tsc < queue->start || senders->lost_at > queue->start)
			return 0;
		fit = 2;
	}
	if (send->flags & HFT_IPI_MAYBE)
		fit /= 2;
	if (flushed && send->kind == HFT_IPI_TLB)
		fit += 16;
	return fit;
}

static const struct send *find_send(const struct senders *senders, const struct queue *queue,
				    __u64 start, bool flushed)
{
	const struct send *best = NULL;
	int fit, most = 0;
	__u32 i;

	for (i = 0; i < queue->count; i++) {
		const struct send *send = &queue->send[(queue->first + i) % SENDS];

		fit = fitness(senders, queue, send, start, flushed);
		if (fit && fit >= most) {
			most = fit;
			best = send;
		}
	}
	return best;
}

/* What was sent before the interrupt began has been served by it. */
static void serve(struct queue *queue, __u64 start, __u64 end)
{
	while (queue->count && queue->send[queue->first % SENDS].tsc < start) {
		queue->first++;
		queue->count--;
	}
	queue->start = start;
	queue->end = end;
}

static void name_sender(struct senders *senders, struct target *target,
			const struct hft_record *record, enum way way, struct sender *sender)
{
	struct queue *queue = &target->queue[way];
	bool flushed = way == WAY_CALL && target->flushed_at >= record->start &&
		       target->flushed_at;
	const struct send *send = find_send(senders, queue, record->start, flushed);

	sender->state = SENDER_NOT_RECORDED;
	sender->kind = flushed ? HFT_IPI_TLB : HFT_IPI_KINDS;
	if (send) {
		sender->state = SENDER_KNOWN;
		sender->kind = send->kind;
		sender->cpu = send->cpu;
		sender->tid = send->tid;
		sender->tsc = send->tsc;
		sender->function = send->function;
		sender->interrupt = send->interrupt;
		sender->caller = send->caller;
		memcpy(sender->comm, send->comm, sizeof(send->comm));
	}
	if (way == WAY_CALL)
		target->flushed_at = 0;
	serve(queue, record->start, record->tsc);
}

/* Of this CPU: it is not known which interrupts served what waited then. */
static void feed_loss(struct senders *senders, struct target *target, __u64 until)
{
	enum way way;

	senders->lost_at = until;
	for (way = 0; way < WAYS; way++)
		serve(&target->queue[way], until, until);
	target->flushed_at = 0;
}

/* What was sent, or may have been; others are only looked at for what was lost before them. */
static bool concerns(const struct hft_record *record)
{
	switch (record->type) {
	case HFT_REC_IPI_SEND:
	case HFT_REC_TLB_FLUSH:
	case HFT_REC_NMI:
		return true;
	case HFT_REC_VECTOR:
		return record->lost_slots || way_of_record(record) != NO_WAY;
	default:
		return record->lost_slots;
	}
}

int senders_feed(struct senders *senders, __s32 cpu, const struct hft_record *record,
		 struct sender *sender)
{
	const struct hft_rec_tlb_flush *flush = record->payload;
	struct target *target;
	enum way way = NO_WAY;

	sender->state = SENDER_NO_NEED;
	if (!concerns(record))
		return 0;
	memset(sender, 0, sizeof(*sender));
	if (cpu < 0 || (__u32)cpu >= CPUS)
		return 0;
	target = target_of(senders, (__u32)cpu);
	if (!target)
		return -ENOMEM;
	if (record->lost_slots)
		feed_loss(senders, target, record->start);
	switch (record->type) {
	case HFT_REC_IPI_SEND:
		return feed_send(senders, cpu, record);
	case HFT_REC_TLB_FLUSH:
		if (flush->reason == HFT_TLB_REMOTE_SHOOTDOWN)
			target->flushed_at = record->tsc;
		return 0;
	case HFT_REC_VECTOR:
	case HFT_REC_NMI:
		way = way_of_record(record);
		break;
	}
	/* an NMI has many sources: one of them is a sender only if there is one */
	if (way == NO_WAY ||
	    (record->type == HFT_REC_NMI && !find_send(senders, &target->queue[way],
						       record->start, false)))
		return 0;
	name_sender(senders, target, record, way, sender);
	return 0;
}

/* ---------------------------------------------------------------- telling */

const char *sender_function(const struct sender *sender, struct symbols *symbols, char *buf,
			    size_t size)
{
	return sender->function ? symbols_kernel(symbols, sender->function, buf, size) : NULL;
}

void sender_json(const struct sender *sender, struct symbols *symbols, struct json *json)
{
	const char *kind = ipi_kind_name(sender->kind), *function;
	char text[SYMBOLS_TEXT];

	if (sender->state == SENDER_NO_NEED)
		return;
	if (sender->state == SENDER_NOT_RECORDED) {
		json_null(json, "sender");
		return;
	}
	function = sender_function(sender, symbols, text, sizeof(text));
	json_object(json, "sender");
	json_s64(json, "cpu", sender->cpu);
	if (sender->comm[0]) {
		json_s64(json, "tid", sender->tid);
		json_string(json, "comm", sender->comm);
	} else {
		json_null(json, "tid");
		json_null(json, "comm");
	}
	json_string(json, "kind", kind ? kind : "?");
	if (function)
		json_string(json, "function", function);
	else
		json_null(json, "function");
	json_bool(json, "interrupt", sender->interrupt);
	json_close(json);
}
