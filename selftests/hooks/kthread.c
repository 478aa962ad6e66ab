// SPDX-License-Identifier: GPL-2.0
/*
 * kthread: items of a module, which sleep in the middle; each with its
 * function as sched/sched_kthread_work_execute_start and _end show it, its
 * segments up to the switch, and who queued it.
 */
#include "deferred.h"
#include "hook_test.h"
#include "work_items.h"

static const char *const sources[] = {
	"sched/sched_kthread_work_execute_start",
	"sched/sched_kthread_work_execute_end",
	"sched/sched_kthread_work_queue_work",
	"sched/sched_switch", NULL
};

static const struct work_kind kind = {
	.hook = BIT_OF(KTHREAD), .sources = sources,
	.run = HFT_REC_KTHREAD_WORK, .queue = HFT_REC_KTHREAD_QUEUE,
	.what = "item", .symbol = "selftest_item",
};

static int items(void)
{
	work_items_check(&kind);
	return 0;
}

HOOK_TEST_MAIN("kthread", sources, NULL,
	       { "each item with function, segments and who queued it", items })
