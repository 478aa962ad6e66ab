/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one open file has armed. It ends with the file, or with its lease.
 * What a CPU has armed is the union of all sessions.
 */
#ifndef HFT_SESSION_H
#define HFT_SESSION_H

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <hftrace/abi.h>

/* Sessions, hooks and ring sizes change under it. Never taken by a probe. */
extern struct mutex hft_lock;

struct hft_session {
	struct list_head list;		/* of those that have something armed */
	u64 hooks;			/* on `cpus` */
	u64 hooks_elsewhere;		/* on the others */
	cpumask_var_t cpus;
	s32 tgid[HFT_FILTERS];		/* global pids; 0 ends the list */
	s32 quiet[HFT_QUIET_THREADS];	/* global pids of threads; 0 ends the list */
	u32 every[HFT_HOOKS];		/* one record in so many; 1: each */
	bool kernel_addresses;		/* who armed it may see them */
	bool blind;			/* who opened the file may read rings but not see them */
	unsigned long lease;		/* jiffies, 0: none */
	unsigned long deadline;		/* jiffies, when there is a lease */
	struct delayed_work expiry;
};

int hft_session_init(struct hft_session *session);
void hft_session_uninit(struct hft_session *session);
int hft_session_arm(struct hft_session *session, const struct hft_arm *arm);
bool hft_sessions_recorded_addresses(void);

/* A bit mask of user space's, as in struct hft_arm; at least one CPU. 0 or -errno. */
int hft_copy_cpus(struct cpumask *cpus, u64 address, u32 bytes);

/* With hft_lock held. */
bool hft_sessions_armed(void);
void hft_sessions_drop(u64 hooks);
void hft_sessions_update(void);
void hft_sessions_rings_are_new(void);
unsigned int hft_sessions_cpus_armed(enum hft_hook_id id);

#endif /* HFT_SESSION_H */
