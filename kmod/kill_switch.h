/* SPDX-License-Identifier: GPL-2.0 */
/* hftrace.off on the kernel's command line keeps the module inert. */
#ifndef HFT_KILL_SWITCH_H
#define HFT_KILL_SWITCH_H

#include <linux/types.h>

/* 1 when it is there, 0 when not, -errno when the command line cannot be read. */
int hft_kill_switch(void);

#endif /* HFT_KILL_SWITCH_H */
