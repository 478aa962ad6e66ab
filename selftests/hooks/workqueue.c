// SPDX-License-Identifier: GPL-2.0
/*
 * workqueue: items of a module, which sleep in the middle; each with its
 * function as workqueue/workqueue_execute_start and _end show it, its
 * segments up to the switch, and who queued it.
 */
#include "deferred.h"
#include "hook_test.h"
#include "work_items.h"

static const char *const sources[] = {
	"workqueue/workqueue_execute_start",
	"workqueue/workqueue_execute_end",
	"workqueue/workqueue_queue_work",
	"sched/sched_switch", NULL
};

static const struct work_kind kind = {
	.hook = BIT_OF(WORKQUEUE), .sources = sources,
	.run = HFT_REC_WORK, .queue = HFT_REC_WORK_QUEUE,
	.what = "work", .symbol = "selftest_work",
};

static int items(void)
{
	work_items_check(&kind);
	return 0;
}

HOOK_TEST_MAIN("workqueue", sources, NULL,
	       { "each item with function, segments and who queued it", items })
