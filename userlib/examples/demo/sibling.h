/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * A thread of the engine's process on another CPU. On request it does to the
 * process's memory what threads beside a trading thread do: maps, unmaps, gives
 * pages back. The trading thread pays for it.
 */
#ifndef DEMO_SIBLING_H
#define DEMO_SIBLING_H

#include <linux/types.h>
#include <stdatomic.h>

#define SIBLING_NAME		"sibling"	/* of the thread */
#define SIBLING_PAGE		4096UL
#define SIBLING_SCRATCH_PAGES	8		/* that the engine touches with each tick */

enum sibling_deed {
	SIBLING_END,
	SIBLING_FRESH,	/* the engine's scratch pages are new: it faults, is not interrupted */
	SIBLING_ZAP,	/* they are given back: it is interrupted, then faults */
	SIBLING_UNMAP,	/* others are unmapped: it is interrupted */
	SIBLING_MEMBARRIER, /* a barrier in all of the process's threads: it is interrupted */
	SIBLING_COLLAPSE, /* pages it uses become a huge one: it faults, and waits for that */
};

/* One request at a time: `asked` goes up, then `answered` follows. */
struct sibling_mailbox {
	_Atomic __u32 asked;
	_Atomic __u32 answered;
	__u32 deed;		/* enum sibling_deed */
	__s32 tid;		/* of the sibling */
	__s32 error;		/* -errno of the last deed */
	__u64 start;		/* clock ticks around it, what the engine did about it included */
	__u64 end;
	__u64 address;		/* of the pages */
	__u64 bytes;
};

struct shared;

/*
 * Engine: maps the scratch pages, 0 or -errno. Call it after mlockall(), which
 * would keep the pages from being given back.
 */
int sibling_prepare(struct shared *shared);

/* Engine: the thread's main loop; `argument` is the struct shared. */
void *sibling_run(void *argument);

/* Others: asks, and waits for the answer in the mailbox: 0, -errno, or -ETIMEDOUT. */
int sibling_ask(struct shared *shared, enum sibling_deed deed);

#endif
