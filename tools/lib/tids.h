/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers thread ids from 0 as they come, so that arrays can stand beside them. */
#ifndef HFT_TIDS_H
#define HFT_TIDS_H

#include <linux/types.h>

#define TID_NONE	(~0U)

/* Zero it first. */
struct tids {
	__s32 *tid;		/* by number */
	__u32 count;
	__u32 *slot;		/* number + 1, open addressing; 0: free */
	__u32 slots;		/* a power of two */
};

void tids_uninit(struct tids *tids);

/* The number of a thread id; TID_NONE: it has not been added. */
__u32 tids_find(const struct tids *tids, __s32 tid);

/* Adds it unless it is there. 0 or -ENOMEM. */
int tids_add(struct tids *tids, __s32 tid, __u32 *number);

#endif /* HFT_TIDS_H */
