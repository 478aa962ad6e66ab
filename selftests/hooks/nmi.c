// SPDX-License-Identifier: GPL-2.0
/*
 * nmi: NMIs that a module sends and counts, each handler's run as
 * nmi:nmi_handler shows it.
 */
#include <stdio.h>

#include "hook_test.h"
#include "load.h"

static const char *const sources[] = { "nmi/nmi_handler", NULL };

static const struct field_pair fields[] = {
	FIELD(hft_rec_nmi, handler, "handler"),
	FIELD(hft_rec_nmi, handled, "handled"),
	{ 0 }
};

static struct watch watch;

/* Both say the kernel's own figure; ours is in ticks. */
static const char *length_differs(const struct record *record, const struct event *event)
{
	__s64 ticks = watch_ns_to_ticks(&watch, event_number(event, "delta_ns"));
	__s64 apart = (__s64)record->nmi.duration - ticks;

	return apart > 1 + ticks / 1000 || apart < -1 - ticks / 1000 ? "delta_ns" : NULL;
}

struct told {
	long long before[2], after[2];
	__u64 handler;
};

static int storm(void *shared)
{
	struct told *told = shared;
	unsigned int cpu;

	if (storm_load(2000))
		return 1;
	told->handler = read_unsigned("/sys/module/storm/parameters/handler");
	for (cpu = 0; cpu < 2; cpu++)
		told->before[cpu] = storm_count("nmis", cpu);
	if (storm_run(1))
		return 1;
	sleep_ms(100);
	if (storm_run(0))
		return 1;
	for (cpu = 0; cpu < 2; cpu++)
		told->after[cpu] = storm_count("nmis", cpu);
	return storm_unload();
}

static int sent_by_a_module(void)
{
	const struct watch_want want = {
		.hooks = BIT_OF(NMI), .cpus = 3, .on = OTHER_CPU,
		.provoke = storm, .events = sources,
	};
	const struct pairing pairing = {
		.type = HFT_REC_NMI, .event = sources[0], .fields = fields,
		.differs = length_differs,
	};
	const struct told *told;
	unsigned int cpu;
	size_t i;

	watch_run(&watch, &want);
	told = watch.told;
	pairs_on_all(&watch, &pairing);
	for (cpu = 0; cpu < 2; cpu++) {
		long long nmis = told->after[cpu] - told->before[cpu], records = 0;

		for (i = 0; i < watch.records_count[cpu]; i++)
			records += watch.records[cpu][i].nmi.handler == told->handler;
		printf("# CPU %u: the module counts %lld, records %lld\n", cpu, nmis, records);
		CHECK(nmis >= 20);
		CHECK_EQ(records, nmis);
	}
	return 0;
}

HOOK_TEST_MAIN("nmi", sources, NULL,
	       { "each handler's run with length, as many as a module counts", sent_by_a_module })
