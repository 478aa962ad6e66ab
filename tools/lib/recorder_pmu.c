// SPDX-License-Identifier: GPL-2.0
/* A run's counters: opened before it arms, written down, read on request. */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

#include "command.h"
#include "lib/output.h"
#include "lib/recorder.h"

/* Of the timer that stands in for a PMU's samples. */
#define CLOCK_PERIOD_NS	1000000

static int open_events(struct recorder *recorder, const struct events *events)
{
	struct hft_pmu *pmu = &recorder->pmu;

	memset(pmu, 0, sizeof(*pmu));
	pmu->flags = recorder->options->yes ? HFT_PMU_FORCE : 0;
	pmu->count = events->count;
	pmu->events = (unsigned long)events->event;
	return device_pmu(&recorder->plan->device, pmu, HFT_PMU_OPEN, &recorder->plan->arming.cpus);
}

static bool is_sampled(const struct events *events)
{
	unsigned int i;

	for (i = 0; i < events->count; i++) {
		if (events->event[i].period)
			return true;
	}
	return false;
}

/* Not even cycles can be counted. */
static bool no_pmu(struct recorder *recorder)
{
	const struct events cycles = {
		.event = { { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES } },
		.count = 1,
	};
	int err = open_events(recorder, &cycles);

	if (!err)
		device_pmu(&recorder->plan->device, &recorder->pmu, HFT_PMU_CLOSE,
			   &recorder->plan->arming.cpus);
	return err == -ENOENT || err == -EOPNOTSUPP;
}

static const char stand_in[] =
	"no PMU here: the software clock stands in (cpu-clock, ns)";

/* What needs no PMU stays; one clock stands for the rest. */
static void fall_back(struct recorder *recorder)
{
	const struct events *wanted = &recorder->options->events;
	struct events *events = &recorder->events;
	bool clock = false;
	unsigned int i;

	memset(events, 0, sizeof(*events));
	for (i = 0; i < wanted->count; i++) {
		if (wanted->event[i].type != PERF_TYPE_SOFTWARE)
			continue;
		clock |= events_is_clock(&wanted->event[i]);
		events->event[events->count] = wanted->event[i];
		strcpy(events->name[events->count++], wanted->name[i]);
	}
	if (!clock)
		events_add_clock(events, is_sampled(wanted) ? CLOCK_PERIOD_NS : 0);
	snprintf(recorder->pmu_note, sizeof(recorder->pmu_note), "%s%s", stand_in,
		 is_sampled(events) ? ", a timer that interrupts each traced CPU" : "");
}

static const char busy[] =
	"a CPU is armed, or another recording counts: stop it, or say -y if it counts nothing";

static const char too_many[] =
	"more than the PMU counts at once, and they never take turns: ask for fewer";

static const char *event_at_fault(const struct recorder *recorder)
{
	__u32 failed = recorder->pmu.failed;

	return failed < recorder->events.count ? recorder->events.name[failed] : "the events";
}

static int refuse(const struct recorder *recorder, int err)
{
	const char *event = event_at_fault(recorder);

	switch (-err) {
	case EBUSY:
		message("%s", busy);
		break;
	case ENOENT:
	case EOPNOTSUPP:
		message("this CPU's PMU does not count %s%s; 'hftrace list --pmu' has names", event,
			is_sampled(&recorder->events) ? ", or cannot sample it" : "");
		break;
	case ENOSPC:
		message("%s: %s", event, too_many);
		break;
	case EDOM:
		message("the period of %s is out of range: at least 1000, of cpu-clock 10000 (ns)",
			event);
		break;
	case ENODEV:
		message("a traced CPU has gone offline: trace those that are online");
		break;
	default:
		message("cannot count %s: %s", event, strerror(-err));
	}
	return HFT_EXIT_FAILED;
}

int recorder_pmu_open(struct recorder *recorder)
{
	char list[64];
	int err;

	recorder->events = recorder->options->events;
	if (!recorder->events.count)
		return HFT_EXIT_OK;
	err = open_events(recorder, &recorder->events);
	if ((err == -ENOENT || err == -EOPNOTSUPP) && no_pmu(recorder)) {
		fall_back(recorder);
		message("%s", recorder->pmu_note);
		err = open_events(recorder, &recorder->events);
	}
	if (err)
		return refuse(recorder, err);
	message("counting by %s: for each event CPU %s was interrupted, and will be at the end",
		recorder->pmu.pmu, cpus_format(&recorder->plan->arming.cpus, list, sizeof(list)));
	return HFT_EXIT_OK;
}

int recorder_pmu_request(struct recorder *recorder)
{
	struct hft_pmu request = { 0 };

	if (!recorder->events.count)
		return 0;
	return device_pmu(&recorder->plan->device, &request, HFT_PMU_REQUEST,
			  &recorder->plan->arming.cpus);
}

static void print_facts(FILE *file, const struct recorder *recorder)
{
	const struct events *events = &recorder->events;
	unsigned int i;

	fprintf(file, "set=%u\npmu=%.31s\nevents=", recorder->pmu.set, recorder->pmu.pmu);
	for (i = 0; i < events->count; i++)
		fprintf(file, "%s%s", i ? "," : "", events->name[i]);
	fputs("\nperiods=", file);
	for (i = 0; i < events->count; i++)
		fprintf(file, "%s%llu", i ? "," : "", events->event[i].period);
	fputc('\n', file);
	if (*recorder->pmu_note)
		fprintf(file, "note=%s\n", recorder->pmu_note);
}

int recorder_pmu_facts(struct recorder *recorder)
{
	FILE *file;

	if (!recorder->events.count)
		return 0;
	file = recording_new_file(&recorder->recording, "pmu");
	if (!file)
		return -errno;
	print_facts(file, recorder);
	return recording_put(&recorder->recording, file, "pmu", false);
}
