// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "lib/causes.h"
#include "lib/signals.h"
#include "lib/tasks.h"

/* As of si_code in sigaction(2): from the kernel, but for no fault. */
#define FROM_KERNEL	0x80

void signals_send(struct signals *signals, const struct hft_record *record)
{
	const struct hft_rec_signal *rec = record->payload;

	if (rec->result != HFT_SIGNAL_DELIVERED && rec->result != HFT_SIGNAL_LOSE_INFO)
		return;
	signals->sent[signals->count++ % SIGNALS_KEPT] = (struct sent_signal){
		.sig = rec->sig, .tid = rec->tid, .tgid = rec->tgid, .by_tid = rec->by_tid,
		.group = rec->group, .level = record->ctx & HFT_CTX_LEVEL_MASK,
	};
}

/* The oldest that waits: signals of a kind are delivered in order. */
static struct sent_signal *find(struct signals *signals, const struct hft_rec_signal *rec)
{
	__u32 kept = signals->count < SIGNALS_KEPT ? signals->count : SIGNALS_KEPT, i;

	for (i = kept; i; i--) {
		struct sent_signal *sent = &signals->sent[(signals->count - i) % SIGNALS_KEPT];

		if (sent->sig == rec->sig &&
		    (sent->tid == rec->tid || (sent->group && sent->tgid == rec->tgid)))
			return sent;
	}
	return NULL;
}

void signals_deliver(struct signals *signals, struct tasks *tasks,
		     const struct hft_rec_signal *rec, struct culprit *culprit)
{
	struct sent_signal *sent = find(signals, rec);

	memset(culprit, 0, sizeof(*culprit));
	culprit->cause = CAUSE_SIGNAL;
	culprit->kind = SIGNAL_UNKNOWN;
	culprit->number = rec->sig;
	culprit->task = TASK_NONE;
	if (rec->address) {
		culprit->kind = SIGNAL_FAULT;
	} else if (sent && sent->level != HFT_CTX_TASK) {
		culprit->kind = SIGNAL_INTERRUPT;
	} else if (sent || rec->by_tid) {
		culprit->kind = rec->code == FROM_KERNEL ? SIGNAL_KERNEL : SIGNAL_TASK;
		culprit->task = tasks_find(tasks, sent ? sent->by_tid : rec->by_tid);
	}
	if (sent)
		sent->sig = 0;
}
