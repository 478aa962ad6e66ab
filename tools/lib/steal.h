/* SPDX-License-Identifier: GPL-2.0 */
/* When the hypervisor had descheduled a CPU: facts/steal.csv, if somebody wrote it. */
#ifndef HFT_STEAL_H
#define HFT_STEAL_H

#include <stddef.h>
#include <linux/types.h>

struct stolen {
	__s32 cpu;
	__u64 start;
	__u64 end;
};

struct steal {
	struct stolen *stolen;	/* by CPU and time, none overlap */
	size_t count;
	size_t room;
};

/* A recording without the file has no steal. 0 or -errno. */
int steal_read(struct steal *steal, const char *recording);
void steal_uninit(struct steal *steal);

/* Ticks of [start, end) that were stolen from a CPU. */
__u64 steal_within(const struct steal *steal, __s32 cpu, __u64 start, __u64 end);

#endif /* HFT_STEAL_H */
