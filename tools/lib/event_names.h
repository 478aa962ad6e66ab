/* SPDX-License-Identifier: GPL-2.0 */
/* What the events of a recording's counters and samples are called: facts/pmu. */
#ifndef HFT_EVENT_NAMES_H
#define HFT_EVENT_NAMES_H

#include "lib/events.h"

struct event_names {
	__u32 set;		/* as in its records; 0: none */
	unsigned int count;
	char name[HFT_PMU_EVENTS][EVENT_TEXT];
};

/* Without facts there are no names. */
void event_names_read(struct event_names *names, const char *recording);

/* NULL when it has no name. */
const char *event_name(const struct event_names *names, __u32 set, unsigned int index);

#endif /* HFT_EVENT_NAMES_H */
