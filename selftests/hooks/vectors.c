// SPDX-License-Identifier: GPL-2.0
/*
 * vectors: threads that call functions on each other's CPU, flush each other's
 * TLB, wake each other and share a CPU; each vector as the events of irq_vectors
 * show it, or ipi_entry and ipi_exit; as many as /proc/interrupts counts.
 */
#include <stdio.h>
#include <string.h>

#include "hook_test.h"
#include "intervals.h"
#include "load.h"

#define CALLS	100

#if defined(__x86_64__)
static const char *const sources[] = { "irq_vectors/local_timer_entry", NULL };
#else
static const char *const sources[] = { "ipi/ipi_entry", "ipi/ipi_exit", NULL };
#endif

static const struct field_pair vector_fields[] = {
	FIELD(hft_rec_vector, vector, "vector"),
	{ 0 }
};

static const struct field_pair no_fields[] = { { 0 } };

/*
 * The events of each kind and, of those that a test can provoke, where
 * /proc/interrupts counts it: the name of a row, or the words at its end.
 */
static const struct kind {
	const char *exit;
	const char *row;
	const char *words;
} kinds[HFT_VECTOR_KINDS] = {
	[HFT_VECTOR_LOCAL_TIMER] = { "irq_vectors/local_timer_exit", "LOC", NULL },
	[HFT_VECTOR_RESCHEDULE] = {
		"irq_vectors/reschedule_exit", "RES", "Rescheduling interrupts"
	},
	/* both kinds of calls, and of them TLB shootdowns */
	[HFT_VECTOR_CALL_FUNCTION] = {
		"irq_vectors/call_function_exit", "CAL", "Function call interrupts"
	},
	[HFT_VECTOR_CALL_FUNCTION_SINGLE] = { "irq_vectors/call_function_single_exit", NULL, NULL },
	[HFT_VECTOR_IRQ_WORK] = { "irq_vectors/irq_work_exit", "IWI", "IRQ work interrupts" },
	[HFT_VECTOR_X86_PLATFORM_IPI] = { "irq_vectors/x86_platform_ipi_exit", NULL, NULL },
	[HFT_VECTOR_SPURIOUS_APIC] = { "irq_vectors/spurious_apic_exit", NULL, NULL },
	[HFT_VECTOR_ERROR_APIC] = { "irq_vectors/error_apic_exit", NULL, NULL },
	[HFT_VECTOR_THERMAL_APIC] = { "irq_vectors/thermal_apic_exit", NULL, NULL },
	[HFT_VECTOR_THRESHOLD_APIC] = { "irq_vectors/threshold_apic_exit", NULL, NULL },
	[HFT_VECTOR_DEFERRED_ERROR] = { "irq_vectors/deferred_error_apic_exit", NULL, NULL },
};

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
		if (sscanf(line, " %7[^:]: %lu %lu", name, &first, &second) != 3)
			continue;
		for (i = 0; i < HFT_VECTOR_KINDS; i++) {
			if ((kinds[i].row && !strcmp(kinds[i].row, name)) ||
			    (kinds[i].words && strstr(line, kinds[i].words)))
				counts[i] = first + second;
		}
	}
	if (file)
		fclose(file);
}

static int provoke(void *shared)
{
	const unsigned int call = HFT_VECTOR_CALL_FUNCTION;
	pid_t loads[] = {
		load_calls(), load_shootdowns(), load_spin(OTHER_CPU), load_switches(QUIET_CPU)
	};
	struct told *told = shared;
	unsigned int i;

	count_rows(told->before);
	/* however slow the machine is */
	for (i = 0; i < 400; i++) {
		sleep_ms(20);
		count_rows(told->after);
		if (told->after[call] - told->before[call] >= CALLS)
			break;
	}
	for (i = 0; i < ARRAY_SIZE(loads); i++)
		stop(loads[i]);
	return 0;
}

static unsigned int chosen_kind;

static bool is_of_kind(const struct record *record)
{
	return record->vector.kind == chosen_kind;
}

/* ipi_exit has the address of its reason, whose text tracefs lists elsewhere. */
static bool is_of_reason(const struct event *event)
{
	static char text[4096];
	char address[32], *line;
	FILE *file;

	if (!kinds[chosen_kind].words)
		return false;
	if (!*text) {
		file = fopen("/sys/kernel/tracing/printk_formats", "re");
		CHECK(file && fread(text, 1, sizeof(text) - 1, file));
		fclose(file);
	}
	snprintf(address, sizeof(address), "0x%llx", (__u64)event_number(event, "reason"));
	line = strstr(text, address);
	CHECK(line);
	return !strncmp(strchr(line, '"') + 1, kinds[chosen_kind].words,
			strlen(kinds[chosen_kind].words));
}

/* How many records of the kind there are, each with its event. */
static size_t check_kind(const struct watch *watch, __u64 hooks, bool by_reason)
{
	const struct pairing by_vector = {
		.type = HFT_REC_VECTOR, .event = kinds[chosen_kind].exit,
		.fields = vector_fields, .record_is = is_of_kind,
	};
	const struct pairing by_text = {
		.type = HFT_REC_VECTOR, .event = "ipi/ipi_exit", .fields = no_fields,
		.record_is = is_of_kind, .event_is = is_of_reason,
	};

	return intervals_check(watch, by_reason ? &by_text : &by_vector, hooks);
}

/* As many records as the kernel counts, and those of the window's edges. */
static void check_count(const struct told *told, unsigned int kind, size_t records)
{
	unsigned long counted = told->after[kind] - told->before[kind];

	printf("# kind %u: /proc/interrupts counts %lu, records %zu\n", kind, counted, records);
	CHECK(records >= counted);
}

static int all_kinds(void)
{
	const struct watch_want want = {
		.hooks = interval_hooks(), .cpus = 3, .on = OTHER_CPU,
		.provoke = provoke, .events = interval_events,
	};
	const bool by_reason = !strncmp(sources[0], "ipi/", 4);
	size_t count[HFT_VECTOR_KINDS] = { 0 };
	struct watch watch;
	unsigned int kind;

	watch_run(&watch, &want);
	for (kind = 0; kind < HFT_VECTOR_KINDS; kind++) {
		if (!by_reason && !kinds[kind].exit)
			continue;
		chosen_kind = kind;
		count[kind] = check_kind(&watch, want.hooks, by_reason);
	}
	count[HFT_VECTOR_CALL_FUNCTION] += count[HFT_VECTOR_CALL_FUNCTION_SINGLE];
	CHECK(count[HFT_VECTOR_CALL_FUNCTION] >= CALLS);
	for (kind = 0; kind < HFT_VECTOR_KINDS; kind++) {
		if (kinds[kind].row)
			check_count(watch.told, kind, count[kind]);
	}
	return 0;
}

HOOK_TEST_MAIN("vectors", sources, NULL,
	       { "each of each kind with length, as many as /proc/interrupts counts", all_kinds })
