/* SPDX-License-Identifier: GPL-2.0 */
/* When the machine outside did not run an emulated CPU, by the harness's own witness. */
#ifndef WITNESS_STEAL_H
#define WITNESS_STEAL_H

#include <stdint.h>

/* NULL: nothing was stolen. */
void steal_load(const char *path);

/* Ticks of [from, to] in which the CPU did not run. */
uint64_t steal_within(unsigned int cpu, uint64_t from, uint64_t to);

#endif /* WITNESS_STEAL_H */
