/* SPDX-License-Identifier: GPL-2.0 */
/* The threads of programs that may run on one CPU only. */
#ifndef HFT_PINNED_H
#define HFT_PINNED_H

#include "lib/counts.h"

#define PINNED_MAX 256		/* that are watched at once */

/* Those that are pinned to one of the columns' CPUs, as they are now. 0 or -errno. */
int pinned_find(struct counts *counts);

/* Counts its switches anew, unless it has ended. */
void pinned_look(struct pinned_thread *thread);

#endif /* HFT_PINNED_H */
