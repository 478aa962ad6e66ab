// SPDX-License-Identifier: GPL-2.0
/* See trace_format.h. */
#include "trace_format.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void parse_field(struct trace_format *format, const char *line)
{
	struct trace_format_field *field = &format->field[format->fields];
	char declaration[128], *name;

	if (format->fields == TRACE_FIELDS)
		errx(EXIT_FAILURE, "event %s has too many fields", format->path);
	if (sscanf(line, " field:%127[^;]; offset:%u; size:%u; signed:%d;", declaration,
		   &field->offset, &field->size, &field->is_signed) != 4)
		return;
	field->is_dynamic = !strncmp(declaration, "__data_loc", 10);
	name = strrchr(declaration, ' ') + 1;
	name[strcspn(name, "[")] = '\0';
	snprintf(field->name, sizeof(field->name), "%.31s", name);
	format->fields++;
}

void trace_format_parse(struct trace_format *format, const char *path, char *text)
{
	char *line, *rest = text;

	memset(format, 0, sizeof(*format));
	snprintf(format->path, sizeof(format->path), "%s", path);
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "ID: %u", &format->id) != 1 && strstr(line, "field:"))
			parse_field(format, line);
	}
	if (!format->id)
		errx(EXIT_FAILURE, "the format of event %s names no id", path);
}

static const struct trace_format_field *find(const struct trace_format *format, const char *name)
{
	unsigned int i;

	for (i = 0; i < format->fields; i++) {
		if (!strcmp(format->field[i].name, name))
			return &format->field[i];
	}
	return NULL;
}

int trace_format_has(const struct trace_format *format, const char *name)
{
	return !!find(format, name);
}

static const struct trace_format_field *
find_within(const struct trace_format *format, uint32_t size, const char *name)
{
	const struct trace_format_field *field = find(format, name);

	if (!field || field->offset + field->size > size)
		errx(EXIT_FAILURE, "event %s has no field %s", format->path, name);
	return field;
}

int64_t trace_format_number(const struct trace_format *format, const char *data, uint32_t size,
			    const char *name)
{
	const struct trace_format_field *field = find_within(format, size, name);
	int64_t value = 0;

	memcpy(&value, data + field->offset, field->size < 8 ? field->size : 8);
	if (field->is_signed && field->size < 8)
		value = (int64_t)((uint64_t)value << (64 - 8 * field->size)) >>
			(64 - 8 * field->size);
	return value;
}

const char *trace_format_text(const struct trace_format *format, const char *data, uint32_t size,
			      const char *name, size_t *length)
{
	const struct trace_format_field *field = find_within(format, size, name);
	uint32_t where;

	*length = field->size;
	if (!field->is_dynamic)
		return data + field->offset;
	memcpy(&where, data + field->offset, sizeof(where));
	*length = where >> 16;
	where &= 0xffff;
	if (where + *length > size)
		errx(EXIT_FAILURE, "event %s ends too soon", format->path);
	return data + where;
}

uint64_t trace_format_element(const struct trace_format *format, const char *data, uint32_t size,
			      const char *name, unsigned int index)
{
	const struct trace_format_field *field = find_within(format, size, name);
	uint64_t value;

	if (8 * index + 8 > field->size)
		errx(EXIT_FAILURE, "event %s: %s has no element %u", format->path, name, index);
	memcpy(&value, data + field->offset + 8 * index, sizeof(value));
	return value;
}
