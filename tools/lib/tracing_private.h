/* SPDX-License-Identifier: GPL-2.0 */
/* What the halves of tracing share. */
#ifndef HFT_TRACING_PRIVATE_H
#define HFT_TRACING_PRIVATE_H

#include "lib/tracing.h"

#define TRACING_ROOT	"/sys/kernel/tracing"
#define TRACING_HERE	TRACING_ROOT "/instances/hftrace-audit"
#define TRACING_SENDERS	TRACING_ROOT "/instances/hftrace-audit-senders"

/* False: not one that counts. */
bool tracing_kind_of(const char *event, enum traced_kind *kind);

#endif /* HFT_TRACING_PRIVATE_H */
