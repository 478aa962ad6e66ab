// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/code.h"
#include "lib/compiler.h"
#include "lib/demangle.h"

/* Longer than there is room: its end is cut, and that is seen. */
static void set(char *to, size_t size, const char *text)
{
	if (snprintf(to, size, "%s", text) >= (int)size)
		memcpy(to + size - 4, "...", 4);
}

void code_set_function(struct code_frame *frame, const char *name)
{
	char *readable = demangle(name);

	set(frame->function, sizeof(frame->function), readable ? readable : name);
	free(readable);
}

void code_set_source(struct code_frame *frame, const char *path, unsigned int line)
{
	const char *slash = strrchr(path, '/');

	set(frame->source, sizeof(frame->source), slash ? slash + 1 : path);
	frame->line = line;
}

struct text {
	char *buf;
	size_t size;
	size_t used;
};

static void __printf(2, 3) append(struct text *text, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->buf + text->used, text->size - text->used, format, args);
	va_end(args);
	if (length > 0)
		text->used += (size_t)length < text->size - text->used ?
			      (size_t)length : text->size - text->used - 1;
}

static const char *name_of(const struct code_frame *frame)
{
	return frame->function[0] ? frame->function : "?";
}

static void append_functions(struct text *text, const struct code *code)
{
	unsigned int i;

	for (i = 0; i + 1 < code->frames; i++)
		append(text, "%s (inlined) <- ", name_of(&code->frame[i]));
	if (code->more)
		append(text, "... <- ");
	append(text, "%s", name_of(&code->frame[i]));
}

static void append_lines(struct text *text, const struct code *code)
{
	unsigned int i;

	for (i = 0; i < code->frames; i++) {
		const struct code_frame *frame = &code->frame[i];

		if (i && i + 1 == code->frames && code->more)
			append(text, " <- ...");
		if (frame->source[0])
			append(text, "%s%s:%u", i ? " <- " : "", frame->source, frame->line);
		else
			append(text, "%s?", i ? " <- " : "");
	}
}

void code_text(const struct code *code, char *buf, size_t size)
{
	struct text text = { .buf = buf, .size = size };

	append_functions(&text, code);
	if (code->has_offset)
		append(&text, "+0x%llx", code->offset);
	if (code->frame[0].source[0] || code->frames > 1) {
		append(&text, " (");
		append_lines(&text, code);
		append(&text, ")");
	} else if (code->stripped) {
		append(&text, " (stripped)");
	}
}

void code_function_text(const struct code *code, char *buf, size_t size)
{
	struct text text = { .buf = buf, .size = size };

	append_functions(&text, code);
}
