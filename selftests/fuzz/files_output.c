// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files_json.h"
#include "files_output.h"

struct sink {
	const char *name;
	FILE *file;
	char *text;
	size_t room;
	size_t used;
};

static struct sink sinks[] = { { .name = "standard output" }, { .name = "standard error" } };

static ssize_t take(void *cookie, const char *text, size_t size)
{
	struct sink *sink = cookie;

	if (sink->used + size > FILES_OUTPUT_MAX) {
		dprintf(STDERR_FILENO, "%s: more than %u bytes\n", sink->name, FILES_OUTPUT_MAX);
		abort();
	}
	if (sink->used + size > sink->room) {
		sink->room = (sink->used + size) * 2;
		sink->text = realloc(sink->text, sink->room);
		if (!sink->text)
			err(1, "what a command writes");
	}
	memcpy(sink->text + sink->used, text, size);
	sink->used += size;
	return (ssize_t)size;
}

static void open_sink(struct sink *sink, size_t buffer)
{
	sink->file = fopencookie(sink, "w", (cookie_io_functions_t){ .write = take });
	if (!sink->file)
		err(1, "what a command writes");
	setvbuf(sink->file, NULL, buffer ? _IOFBF : _IONBF, buffer);
	sink->room = 1 << 20;
	sink->text = malloc(sink->room);
	if (!sink->text)
		err(1, "what a command writes");
}

void files_output_init(void)
{
	open_sink(&sinks[0], 1 << 16);
	open_sink(&sinks[1], 0);
	stdout = sinks[0].file;
	stderr = sinks[1].file;
}

void files_output_begin(void)
{
	clearerr(sinks[0].file);
	sinks[0].used = 0;
	sinks[1].used = 0;
}

/* Bytes of the character that may be shown, 0 for one that may not. */
static size_t shown_length(const unsigned char *at, size_t left)
{
	unsigned int code;
	size_t length, i;

	if (at[0] < 0x80)
		return at[0] == '\n' || at[0] == '\t' || (at[0] >= 0x20 && at[0] != 0x7f);
	length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
		return 0;
	code = at[0] & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	/* C1 controls, and what turns the direction of writing. */
	if (code < 0xa0 || (code >= 0x200e && code <= 0x200f) ||
	    (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
		return 0;
	return length;
}

static const char *check_text(const struct sink *sink)
{
	static char said[96];
	size_t at = 0, length;

	while (at < sink->used) {
		length = shown_length((unsigned char *)sink->text + at, sink->used - at);
		if (!length) {
			snprintf(said, sizeof(said), "byte 0x%02x at %zu of %s",
				 (unsigned char)sink->text[at], at, sink->name);
			return said;
		}
		at += length;
	}
	return NULL;
}

const char *files_output_check(bool json)
{
	const char *fault;

	fflush(stdout);
	fault = check_text(&sinks[0]);
	if (!fault)
		fault = check_text(&sinks[1]);
	if (!fault && json)
		fault = files_json_check(sinks[0].text, sinks[0].used);
	return fault;
}

static void show(const struct sink *sink)
{
	size_t length = sink->used < 20000 ? sink->used : 20000;

	dprintf(STDERR_FILENO, "---- %s, %zu bytes\n", sink->name, sink->used);
	if (write(STDERR_FILENO, sink->text, length) < 0)
		err(1, "what a command wrote");
}

void files_output_show(void)
{
	show(&sinks[0]);
	show(&sinks[1]);
}
