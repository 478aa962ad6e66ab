/* SPDX-License-Identifier: GPL-2.0 */
/* ioctls on hooks, arming, budgets, counters, watches and probes. */
#ifndef HFT_CONTROL_H
#define HFT_CONTROL_H

#include <linux/types.h>

struct hft_session;

/* The open file that asks. */
struct hft_who {
	struct hft_session *session;
	void *owner;		/* of what lives as long as the file */
};

/* -ENOTTY: `nr` is none of these. */
long hft_control(struct hft_who *who, unsigned int nr, void __user *arg);

#endif /* HFT_CONTROL_H */
