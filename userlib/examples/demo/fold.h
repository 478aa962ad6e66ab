/* SPDX-License-Identifier: LGPL-2.1 */
/* A running checksum (FNV-1a, by words), to compare two runs by. */
#ifndef DEMO_FOLD_H
#define DEMO_FOLD_H

#include <linux/types.h>

#define FOLD_START	0xcbf29ce484222325ULL

static inline __u64 fold(__u64 sum, __u64 value)
{
	sum = (sum ^ value) * 0x100000001b3ULL;
	return sum ^ sum >> 29;
}

#endif
