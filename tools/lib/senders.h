/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sent the interrupt that a CPU took: joins the records of sending with
 * the intervals of vectors and NMIs that they led to. What was queued for a
 * CPU before one of its interrupts began was queued for that interrupt: several
 * senders may share one, and any of them is named, the one that came last.
 */
#ifndef HFT_SENDERS_H
#define HFT_SENDERS_H

#include <hftrace-reader.h>
#include <stdbool.h>

#include "lib/json.h"

struct senders;
struct symbols;

enum sender_state {
	SENDER_NO_NEED,		/* nobody sends such an interrupt */
	SENDER_NOT_RECORDED,
	SENDER_KNOWN,
};

struct sender {
	enum sender_state state;
	/* The rest when it is known; but a kind of HFT_IPI_TLB may be without it. */
	__u32 kind;		/* enum hft_ipi_kind; HFT_IPI_KINDS: not known */
	__s32 cpu;		/* that sent */
	__s32 tid;		/* that ran there */
	__u64 tsc;		/* when */
	__u64 function;		/* that was to run; 0: not known */
	bool interrupt;		/* it was an interrupt over that task, which knows nothing of it */
	__u64 caller;		/* the code that asked for it; 0: not known */
	char comm[17];		/* NUL-terminated */
};

/* `hz`: ticks per second. 0 or -ENOMEM. */
int senders_open(struct senders **senders, double hz);
void senders_close(struct senders *senders);

/*
 * Every record of the kernel rings, in time order over all rings; `cpu` is the
 * ring's. `sender` is of this record. 0 or -ENOMEM.
 */
int senders_feed(struct senders *senders, __s32 cpu, const struct hft_record *record,
		 struct sender *sender);

/* The function's name, or its address. NULL without one. Returns buf. */
const char *sender_function(const struct sender *sender, struct symbols *symbols, char *buf,
			    size_t size);

/* An object; null when it was not recorded, nothing when there is no need. */
void sender_json(const struct sender *sender, struct symbols *symbols, struct json *json);

#endif /* HFT_SENDERS_H */
