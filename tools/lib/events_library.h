/* SPDX-License-Identifier: GPL-2.0 */
/* Names of events as libpfm4 knows them; it may be lacking. */
#ifndef HFT_EVENTS_LIBRARY_H
#define HFT_EVENTS_LIBRARY_H

#include "lib/events.h"

/* type and config of `event`. 0, or -EINVAL with a line for people in `why`. */
int events_library_encode(const char *name, struct hft_pmu_event *event, char why[EVENTS_WHY]);

/* Every event of the PMUs that are here. */
void events_library_each(void (*take)(void *context, const char *name, const char *summary),
			 void *context);

#endif /* HFT_EVENTS_LIBRARY_H */
