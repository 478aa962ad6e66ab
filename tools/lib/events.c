// SPDX-License-Identifier: GPL-2.0
/* Events of a PMU as people type them. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/args.h"
#include "lib/events.h"
#include "lib/events_library.h"

#define CACHE(cache, op, result)						\
	(PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_##op << 8 |	\
	 PERF_COUNT_HW_CACHE_RESULT_##result << 16)

struct generic {
	const char *name;
	__u32 type;
	__u64 config;
	const char *summary;
};

static const struct generic generics[] = {
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "CPU cycles" },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, "instructions retired" },
	{ "ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES,
	  "cycles at the nominal frequency" },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, "cycles of the bus" },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "branches retired" },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES,
	  "branches that were predicted wrongly" },
	{ "cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES,
	  "accesses to the last level of cache" },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
	  "misses of the last level of cache" },
	{ "LLC-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, "the same" },
	{ "stalled-cycles-frontend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND,
	  "cycles without instructions to run" },
	{ "stalled-cycles-backend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND,
	  "cycles waiting for data or units" },
	{ "L1-dcache-loads", PERF_TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS), "loads" },
	{ "L1-dcache-load-misses", PERF_TYPE_HW_CACHE, CACHE(L1D, READ, MISS),
	  "loads that missed the first level of cache" },
	{ "L1-icache-load-misses", PERF_TYPE_HW_CACHE, CACHE(L1I, READ, MISS),
	  "fetches of code that missed the first level of cache" },
	{ "LLC-loads", PERF_TYPE_HW_CACHE, CACHE(LL, READ, ACCESS),
	  "loads from the last level of cache" },
	{ "LLC-load-misses", PERF_TYPE_HW_CACHE, CACHE(LL, READ, MISS),
	  "those of them that missed" },
	{ "LLC-stores", PERF_TYPE_HW_CACHE, CACHE(LL, WRITE, ACCESS),
	  "stores to the last level of cache" },
	{ "LLC-store-misses", PERF_TYPE_HW_CACHE, CACHE(LL, WRITE, MISS),
	  "those of them that missed" },
	{ "dTLB-loads", PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS), "translations of loads" },
	{ "dTLB-load-misses", PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, MISS),
	  "those of them that missed the TLB" },
	{ "iTLB-load-misses", PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, MISS),
	  "fetches of code that missed the TLB" },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK,
	  "ns, by a timer of the kernel; needs no PMU" },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, "page faults" },
	{ "context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES,
	  "switches from one task to another" },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS,
	  "tasks that came from another CPU" },
};

#define GENERICS ARRAY_SIZE(generics)

static bool take_generic(const char *name, struct hft_pmu_event *event)
{
	size_t i;

	for (i = 0; i < GENERICS; i++) {
		if (strcmp(generics[i].name, name))
			continue;
		event->type = generics[i].type;
		event->config = generics[i].config;
		return true;
	}
	return false;
}

/* "r1a2": the PMU's own code in hexadecimal digits. */
static bool take_raw(const char *name, struct hft_pmu_event *event)
{
	size_t digits = strspn(name + 1, "0123456789abcdefABCDEF");

	if (name[0] != 'r' || !digits || digits > 16 || name[1 + digits])
		return false;
	event->type = PERF_TYPE_RAW;
	event->config = strtoull(name + 1, NULL, 16);
	return true;
}

/* Cuts ":u" or ":k" off. */
static __u32 take_modifier(char *name)
{
	char *colon = strrchr(name, ':');
	__u32 flags;

	if (!colon)
		return 0;
	if (!strcmp(colon, ":u"))
		flags = HFT_PMU_NO_KERNEL;
	else if (!strcmp(colon, ":k"))
		flags = HFT_PMU_NO_USER;
	else
		return 0;
	*colon = '\0';
	return flags;
}

static int take_period(char *name, __u64 *period, char *why)
{
	char *colon = strrchr(name, ':');

	if (!colon || parse_u64(colon + 1, period) || !*period) {
		snprintf(why, EVENTS_WHY,
			 "'%s' says no period: cycles:100000 samples each 100000 cycles", name);
		return -EINVAL;
	}
	*colon = '\0';
	return 0;
}

static int add_one(struct events *events, const char *text, bool sampled, char *why)
{
	struct hft_pmu_event *event = &events->event[events->count];
	char *name = events->name[events->count];
	char plain[EVENT_TEXT];
	int err = 0;

	if (events->count == HFT_PMU_EVENTS) {
		snprintf(why, EVENTS_WHY, "at most %d events can be counted", HFT_PMU_EVENTS);
		return -E2BIG;
	}
	memset(event, 0, sizeof(*event));
	if (snprintf(name, EVENT_TEXT, "%s", text) >= EVENT_TEXT || !*name ||
	    strpbrk(name, " \t\n\"\\")) {
		snprintf(why, EVENTS_WHY, "'%.60s' is no name of an event", text);
		return -EINVAL;
	}
	if (sampled)
		err = take_period(name, &event->period, why);
	if (err)
		return err;
	strcpy(plain, name);
	event->flags = take_modifier(plain);
	if (!take_generic(plain, event) && !take_raw(plain, event))
		err = events_library_encode(plain, event, why);
	if (!err)
		events->count++;
	return err;
}

int events_add(struct events *events, const char *text, bool sampled, char why[EVENTS_WHY])
{
	char *copy = strdup(text), *rest = copy, *word;
	int err = copy ? 0 : -ENOMEM;

	snprintf(why, EVENTS_WHY, "out of memory");
	while (!err && (word = strsep(&rest, ",")))
		err = add_one(events, word, sampled, why);
	free(copy);
	return err;
}

void events_add_clock(struct events *events, __u64 period)
{
	struct hft_pmu_event *event = &events->event[events->count];

	*event = (struct hft_pmu_event){
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.period = period,
	};
	strcpy(events->name[events->count++], "cpu-clock");
}

bool events_is_clock(const struct hft_pmu_event *event)
{
	return event->type == PERF_TYPE_SOFTWARE && event->config == PERF_COUNT_SW_CPU_CLOCK;
}

static void print_event(void *context, const char *name, const char *summary)
{
	fprintf(context, "%-32s %s\n", name, summary);
}

void events_print(FILE *file)
{
	size_t i;

	for (i = 0; i < GENERICS; i++)
		print_event(file, generics[i].name, generics[i].summary);
	print_event(file, "rHEX", "the PMU's own code, as of the CPU's manual");
	events_library_each(print_event, file);
}

static void json_event(void *context, const char *name, const char *summary)
{
	struct json *json = context;

	json_object(json, NULL);
	json_text(json, "name", name, strlen(name));
	json_text(json, "summary", summary, strlen(summary));
	json_close(json);
}

void events_json(struct json *json, const char *key)
{
	size_t i;

	json_array(json, key);
	for (i = 0; i < GENERICS; i++)
		json_event(json, generics[i].name, generics[i].summary);
	events_library_each(json_event, json);
	json_close(json);
}
