// SPDX-License-Identifier: LGPL-2.1
/*
 * Takes from `hftrace explain --json` what is judged: every object with
 * "start_tsc" and "end_tsc" is a span, every object with "cause" in it a part.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define DEPTH_MAX	64

struct reader {
	const char *at, *end;
	struct judge_explanation *explanation;
};

/* What an object has said so far. */
struct object {
	struct judge_explained span;
	struct judge_part part;
	int has_start, has_end, has_cause;
};

static int read_value(struct reader *reader, struct object *parent, const char *key, int depth);

static char skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && *reader->at && strchr(" \t\r\n", *reader->at))
		reader->at++;
	return reader->at < reader->end ? *reader->at : 0;
}

/* The text of a string, cut off at `size`; escapes stay as they stand. */
static int read_string(struct reader *reader, char *text, size_t size)
{
	size_t length = 0;

	if (skip_blanks(reader) != '"')
		return -EBADMSG;
	for (reader->at++; reader->at < reader->end && *reader->at != '"'; reader->at++) {
		if (*reader->at == '\\' && ++reader->at == reader->end)
			return -EBADMSG;
		if (length + 1 < size)
			text[length++] = *reader->at;
	}
	if (reader->at == reader->end)
		return -EBADMSG;
	reader->at++;
	text[length] = 0;
	return 0;
}

/* Cut off: no cause that is known is as long. */
static void set_cause(struct judge_part *part, const char *text)
{
	snprintf(part->cause, sizeof(part->cause), "%.31s", text);
}

static void take_number(struct object *parent, const char *key, const char *text)
{
	__u64 value = strtoull(text, NULL, 10);

	if (!strcmp(key, "id")) {
		parent->span.id = value;
	} else if (!strcmp(key, "start_tsc")) {
		parent->span.start = value;
		parent->has_start = 1;
	} else if (!strcmp(key, "end_tsc")) {
		parent->span.end = value;
		parent->has_end = 1;
	} else if (!strcmp(key, "ticks")) {
		parent->part.ticks = value;
	}
}

static void take_string(struct object *parent, const char *key, const char *text)
{
	if (!strcmp(key, "cause")) {
		set_cause(&parent->part, text);
		parent->has_cause = 1;
	} else if (!strcmp(key, "culprit")) {
		snprintf(parent->part.culprit, sizeof(parent->part.culprit), "%s", text);
	}
}

/*
 * Entering and leaving the kernel is named with what it was for: "around irq 4
 * ttyS0", "task switch from a/1 to b/2". It counts for that; of a switch another
 * part says whose it was.
 */
static void name_entry(struct judge_part *part)
{
	char text[sizeof(part->culprit)], *culprit;

	if (strcmp(part->cause, "kernel_entry"))
		return;
	if (!strncmp(part->culprit, "task switch ", 12)) {
		strcpy(part->cause, "off_cpu");
		part->culprit[0] = 0;
		return;
	}
	if (strncmp(part->culprit, "around ", 7) && strncmp(part->culprit, "delivery of ", 12))
		return;
	strcpy(text, part->culprit + (part->culprit[0] == 'a' ? 7 : 12));
	culprit = strchr(text, ' ');
	if (culprit)
		*culprit++ = 0;
	set_cause(part, text);
	strcpy(part->culprit, culprit ? culprit : "");
}

static int add_part(struct judge_explanation *explanation, struct judge_part *part)
{
	struct judge_part *parts;

	name_entry(part);
	parts = judge_grow(explanation->parts, explanation->parts_count, sizeof(*parts));
	if (!parts)
		return -ENOMEM;
	explanation->parts = parts;
	parts[explanation->parts_count++] = *part;
	return 0;
}

static int add_span(struct judge_explanation *explanation, const struct judge_explained *span)
{
	struct judge_explained *spans;

	spans = judge_grow(explanation->spans, explanation->spans_count, sizeof(*spans));
	if (!spans)
		return -ENOMEM;
	explanation->spans = spans;
	spans += explanation->spans_count++;
	*spans = *span;
	spans->parts_count = explanation->parts_count - span->first_part;
	return 0;
}

static int read_members(struct reader *reader, struct object *object, int depth)
{
	char key[32], separator;
	int err;

	reader->at++;
	if (skip_blanks(reader) == '}') {
		reader->at++;
		return 0;
	}
	for (;;) {
		err = read_string(reader, key, sizeof(key));
		if (err)
			return err;
		if (skip_blanks(reader) != ':')
			return -EBADMSG;
		reader->at++;
		err = read_value(reader, object, key, depth + 1);
		if (err)
			return err;
		separator = skip_blanks(reader);
		if (separator != '}' && separator != ',')
			return -EBADMSG;
		reader->at++;
		if (separator == '}')
			return 0;
	}
}

static int read_object(struct reader *reader, int depth)
{
	struct object object = { .span.first_part = reader->explanation->parts_count };
	int err = read_members(reader, &object, depth);

	if (!err && object.has_start && object.has_end)
		err = add_span(reader->explanation, &object.span);
	else if (!err && object.has_cause)
		err = add_part(reader->explanation, &object.part);
	return err;
}

static int read_array(struct reader *reader, int depth)
{
	struct object nobody = {};
	char separator;
	int err;

	reader->at++;
	if (skip_blanks(reader) == ']') {
		reader->at++;
		return 0;
	}
	for (;;) {
		err = read_value(reader, &nobody, "", depth + 1);
		if (err)
			return err;
		separator = skip_blanks(reader);
		if (separator != ']' && separator != ',')
			return -EBADMSG;
		reader->at++;
		if (separator == ']')
			return 0;
	}
}

static int read_value(struct reader *reader, struct object *parent, const char *key, int depth)
{
	char text[JUDGE_CULPRIT];
	size_t length;
	int err;

	if (depth > DEPTH_MAX)
		return -EBADMSG;
	switch (skip_blanks(reader)) {
	case 0:
		return -EBADMSG;
	case '{':
		return read_object(reader, depth);
	case '[':
		return read_array(reader, depth);
	case '"':
		err = read_string(reader, text, sizeof(text));
		if (!err)
			take_string(parent, key, text);
		return err;
	}
	/* Numbers, true, false, null. */
	length = 0;
	while (reader->at < reader->end && !strchr(",]} \t\r\n", *reader->at)) {
		if (length + 1 < sizeof(text))
			text[length++] = *reader->at;
		reader->at++;
	}
	text[length] = 0;
	if (!length)
		return -EBADMSG;
	take_number(parent, key, text);
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct judge_explained *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static int read_file(const char *path, char **text, size_t *size)
{
	FILE *file = fopen(path, "re");
	size_t room = 1 << 20, got;
	char *more;
	int err = 0;

	*text = NULL;
	*size = 0;
	if (!file)
		return -errno;
	do {
		room *= 2;
		more = realloc(*text, room);
		if (!more) {
			err = -ENOMEM;
			break;
		}
		*text = more;
		got = fread(*text + *size, 1, room - *size, file);
		*size += got;
	} while (*size == room);
	if (!err && ferror(file))
		err = -EIO;
	fclose(file);
	return err;
}

/* One value, or one after the other, as in lines. */
int judge_read_explanation(struct judge_explanation *explanation, const char *path)
{
	struct reader reader = { .explanation = explanation };
	struct object nobody = {};
	size_t size;
	char *text;
	int err;

	err = read_file(path, &text, &size);
	reader.at = text;
	reader.end = text + size;
	while (!err && skip_blanks(&reader))
		err = read_value(&reader, &nobody, "", 0);
	if (!err && !explanation->spans_count)
		err = -ENODATA;
	if (err)
		fprintf(stderr, "%s: %s: byte %zu: %s\n", judge_name, path,
			(size_t)(reader.at - text), strerror(-err));
	else
		qsort(explanation->spans, explanation->spans_count, sizeof(*explanation->spans),
		      by_start);
	free(text);
	return err;
}

void judge_free_explanation(struct judge_explanation *explanation)
{
	free(explanation->spans);
	free(explanation->parts);
}
