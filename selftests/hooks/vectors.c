// SPDX-License-Identifier: GPL-2.0
/*
 * vectors: two threads on two CPUs that make each other flush TLBs and wake
 * each other; each vector as its irq_vectors events show it.
 */
#include <stdio.h>
#include <string.h>

#include "hook_test.h"
#include "intervals.h"
#include "load.h"

#define CALLS	100
#define TIMERS	20

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

/* Rows of /proc/interrupts that count the same. */
static const char *const rows[HFT_VECTOR_KINDS] = { "LOC", "RES", "CAL", NULL, "IWI" };

struct told {
	unsigned long before[HFT_VECTOR_KINDS];
	unsigned long after[HFT_VECTOR_KINDS];
};

/* Of both CPUs. */
static void count_rows(unsigned long *counts)
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned long first, second;
	char line[512], name[8];
	int i;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %7[A-Z]: %lu %lu", name, &first, &second) != 3)
			continue;
		for (i = 0; i < HFT_VECTOR_KINDS; i++) {
			if (rows[i] && !strcmp(rows[i], name))
				counts[i] = first + second;
		}
	}
	if (file)
		fclose(file);
}

/* Shootdowns are function calls, whose sender waits; two on one CPU need ticks. */
static int shoot(void *shared)
{
	pid_t loads[3] = { load_shootdowns(), load_spin(OTHER_CPU), load_switches(QUIET_CPU) };
	struct told *told = shared;
	int i;

	count_rows(told->before);
	/* however slow the machine is */
	for (i = 0; i < 400; i++) {
		sleep_ms(50);
		count_rows(told->after);
		if (told->after[HFT_VECTOR_CALL_FUNCTION] -
		    told->before[HFT_VECTOR_CALL_FUNCTION] >= CALLS &&
		    told->after[HFT_VECTOR_LOCAL_TIMER] -
		    told->before[HFT_VECTOR_LOCAL_TIMER] >= TIMERS)
			break;
	}
	for (i = 0; i < 3; i++)
		stop(loads[i]);
	return 0;
}

/* As many records as the kernel counts, and those of the window's edges. */
static void check_count(const struct told *told, unsigned int kind, size_t records)
{
	unsigned long counted = told->after[kind] - told->before[kind];

	printf("# %s: /proc/interrupts counts %lu, records %zu\n", names[kind], counted, records);
	CHECK(records >= counted);
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
		count[chosen_kind] = intervals_check(&watch, &pairing, want.hooks);
	}
	check_count(watch.told, HFT_VECTOR_LOCAL_TIMER, count[HFT_VECTOR_LOCAL_TIMER]);
	check_count(watch.told, HFT_VECTOR_RESCHEDULE, count[HFT_VECTOR_RESCHEDULE]);
	check_count(watch.told, HFT_VECTOR_IRQ_WORK, count[HFT_VECTOR_IRQ_WORK]);
	check_count(watch.told, HFT_VECTOR_CALL_FUNCTION,
		    count[HFT_VECTOR_CALL_FUNCTION] + count[HFT_VECTOR_CALL_FUNCTION_SINGLE]);
	return 0;
}

HOOK_TEST_MAIN("vectors", sources, NULL,
	       { "each vector of each kind with its number and its length", all_kinds })
