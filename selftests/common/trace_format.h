/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layout of a tracefs event, from its `format` file, and fields by name.
 * What fails ends the program with a line.
 */
#ifndef SELFTEST_TRACE_FORMAT_H
#define SELFTEST_TRACE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define TRACE_FIELDS	32

struct trace_format_field {
	char name[32];
	unsigned int offset, size;
	int is_signed;
	int is_dynamic;		/* offset and length of a text, in one word */
};

struct trace_format {
	char path[64];		/* "sched/sched_switch" */
	unsigned int id;
	unsigned int fields;
	struct trace_format_field field[TRACE_FIELDS];
};

/* `text` is spoilt. */
void trace_format_parse(struct trace_format *format, const char *path, char *text);

/* Does the event have such a field? */
int trace_format_has(const struct trace_format *format, const char *name);

/* Of an event of `size` bytes at `data`, common fields first. */
int64_t trace_format_number(const struct trace_format *format, const char *data, uint32_t size,
			    const char *name);

/* A text field, not longer than *length. */
const char *trace_format_text(const struct trace_format *format, const char *data, uint32_t size,
			      const char *name, size_t *length);

/* Element `index` of an array of 64-bit words. */
uint64_t trace_format_element(const struct trace_format *format, const char *data, uint32_t size,
			      const char *name, unsigned int index);

#endif /* SELFTEST_TRACE_FORMAT_H */
