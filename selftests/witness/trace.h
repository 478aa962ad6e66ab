/* SPDX-License-Identifier: GPL-2.0 */
/* Events of tracefs's raw pages, with their fields by name. */
#ifndef WITNESS_TRACE_H
#define WITNESS_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "events.h"

struct trace_event {
	uint64_t ts;		/* ticks */
	const char *data;	/* of the event, common fields first */
	uint32_t size;		/* of data */
	uint32_t order;		/* on its CPU */
	int pid;		/* common_pid */
	uint8_t cpu;
	uint8_t event;		/* enum witness_event */
};

struct trace {
	struct trace_event *at;	/* all CPUs, in order of time */
	size_t count, room;
};

void trace_load(struct trace *trace, const char *directory, unsigned int cpus);

/* A field's value; ends the program if the event has no such field. */
int64_t trace_field(const struct trace_event *event, const char *name);

/* A text field, not longer than *size. */
const char *trace_text(const struct trace_event *event, const char *name, size_t *size);

/* Element `index` of an array of 64-bit words. */
uint64_t trace_element(const struct trace_event *event, const char *name, unsigned int index);

#endif /* WITNESS_TRACE_H */
