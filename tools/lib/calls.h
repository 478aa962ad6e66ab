/* SPDX-License-Identifier: GPL-2.0 */
/* Intervals of tasks, which can be switched out inside: whose, and what to charge them to. */
#ifndef HFT_CALLS_H
#define HFT_CALLS_H

#include <stdbool.h>

#include "lib/causes.h"
#include "lib/deferred.h"
#include "lib/tasks.h"

struct call {
	enum cause cause;
	__u32 culprit;
	__s32 tid;
	enum task_call kind;
};

/* False when the record is no such interval. */
bool call_of(const struct hft_record *record, struct tasks *tasks, struct causes *causes,
	     const struct deferred *deferred, struct call *call);

#endif /* HFT_CALLS_H */
