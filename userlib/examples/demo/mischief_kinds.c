// SPDX-License-Identifier: LGPL-2.1
/* demo-mischief disturbs demo-engine. */
#include "mischief.h"

const char *const mischief_name = "demo-mischief";

const struct mischief_kind *const mischief_kinds[] = {
	&mischief_fault, &mischief_zap, &mischief_tlb, &mischief_task, &mischief_timer,
	&mischief_irq, NULL,
};
