// SPDX-License-Identifier: GPL-2.0
/* Events of all CPUs as `collect` saved them: raw pages, and formats beside them. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "observation.h"
#include "trace.h"
#include "trace_format.h"
#include "trace_pages.h"

static struct trace_format formats[EVENTS];

static void load_format(int event, const char *directory)
{
	size_t size;
	char *text = file_read(directory, "format.", event_name(event), &size);

	trace_format_parse(&formats[event], event_paths[event], text);
	free(text);
}

static int event_of(unsigned int id)
{
	int event;

	for (event = 0; event < EVENTS; event++) {
		if (formats[event].id == id)
			return event;
	}
	errx(EXIT_FAILURE, "an event of type %u", id);
}

int64_t trace_field(const struct trace_event *event, const char *name)
{
	return trace_format_number(&formats[event->event], event->data, event->size, name);
}

const char *trace_text(const struct trace_event *event, const char *name, size_t *size)
{
	return trace_format_text(&formats[event->event], event->data, event->size, name, size);
}

uint64_t trace_element(const struct trace_event *event, const char *name, unsigned int index)
{
	return trace_format_element(&formats[event->event], event->data, event->size, name, index);
}

/* Where the events of one CPU go. */
struct taking {
	struct trace *trace;
	unsigned int cpu;
};

static void add(void *to, const struct trace_pages_event *raw)
{
	const struct taking *taking = to;
	struct trace *trace = taking->trace;
	struct trace_event *event;

	if (trace->count == trace->room) {
		trace->room = trace->room ? trace->room * 2 : 65536;
		trace->at = reallocarray(trace->at, trace->room, sizeof(*trace->at));
		if (!trace->at)
			err(EXIT_FAILURE, "events");
	}
	event = &trace->at[trace->count];
	*event = (struct trace_event){ .ts = raw->ts, .data = raw->data, .size = raw->size,
				       .cpu = taking->cpu, .order = trace->count,
				       .event = event_of(raw->id) };
	trace->count++;
	event->pid = trace_field(event, "common_pid");
}

static int by_time(const void *left, const void *right)
{
	const struct trace_event *a = left, *b = right;

	if (a->ts != b->ts)
		return a->ts < b->ts ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void trace_load(struct trace *trace, const char *directory, unsigned int cpus)
{
	unsigned int cpu;
	int event;

	for (event = 0; event < EVENTS; event++)
		load_format(event, directory);
	for (cpu = 0; cpu < cpus; cpu++) {
		const struct taking taking = { .trace = trace, .cpu = cpu };
		size_t size, at, first = trace->count;
		char name[16], *pages;

		snprintf(name, sizeof(name), "cpu%u", cpu);
		pages = file_read(directory, "trace.", name, &size);
		trace_pages_read(pages, size, cpu, add, (void *)&taking);
		for (at = first + 1; at < trace->count; at++) {
			if (trace->at[at].ts < trace->at[at - 1].ts)
				errx(EXIT_FAILURE, "trace.%s is not in order of time", name);
		}
	}
	qsort(trace->at, trace->count, sizeof(*trace->at), by_time);
}
