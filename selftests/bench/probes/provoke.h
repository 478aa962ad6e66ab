/* SPDX-License-Identifier: GPL-2.0 */
/* Events that cannot be caused from user space alone; each ioctl causes one. */
#ifndef PROVOKE_H
#define PROVOKE_H

#include <linux/ioctl.h>

#define PROVOKE_PATH	"/dev/hft-provoke"

/* They return the ticks that it took. */
#define PROVOKE_VECTOR	_IO(0xF8, 0)	/* an interrupt that this CPU sends itself: irq_work */
#define PROVOKE_IRQ	_IO(0xF8, 1)	/* a device interrupt with one action */
#define PROVOKE_SOFTIRQ	_IO(0xF8, 2)	/* a tasklet */
#define PROVOKE_VISIT	_IO(0xF8, 3)	/* what is attached to user_exit and user_enter is called */
#define PROVOKE_ENTER	_IO(0xF8, 4)	/* what is attached to sys_enter is called */

/* What is attached to an expiry's or an idle state's two tracepoints is called. */
#define PROVOKE_HRTIMER	_IO(0xF8, 5)
#define PROVOKE_IDLE	_IO(0xF8, 6)

#endif /* PROVOKE_H */
