/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the machine counted of time that it took unseen: windows, on a CPU, in
 * which SMIs, steal or a change of the clock's frequency happened.
 */
#ifndef HFT_HIDDEN_H
#define HFT_HIDDEN_H

#include <stddef.h>
#include <linux/types.h>

struct hft_record;

struct hidden_window {
	__s32 cpu;
	__u32 kind;		/* enum hft_hidden_kind */
	__u64 start;
	__u64 end;
	__s64 delta;		/* as of the record */
	__u32 khz_before;
	__u32 khz;
};

struct hidden {
	struct hidden_window *window;	/* in order of their ends, of all CPUs */
	size_t count;
	size_t room;
};

void hidden_uninit(struct hidden *hidden);

/* Learns from a record of CPU `cpu`, in time order. 0 or -ENOMEM. */
int hidden_feed(struct hidden *hidden, __s32 cpu, const struct hft_record *record);

/*
 * The window of a kind on a CPU that shares most time with [start, end); NULL if none does.
 */
const struct hidden_window *hidden_find(const struct hidden *hidden, __s32 cpu, __u32 kind,
					__u64 start, __u64 end);

/* The ns that were stolen in all windows that touch [start, end). */
__u64 hidden_stolen_ns(const struct hidden *hidden, __s32 cpu, __u64 start, __u64 end);

#endif /* HFT_HIDDEN_H */
