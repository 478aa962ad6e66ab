/* SPDX-License-Identifier: GPL-2.0 */
/* How a tool behaves on a machine that trades. */
#ifndef HFT_MANNERS_H
#define HFT_MANNERS_H

#include "lib/cpus.h"

/* Moves the caller off the traced CPUs and makes it yield to others. enum hft_exit. */
int manners_keep_off(const struct cpus *traced);

/*
 * The CPUs that are to be traced when nobody says so: the isolated and the
 * tickless ones that are online. Says so if there are none. enum hft_exit.
 */
int manners_traced_cpus(struct cpus *cpus);

/* Whether all of these CPUs are online; says which are not. enum hft_exit. */
int manners_check_online(const struct cpus *cpus);

#endif /* HFT_MANNERS_H */
