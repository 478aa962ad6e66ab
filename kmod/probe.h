/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes that are added and removed while the module is loaded. probe.c keeps
 * them, hooks/probe.c is what they run.
 */
#ifndef HFT_PROBE_H
#define HFT_PROBE_H

#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <hftrace/abi.h>

#include "compat/uprobe.h"

/* What the return of a call needs to know of its entry. */
struct hft_call {
	u64 start;		/* ticks */
	u64 nested;		/* the CPU's ctl->nested then */
	unsigned int cpu;
	u32 tag;		/* as of hft_frame_tag(), of that CPU */
	unsigned long switches;	/* of the task until then */
	u64 args[6];
};

struct hft_open_calls;

struct hft_probe_at {
	u32 id;
	enum hft_probe_kind kind;
	bool keep;
	const void *owner;		/* the file that added it */
	bool leftover;			/* silent, to be taken away when nobody is armed */
	u64 __percpu *hits;		/* records */

	/* kernel: its kp alone for HFT_PROBE_KERNEL */
	struct kretprobe kernel;

	/* user */
	struct uprobe_consumer user;
	struct hft_uprobe_handle handle;
	struct file *file;		/* keeps the inode and its mount */
	struct inode *inode;
	struct mm_struct *mm;		/* that of the one process, NULL: all; its struct is kept */
	struct hft_open_calls *calls;	/* HFT_PROBE_USER_CALL */

	struct hft_probe as;		/* as it was asked for */
};

/* probe.c: they take hft_lock, and may sleep for long. */
int hft_probe_add(const void *owner, struct hft_probe *want);
int hft_probe_describe(const void *owner, struct hft_probe *info);

/* With hft_lock held, and the same. */
int hft_probe_remove(const struct hft_probe_remove *want);
void hft_probes_close(const void *owner);
void hft_probes_take_leftovers(void);
void hft_probes_remove_all(void);
u64 hft_probes_missed(void);

/* hooks/probe.c: the handlers by kind; and those that do nothing, by plain stores. */
void hft_probe_set_handlers(struct hft_probe_at *probe);
void hft_probe_silence(struct hft_probe_at *probe);

/* open_calls.c: the calls of user functions that have not returned yet. */
struct hft_open_calls *hft_open_calls_new(void);
void hft_open_calls_free(struct hft_open_calls *calls);
void hft_open_calls_enter(struct hft_open_calls *calls, u64 key, const struct hft_call *call);
bool hft_open_calls_leave(struct hft_open_calls *calls, u64 key, struct hft_call *call);
u64 hft_open_calls_lost(const struct hft_open_calls *calls);

#endif /* HFT_PROBE_H */
