// SPDX-License-Identifier: GPL-2.0
/* Names of events as libpfm4 knows them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/events_library.h"

#ifdef HAVE_LIBPFM
#include <perfmon/pfmlib_perf_event.h>

const char *const events_no_library;

static int start(void)
{
	static int result = PFM_ERR_NOINIT;

	if (result == PFM_ERR_NOINIT)
		result = pfm_initialize();
	return result;
}

int events_library_encode(const char *name, struct hft_pmu_event *event, char why[EVENTS_WHY])
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	pfm_perf_encode_arg_t arg = { .attr = &attr, .size = sizeof(arg) };
	int result = start();

	if (result == PFM_SUCCESS)
		result = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3,
						   PFM_OS_PERF_EVENT_EXT, &arg);
	if (result != PFM_SUCCESS) {
		snprintf(why, EVENTS_WHY,
			 "no event '%s' (%s); 'hftrace list --pmu' has those of this CPU", name,
			 pfm_strerror(result));
		return -EINVAL;
	}
	event->type = attr.type;
	event->config = attr.config;
	event->config1 = attr.config1;
	event->config2 = attr.config2;
	/* libpfm4's own :u and :k */
	if (attr.exclude_user && !attr.exclude_kernel)
		event->flags |= HFT_PMU_NO_USER;
	if (attr.exclude_kernel && !attr.exclude_user)
		event->flags |= HFT_PMU_NO_KERNEL;
	return 0;
}

static void each_of(pfm_pmu_t pmu, const pfm_pmu_info_t *of,
		    void (*take)(void *, const char *, const char *), void *context)
{
	char name[200];
	int i;

	for (i = of->first_event; i != -1; i = pfm_get_event_next(i)) {
		pfm_event_info_t info = { .size = sizeof(info) };

		if (pfm_get_event_info(i, PFM_OS_PERF_EVENT_EXT, &info) != PFM_SUCCESS ||
		    info.pmu != pmu)
			continue;
		snprintf(name, sizeof(name), "%s::%s", of->name, info.name);
		take(context, name, info.desc ? info.desc : "");
	}
}

void events_library_each(void (*take)(void *context, const char *name, const char *summary),
			 void *context)
{
	pfm_pmu_t pmu;

	if (start() != PFM_SUCCESS)
		return;
	for (pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX; pmu++) {
		pfm_pmu_info_t of = { .size = sizeof(of) };

		/* those of the kernel itself have names of their own above */
		if (pfm_get_pmu_info(pmu, &of) == PFM_SUCCESS && of.is_present &&
		    of.type == PFM_PMU_TYPE_CORE)
			each_of(pmu, &of, take, context);
	}
}
#else
const char *const events_no_library =
	"built without libpfm4 (libpfm4-dev): events have generic names or are rHEX";

int events_library_encode(const char *name, struct hft_pmu_event *event, char why[EVENTS_WHY])
{
	(void)event;
	snprintf(why, EVENTS_WHY, "no event '%s'; %s; 'hftrace list --pmu' has the names", name,
		 events_no_library);
	return -EINVAL;
}

void events_library_each(void (*take)(void *context, const char *name, const char *summary),
			 void *context)
{
	(void)take;
	(void)context;
}
#endif
