/* SPDX-License-Identifier: GPL-2.0 */
/* The tracepoints of page faults were x86's own up to 6.15. */
#ifndef HFT_COMPAT_FAULT_TRACE_H
#define HFT_COMPAT_FAULT_TRACE_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <trace/events/exceptions.h>
#else
#include <asm/trace/exceptions.h>
#endif

#endif /* HFT_COMPAT_FAULT_TRACE_H */
