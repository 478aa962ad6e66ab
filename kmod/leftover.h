/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What closed files leave behind. To take a probe, a counter or a watch away
 * interrupts CPUs. While somebody is armed it is but made silent when its file
 * is closed: nothing is recorded of it any more. It is taken away when the last
 * session disarms, before a change that is forced, or with its hook, whichever
 * is first. Until then who runs into it still pays for the trap, and it counts
 * against HFT_PROBES and HFT_WATCHES; nobody can add one without force anyway.
 */
#ifndef HFT_LEFTOVER_H
#define HFT_LEFTOVER_H

/* All of them, with hft_lock held. May sleep for long when there are any. */
void hft_leftovers_take_away(void);

#endif /* HFT_LEFTOVER_H */
