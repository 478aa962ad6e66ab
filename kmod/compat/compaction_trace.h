/* SPDX-License-Identifier: GPL-2.0 */
/* trace/events/compaction.h does not declare the structure that it passes. */
#ifndef HFT_COMPAT_COMPACTION_TRACE_H
#define HFT_COMPAT_COMPACTION_TRACE_H

struct compact_control;

#include <trace/events/compaction.h>

#endif /* HFT_COMPAT_COMPACTION_TRACE_H */
