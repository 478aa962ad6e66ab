/* SPDX-License-Identifier: GPL-2.0 */
/* Who sent the signal that a thread got: joins the records of sending and delivery. */
#ifndef HFT_SIGNALS_H
#define HFT_SIGNALS_H

#include <hftrace-reader.h>

struct culprit;
struct tasks;

#define SIGNALS_KEPT	64U

/* Those that were sent lately and not yet delivered, on all CPUs. */
struct signals {
	struct sent_signal {
		__s32 sig;	/* 0: none */
		__s32 tid;
		__s32 tgid;
		__s32 by_tid;
		__u32 group;
		__u8 level;	/* HFT_CTX_TASK...: in an interrupt nobody sent it */
	} sent[SIGNALS_KEPT];
	__u32 count;
};

/* A record of sending. */
void signals_send(struct signals *signals, const struct hft_record *record);

/* Of a record of delivery, who is to blame. */
void signals_deliver(struct signals *signals, struct tasks *tasks,
		     const struct hft_rec_signal *rec, struct culprit *culprit);

#endif /* HFT_SIGNALS_H */
