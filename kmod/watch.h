/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses that are watched with the CPU's debug registers. */
#ifndef HFT_WATCH_H
#define HFT_WATCH_H

#include <linux/perf_event.h>
#include <linux/types.h>
#include <hftrace/abi.h>

/* HFT_IOC_WATCH by the file `owner`; takes hft_lock. */
int hft_watch_control(const void *owner, struct hft_watch *want);

/* `owner` is being closed; with hft_lock held. */
void hft_watch_drop(const void *owner);
void hft_watch_take_leftovers(void);

/* The hook is being detached; with hft_lock held. */
void hft_watch_close(void);

/*
 * Ours are told from those of others by a mark, in a field that means nothing
 * without `sigtrap`, on events that only the kernel itself can have made.
 */
#define HFT_WATCH_MARK		0x68667477ULL

static inline bool hft_watch_is_ours(const struct perf_event *event)
{
	const struct perf_event *made = event->parent ?: event;

	return event->attr.type == PERF_TYPE_BREAKPOINT &&
	       event->attr.sig_data >> 32 == HFT_WATCH_MARK && made->owner == (void *)-1L;
}

/* By any CPU: are its hits still asked for? */
bool hft_watch_is_set(u32 number);

static inline u32 hft_watch_number(const struct perf_event *event)
{
	return event->attr.sig_data;
}

#endif /* HFT_WATCH_H */
