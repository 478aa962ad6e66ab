// SPDX-License-Identifier: GPL-2.0
/*
 * vectors: two threads on two CPUs that make each other flush TLBs and wake
 * each other; each vector as its irq_vectors events show it.
 */
#include <stdio.h>

#include "hook_test.h"
#include "intervals.h"
#include "load.h"

static const char *const sources[] = { "irq_vectors/local_timer_entry", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_vector, vector, "vector"),
	{ 0 }
};

/* In the order of enum hft_vector_kind. */
static const char *const names[HFT_VECTOR_KINDS] = {
	"local_timer", "reschedule", "call_function", "call_function_single", "irq_work",
	"x86_platform_ipi", "spurious_apic", "error_apic", "thermal_apic", "threshold_apic",
	"deferred_error_apic",
};

/* Shootdowns are function calls, whose sender waits; two on one CPU need ticks. */
static int shoot(void *told)
{
	pid_t loads[3] = { load_shootdowns(), load_spin(OTHER_CPU), load_switches(QUIET_CPU) };
	int i;

	(void)told;
	sleep_ms(400);
	for (i = 0; i < 3; i++)
		stop(loads[i]);
	return 0;
}

static unsigned int chosen_kind;

static bool is_of_kind(const struct record *record)
{
	return record->vector.kind == chosen_kind;
}

static int all_kinds(void)
{
	const struct watch_want want = {
		.hooks = interval_hooks(), .cpus = 3, .on = OTHER_CPU,
		.provoke = shoot, .events = interval_events,
	};
	size_t count[HFT_VECTOR_KINDS] = { 0 };
	char exit[64];
	struct watch watch;

	watch_run(&watch, &want);
	for (chosen_kind = 0; chosen_kind < HFT_VECTOR_KINDS; chosen_kind++) {
		const struct pairing pairing = {
			.type = HFT_REC_VECTOR, .event = exit, .fields = fields,
			.record_is = is_of_kind,
		};

		snprintf(exit, sizeof(exit), "irq_vectors/%s_exit", names[chosen_kind]);
		printf("# %s\n", names[chosen_kind]);
		count[chosen_kind] = intervals_check(&watch, &pairing, want.hooks);
	}
	CHECK(count[HFT_VECTOR_LOCAL_TIMER] >= 20);
	CHECK(count[HFT_VECTOR_CALL_FUNCTION] + count[HFT_VECTOR_CALL_FUNCTION_SINGLE] >= 100);
	return 0;
}

HOOK_TEST_MAIN("vectors", sources, NULL,
	       { "each vector of each kind with its number and its length", all_kinds })
