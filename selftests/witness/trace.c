// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the pages of tracefs's trace_pipe_raw by the layout that its
 * header_event and header_page files describe, and events by their format.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "observation.h"
#include "trace.h"

#define RAW_PAGE	4096U
#define PAGE_HEADER	16U
#define MISSED		(1ULL << 31)	/* in a page's commit: events were lost before it */
#define COMMIT_MASK	0xfffffULL
#define EXIT_INVALID	3

enum { PADDING = 29, TIME_EXTEND = 30, TIME_STAMP = 31 };

struct field {
	char name[24];
	unsigned int offset, size;
	int is_signed;
	int is_dynamic;		/* offset and length of a text, in one word */
};

struct format {
	unsigned int id;
	unsigned int fields;
	struct field field[16];
};

static struct format formats[EVENTS];

static void parse_field(struct format *format, const char *line)
{
	struct field *field = &format->field[format->fields];
	char declaration[96], *name;

	if (sscanf(line, " field:%95[^;]; offset:%u; size:%u; signed:%d;", declaration,
		   &field->offset, &field->size, &field->is_signed) != 4)
		return;
	if (format->fields + 1 == ARRAY_SIZE(format->field))
		errx(EXIT_FAILURE, "too many fields: %s", line);
	field->is_dynamic = !strncmp(declaration, "__data_loc", 10);
	name = strrchr(declaration, ' ') + 1;
	name[strcspn(name, "[")] = '\0';
	snprintf(field->name, sizeof(field->name), "%.23s", name);
	format->fields++;
}

static void load_format(int event, const char *directory)
{
	size_t size;
	char *text = file_read(directory, "format.", event_name(event), &size), *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "ID: %u", &formats[event].id) != 1)
			parse_field(&formats[event], line);
	}
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

static const struct field *find(const struct trace_event *event, const char *name)
{
	const struct format *format = &formats[event->event];
	unsigned int i;

	for (i = 0; i < format->fields; i++) {
		if (!strcmp(format->field[i].name, name) &&
		    format->field[i].offset + format->field[i].size <= event->size)
			return &format->field[i];
	}
	errx(EXIT_FAILURE, "event %s has no field %s", event_name(event->event), name);
}

int64_t trace_field(const struct trace_event *event, const char *name)
{
	const struct field *field = find(event, name);
	const char *data = event->data + field->offset;
	int64_t value = 0;

	memcpy(&value, data, field->size < 8 ? field->size : 8);
	if (field->is_signed && field->size < 8)
		value = (int64_t)((uint64_t)value << (64 - 8 * field->size)) >>
			(64 - 8 * field->size);
	return value;
}

const char *trace_text(const struct trace_event *event, const char *name, size_t *size)
{
	const struct field *field = find(event, name);
	uint32_t where;

	*size = field->size;
	if (!field->is_dynamic)
		return event->data + field->offset;
	memcpy(&where, event->data + field->offset, sizeof(where));
	*size = where >> 16;
	where &= 0xffff;
	if (where + *size > event->size)
		errx(EXIT_FAILURE, "event %s ends too soon", event_name(event->event));
	return event->data + where;
}

uint64_t trace_element(const struct trace_event *event, const char *name, unsigned int index)
{
	const struct field *field = find(event, name);
	uint64_t value;

	memcpy(&value, event->data + field->offset + 8 * index, sizeof(value));
	return value;
}

static void add(struct trace *trace, const char *data, uint32_t size, uint64_t ts,
		unsigned int cpu)
{
	struct trace_event *event;
	uint16_t id;

	if (trace->count == trace->room) {
		trace->room = trace->room ? trace->room * 2 : 65536;
		trace->at = reallocarray(trace->at, trace->room, sizeof(*trace->at));
		if (!trace->at)
			err(EXIT_FAILURE, "events");
	}
	memcpy(&id, data, sizeof(id));
	event = &trace->at[trace->count];
	*event = (struct trace_event){ .ts = ts, .data = data, .size = size, .cpu = cpu,
				       .order = trace->count, .event = event_of(id) };
	trace->count++;
	event->pid = trace_field(event, "common_pid");
}

static void load_page(struct trace *trace, const char *page, unsigned int cpu)
{
	uint64_t ts, commit;
	uint32_t at = PAGE_HEADER, end;

	memcpy(&ts, page, 8);
	memcpy(&commit, page + 8, 8);
	if (commit & MISSED)
		errx(EXIT_INVALID, "tracefs lost events of CPU %u", cpu);
	end = PAGE_HEADER + (commit & COMMIT_MASK);
	if (end > RAW_PAGE)
		errx(EXIT_FAILURE, "CPU %u: a page of %u bytes", cpu, end);
	while (at + 4 <= end) {
		uint32_t word[2] = { 0, 0 }, type, delta, size;

		memcpy(word, page + at, at + 8 <= end ? 8 : 4);
		type = word[0] & 31;
		delta = word[0] >> 5;
		if (type == TIME_STAMP) {
			/* 59 bits, which ticks do not leave for years */
			ts = ((uint64_t)word[1] << 27) + delta;
			at += 8;
			continue;
		}
		ts += delta;
		if (type == TIME_EXTEND) {
			ts += (uint64_t)word[1] << 27;
			at += 8;
			continue;
		}
		if (type == PADDING) {
			if (!delta)
				return;
			at += 4 + word[1];
			continue;
		}
		size = type ? 4 + 4 * type : 4 + word[1];
		if (size < 4 || at + size > end)
			errx(EXIT_FAILURE, "CPU %u: an event of %u bytes", cpu, size);
		add(trace, page + at + (type ? 4 : 8), size - (type ? 4 : 8), ts, cpu);
		at += size;
	}
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
		size_t size, at, first = trace->count;
		char name[16], *pages;

		snprintf(name, sizeof(name), "cpu%u", cpu);
		pages = file_read(directory, "trace.", name, &size);
		if (size % RAW_PAGE)
			errx(EXIT_FAILURE, "trace.%s is not whole pages", name);
		for (at = 0; at < size; at += RAW_PAGE)
			load_page(trace, pages + at, cpu);
		for (at = first + 1; at < trace->count; at++) {
			if (trace->at[at].ts < trace->at[at - 1].ts)
				errx(EXIT_FAILURE, "trace.%s is not in order of time", name);
		}
	}
	qsort(trace->at, trace->count, sizeof(*trace->at), by_time);
}
