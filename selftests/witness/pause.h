/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time that passed between two probes of one event, and not in them: the
 * machine outside did not run the emulated CPU, or an interrupt or NMI came.
 */
#ifndef WITNESS_PAUSE_H
#define WITNESS_PAUSE_H

#include <stdint.h>

/* The harness's record of what was stolen; NULL: nothing. */
void pause_load(const char *path);
void pause_interrupt(unsigned int cpu, uint64_t start, uint64_t end);

/* Ticks of [from, to]: all that was stolen, and interrupts that lie wholly inside. */
uint64_t pause_within(unsigned int cpu, uint64_t from, uint64_t to);

#endif /* WITNESS_PAUSE_H */
