/* SPDX-License-Identifier: GPL-2.0 */
/* trace/events/sched.h does not bring all that it needs from 6.10 on. */
#ifndef HFT_COMPAT_SCHED_TRACE_H
#define HFT_COMPAT_SCHED_TRACE_H

#include <linux/mm_types.h>
#include <trace/events/sched.h>

#endif /* HFT_COMPAT_SCHED_TRACE_H */
