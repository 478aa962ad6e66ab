/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel makes a jump of a kprobe's trap some time after it was set, and
 * code of the jump some time after the probe is gone. Each time it interrupts
 * all CPUs, when one may be armed by then: so whoever sets or takes away a
 * probe waits for that.
 */
#ifndef HFT_TRAP_H
#define HFT_TRAP_H

#include <linux/kprobes.h>

/* With hft_lock held. `probe` has just been registered or enabled. */
void hft_trap_wait_set(struct kprobe *probe);

/*
 * Before `probe` is disabled or unregistered: does a jump go with it, which it
 * shares with no other probe? And after it, with the answer.
 */
bool hft_trap_is_own_jump(const struct kprobe *probe);
void hft_trap_wait_gone(struct kprobe *probe, bool was_jump);

#endif /* HFT_TRAP_H */
