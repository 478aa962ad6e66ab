/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HFT_STRETCH_H
#define HFT_STRETCH_H

#include <linux/types.h>

/* From when to when something went on, in ticks. All zeros: nothing did. */
struct stretch {
	__u64 start;
	__u64 end;
};

/* Keeps the longer of the two, of equals the one that it has. */
static inline void stretch_keep_longer(struct stretch *kept, __u64 start, __u64 end)
{
	if (kept->end && end - start <= kept->end - kept->start)
		return;
	kept->start = start;
	kept->end = end;
}

#endif /* HFT_STRETCH_H */
