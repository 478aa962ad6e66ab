// SPDX-License-Identifier: GPL-2.0
/*
 * tasklet: a module that runs one many times on a CPU, as it counts; each run
 * as irq:tasklet_entry and tasklet_exit show it.
 */
#include <stdio.h>
#include <string.h>

#include "hook_test.h"
#include "intervals.h"

#define COUNT	100

static const char *const sources[] = { "irq/tasklet_entry", "irq/tasklet_exit", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_tasklet, function, "func"),
	{ 0 }
};

static int provoke(void *unused)
{
	char text[32];

	(void)unused;
	snprintf(text, sizeof(text), "tasklet %d %d", QUIET_CPU, COUNT);
	return write_file("/sys/module/deferred/parameters/run", text) ? 1 : 0;
}

static int runs(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(TASKLET), .cpus = 3, .on = OTHER_CPU,
		.provoke = provoke, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_TASKLET, .event = "irq/tasklet_exit", .fields = fields,
	};
	unsigned int found = 0;
	struct watch watch;
	__u64 own;
	size_t i;

	CHECK_EQ(module_load("/tests/deferred.ko", ""), 0);
	own = kernel_address("deferred_tasklet");
	CHECK(own);
	watch_run(&watch, &want);
	CHECK_EQ(read_number("/sys/module/deferred/parameters/tasklets_run"), COUNT);
	for (i = 0; i < watch.records_count[QUIET_CPU]; i++) {
		const struct record *record = &watch.records[QUIET_CPU][i];
		const struct hft_rec_tasklet *rec = record_payload(record);

		if (record->slot[0].type != HFT_REC_TASKLET || rec->function != own)
			continue;
		CHECK(rec->duration && rec->net <= rec->duration);
		found++;
	}
	CHECK_EQ(found, COUNT);
	CHECK(durations_check(&watch, &pairing, "irq/tasklet_entry", "tasklet", 4) >= COUNT);
	CHECK_EQ(module_unload("deferred"), 0);
	return 0;
}

/* There the hook is refused, although the events are there. */
static bool can_be_switched_out(void)
{
	return kernel_is("PREEMPT_RT");
}

HOOK_TEST_MAIN("tasklet", sources, can_be_switched_out,
	       { "each run with its function and length, as many as the module counts", runs })
