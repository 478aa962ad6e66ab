// SPDX-License-Identifier: GPL-2.0
/* What hftrace saw: a CPU's ring as it stood in memory, by the ABI alone. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hftrace/abi.h>

#include "observation.h"

#define EXIT_INVALID	3

static void observe_sched(struct observation *o, const struct hft_slot *slot)
{
	const struct hft_rec_switch *sw = (const void *)slot->arg;
	const struct hft_rec_wakeup *wakeup = (const void *)slot->arg;
	const struct hft_rec_migrate *migrate = (const void *)slot->arg;

	switch (o->class) {
	case OBS_SWITCH:
		o->field[0] = sw->prev_tid;
		o->field[1] = sw->next_tid;
		o->field[2] = sw->prev_state;
		o->field[3] = sw->prev_prio;
		o->field[4] = sw->next_prio;
		observed_text(o, 0, sw->prev_comm, 16);
		observed_text(o, 1, sw->next_comm, 16);
		break;
	case OBS_WAKING:
	case OBS_WAKEUP:
	case OBS_WAKEUP_NEW:
		o->field[0] = wakeup->tid;
		o->field[1] = wakeup->by_tid;
		o->field[2] = wakeup->prio;
		o->field[3] = wakeup->target_cpu;
		observed_text(o, 0, wakeup->comm, 16);
		observed_text(o, 1, wakeup->by_comm, 16);
		break;
	case OBS_MIGRATE:
		o->field[0] = migrate->tid;
		o->field[1] = migrate->by_tid;
		o->field[2] = migrate->prio;
		o->field[3] = migrate->orig_cpu;
		o->field[4] = migrate->dest_cpu;
		break;
	}
}

static void observe_task(struct observation *o, const struct hft_slot *slot)
{
	const struct hft_rec_fork *fork = (const void *)slot->arg;
	const struct hft_rec_exec *exec = (const void *)slot->arg;
	const struct hft_rec_exit *exit = (const void *)slot->arg;
	const struct hft_rec_fault *fault = (const void *)slot->arg;

	switch (o->class) {
	case OBS_FORK:
		o->field[0] = fork->tid;
		o->field[1] = fork->parent_tid;
		observed_text(o, 0, fork->comm, sizeof(fork->comm));
		break;
	case OBS_EXEC:
		o->field[0] = exec->tid;
		o->field[1] = exec->old_tid;
		observed_text(o, 0, exec->filename, sizeof(exec->filename));
		break;
	case OBS_EXIT:
		o->field[0] = exit->tid;
		o->field[1] = exit->prio;
		observed_text(o, 0, exit->comm, 16);
		break;
	case OBS_FAULT_USER:
	case OBS_FAULT_KERNEL:
		o->field[0] = fault->address;
		o->field[1] = fault->ip;
		o->field[2] = fault->error_code;
		o->field[3] = fault->tid;
		break;
	}
}

static void observe_syscall(struct observation *o, const struct hft_slot *slot)
{
	const struct hft_rec_syscall *call = (const void *)slot->arg;

	o->field[0] = call->nr;
	o->field[1] = call->tid;
	o->field[2] = call->ret;
	memcpy(&o->field[3], call->args, sizeof(call->args));
}

/* CPU-scoped intervals, and what is written in their manner. */
static void observe_interval(struct observation *o, const struct hft_slot *slot)
{
	const struct hft_rec_irq *irq = (const void *)slot->arg;
	const struct hft_rec_nmi *nmi = (const void *)slot->arg;
	const struct hft_rec_visit *visit = (const void *)slot->arg;
	const struct hft_rec_tlb_flush *tlb = (const void *)slot->arg;
	const struct hft_rec_softirq_task *softirq = (const void *)slot->arg;

	switch (slot->type) {
	case HFT_REC_SOFTIRQ_TASK:
		o->field[0] = softirq->vec;
		if (o->class == OBS_SOFTIRQ_SEGMENT)
			o->field[1] = softirq->tid;
		break;
	case HFT_REC_IRQ:
		o->field[0] = irq->irq;
		o->field[1] = irq->ret;
		break;
	case HFT_REC_SOFTIRQ:
	case HFT_REC_VECTOR:
		o->field[0] = irq->irq;	/* the same place: vec, vector */
		break;
	case HFT_REC_NMI:
		o->field[0] = nmi->duration;
		o->field[1] = nmi->handled;
		o->field[2] = nmi->handler;
		break;
	case HFT_REC_VISIT:
		o->field[0] = visit->faults;
		break;
	case HFT_REC_TLB_FLUSH:
		o->field[0] = tlb->pages;
		o->field[1] = tlb->tid;
		break;
	}
}

static int class_of(const struct hft_slot *slot)
{
	const struct hft_rec_softirq *softirq = (const void *)slot->arg;
	const struct hft_rec_softirq_task *of_task = (const void *)slot->arg;
	const struct hft_rec_vector *vector = (const void *)slot->arg;
	const struct hft_rec_tlb_flush *tlb = (const void *)slot->arg;
	const struct hft_rec_fault *fault = (const void *)slot->arg;

	switch (slot->type) {
	case HFT_REC_SWITCH:
		return OBS_SWITCH;
	case HFT_REC_WAKING:
		return OBS_WAKING;
	case HFT_REC_WAKEUP:
		return OBS_WAKEUP;
	case HFT_REC_WAKEUP_NEW:
		return OBS_WAKEUP_NEW;
	case HFT_REC_MIGRATE:
		return OBS_MIGRATE;
	case HFT_REC_FORK:
		return OBS_FORK;
	case HFT_REC_EXEC:
		return OBS_EXEC;
	case HFT_REC_EXIT:
		return OBS_EXIT;
	case HFT_REC_IRQ:
		return OBS_IRQ;
	case HFT_REC_SOFTIRQ:
		return OBS_SOFTIRQ + softirq->vec;
	case HFT_REC_SOFTIRQ_TASK:
		return slot->ctx & HFT_CTX_SWITCHED_OUT ? OBS_SOFTIRQ_SEGMENT :
							  OBS_SOFTIRQ + (int)of_task->vec;
	case HFT_REC_VECTOR:
		return OBS_VECTOR + vector->kind;
	case HFT_REC_NMI:
		return OBS_NMI;
	case HFT_REC_VISIT:
		return OBS_VISIT;
	case HFT_REC_TLB_FLUSH:
		return OBS_TLB + tlb->reason;
	case HFT_REC_FAULT:
		return fault->user ? OBS_FAULT_USER : OBS_FAULT_KERNEL;
	case HFT_REC_SYSCALL:
		return slot->ctx & HFT_CTX_SWITCHED_OUT ? OBS_SEGMENT : OBS_SYSCALL;
	}
	return -1;
}

static uint64_t duration_of(const struct hft_slot *slot)
{
	switch (slot->type) {
	case HFT_REC_IRQ:
	case HFT_REC_SOFTIRQ:
	case HFT_REC_VECTOR:
		return (uint32_t)slot->arg[0];
	case HFT_REC_VISIT:
	case HFT_REC_SYSCALL:
	case HFT_REC_SOFTIRQ_TASK:
		return slot->arg[0];
	}
	return 0;
}

static void observe_slot(struct observations *all, const struct hft_slot *slot, unsigned int cpu)
{
	int class = class_of(slot);
	struct observation *o;

	if (class < 0)
		errx(EXIT_FAILURE, "CPU %u: a record of type %u", cpu, slot->type);
	o = observe(all, class, cpu, slot->tsc);
	o->interval = slot->type == HFT_REC_VISIT || slot->type == HFT_REC_SYSCALL ||
		      slot->type == HFT_REC_SOFTIRQ_TASK ||
		      (slot->type >= HFT_REC_IRQ && slot->type <= HFT_REC_VECTOR);
	if (o->interval && !(slot->ctx & HFT_CTX_CONTINUED))
		o->start = slot->tsc - duration_of(slot);
	if (slot->type == HFT_REC_SYSCALL)
		observe_syscall(o, slot);
	else if (slot->type >= HFT_REC_IRQ && slot->type < HFT_REC_FAULT)
		observe_interval(o, slot);
	else if (o->class <= OBS_MIGRATE)
		observe_sched(o, slot);
	else
		observe_task(o, slot);
}

void ring_observe(struct observations *all, const struct window *window, const char *directory,
		  unsigned int cpu)
{
	const struct hft_ring_ctl *ring;
	const struct hft_slot *slots;
	uint64_t last = 0, records = 0, i;
	char name[16];
	size_t size;

	snprintf(name, sizeof(name), "cpu%u", cpu);
	ring = file_read(directory, "ring.", name, &size);
	slots = (const void *)((const char *)ring + HFT_PAGE_SIZE);
	if (size < HFT_PAGE_SIZE || ring->magic != HFT_RING_MAGIC || ring->id != (int)cpu)
		errx(EXIT_FAILURE, "ring.%s is not that CPU's ring", name);
	if (ring->head > ring->slots)
		errx(EXIT_INVALID, "the ring of CPU %u was too small: %llu slots of %llu", cpu,
		     ring->head, ring->slots);
	if (size != HFT_RING_STRIDE(ring->head) || ring->frames_lost)
		errx(EXIT_FAILURE, "ring.%s: %zu bytes, %llu intervals lost", name, size,
		     ring->frames_lost);
	for (i = 0; i < ring->head; i += slots[i].slots) {
		if (slots[i].seq != (uint32_t)i || !slots[i].slots || slots[i].tsc < last)
			errx(EXIT_FAILURE, "CPU %u: slot %lu was not committed or is out of time",
			     cpu, i);
		last = slots[i].tsc;
		if (slots[i].type == HFT_REC_PAD)
			continue;
		records++;
		if (last >= window->start && last <= window->end)
			observe_slot(all, &slots[i], cpu);
	}
	if (records != ring->records)
		errx(EXIT_FAILURE, "CPU %u: %lu records, the ring says %llu", cpu, records,
		     ring->records);
}
