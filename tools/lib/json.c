// SPDX-License-Identifier: GPL-2.0
/* Writes JSON as it goes. */
#include <math.h>
#include <string.h>

#include "lib/json.h"
#include "lib/utf8.h"

void json_start(struct json *json, FILE *file)
{
	memset(json, 0, sizeof(*json));
	json->file = file;
}

/* A terminal may be at the other end: what it would obey goes out as a number. */
static void quote(FILE *file, const char *text, size_t length)
{
	size_t plain = 0;	/* what begins here goes out as it is */
	size_t i = 0;

	length = strnlen(text, length);
	fputc('"', file);
	while (i < length) {
		unsigned int code;
		size_t n = utf8_read(text + i, length - i, &code);
		char c = text[i];

		if (n && c != '"' && c != '\\' && utf8_printable(code)) {
			i += n;
			continue;
		}
		fwrite(text + plain, 1, i - plain, file);
		if (!n)
			fputs("\\ufffd", file);
		else if (c == '"' || c == '\\')
			fprintf(file, "\\%c", c);
		else
			fprintf(file, "\\u%04x", code);
		i += n ? n : 1;
		plain = i;
	}
	fwrite(text + plain, 1, length - plain, file);
	fputc('"', file);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->depth) {
		if (json->more[json->depth - 1])
			fputc(',', json->file);
		json->more[json->depth - 1] = true;
	}
	if (key) {
		quote(json->file, key, strlen(key));
		fputc(':', json->file);
	}
}

static void open_value(struct json *json, const char *key, char opening, char closing)
{
	begin_value(json, key);
	fputc(opening, json->file);
	json->more[json->depth] = false;
	json->closing[json->depth] = closing;
	json->depth++;
}

void json_object(struct json *json, const char *key)
{
	open_value(json, key, '{', '}');
}

void json_array(struct json *json, const char *key)
{
	open_value(json, key, '[', ']');
}

void json_close(struct json *json)
{
	json->depth--;
	fputc(json->closing[json->depth], json->file);
}

void json_newline(struct json *json)
{
	fputc('\n', json->file);
}

void json_finish(struct json *json)
{
	while (json->depth)
		json_close(json);
	json_newline(json);
}

void json_text(struct json *json, const char *key, const char *text, size_t length)
{
	begin_value(json, key);
	quote(json->file, text, length);
}

void json_string(struct json *json, const char *key, const char *text)
{
	json_text(json, key, text, strlen(text));
}

void json_u64(struct json *json, const char *key, __u64 value)
{
	begin_value(json, key);
	fprintf(json->file, "%llu", value);
}

void json_s64(struct json *json, const char *key, __s64 value)
{
	begin_value(json, key);
	fprintf(json->file, "%lld", value);
}

void json_double(struct json *json, const char *key, double value)
{
	if (!isfinite(value)) {
		json_null(json, key);
		return;
	}
	begin_value(json, key);
	fprintf(json->file, "%.17g", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->file);
}
