// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/event_names.h"
#include "lib/facts.h"

/* "cycles:u,instructions": as the recorder joined them. */
static void split(struct event_names *names, char *text)
{
	char *word;

	while (names->count < HFT_PMU_EVENTS && (word = strsep(&text, ",")))
		snprintf(names->name[names->count++], EVENT_TEXT, "%.*s", EVENT_TEXT - 1, word);
}

void event_names_read(struct event_names *names, const char *recording)
{
	char *events = facts_value(recording, "pmu", "events");
	__u64 set;

	memset(names, 0, sizeof(*names));
	if (events && !facts_number(recording, "pmu", "set", &set)) {
		names->set = set;
		split(names, events);
	}
	free(events);
}

const char *event_name(const struct event_names *names, __u32 set, unsigned int index)
{
	if (!names || !names->set || names->set != set || index >= names->count)
		return NULL;
	return names->name[index];
}
