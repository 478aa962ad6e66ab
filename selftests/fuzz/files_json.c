// SPDX-License-Identifier: GPL-2.0
/* Whether text is JSON as of RFC 8259; that it is UTF-8 is checked elsewhere. */
#include <stdio.h>
#include <string.h>

#include "files_json.h"

#define DEPTH_MAX 64

struct parser {
	const char *start;
	const char *at;
	const char *end;
	const char *fault;
	int depth;
};

static bool fail(struct parser *parser, const char *what)
{
	static char said[128];
	int left = (int)(parser->end - parser->at);

	snprintf(said, sizeof(said), "JSON: %s at %zu: %.*s", what,
		 (size_t)(parser->at - parser->start), left < 40 ? left : 40, parser->at);
	parser->fault = said;
	return false;
}

static void skip_blanks(struct parser *parser)
{
	while (parser->at < parser->end && strchr(" \t\r\n", *parser->at))
		parser->at++;
}

static bool take(struct parser *parser, char c)
{
	if (parser->at == parser->end || *parser->at != c)
		return false;
	parser->at++;
	return true;
}

static bool string(struct parser *parser)
{
	if (!take(parser, '"'))
		return fail(parser, "no string");
	while (parser->at < parser->end && *parser->at != '"') {
		unsigned char c = (unsigned char)*parser->at++;
		int digits = 4;

		if (c < ' ')
			return fail(parser, "a control character");
		if (c != '\\')
			continue;
		if (parser->at == parser->end || !strchr("\"\\/bfnrtu", *parser->at))
			return fail(parser, "no escape");
		if (*parser->at++ != 'u')
			continue;
		for (; digits; digits--, parser->at++)
			if (parser->at == parser->end ||
			    !strchr("0123456789abcdefABCDEF", *parser->at))
				return fail(parser, "no code");
	}
	return take(parser, '"') || fail(parser, "a string without end");
}

static bool digits(struct parser *parser)
{
	const char *from = parser->at;

	while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
		parser->at++;
	return parser->at > from || fail(parser, "no number");
}

static bool number(struct parser *parser)
{
	take(parser, '-');
	if (!take(parser, '0') && !digits(parser))
		return false;
	if (take(parser, '.') && !digits(parser))
		return false;
	if (take(parser, 'e') || take(parser, 'E')) {
		if (!take(parser, '+'))
			take(parser, '-');
		return digits(parser);
	}
	return true;
}

static bool word(struct parser *parser, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(parser->end - parser->at) < length || memcmp(parser->at, text, length))
		return fail(parser, "no value");
	parser->at += length;
	return true;
}

static bool value(struct parser *parser);

static bool members(struct parser *parser, char close)
{
	parser->at++;
	skip_blanks(parser);
	if (take(parser, close))
		return true;
	do {
		skip_blanks(parser);
		if (close == '}') {
			if (!string(parser))
				return false;
			skip_blanks(parser);
			if (!take(parser, ':'))
				return fail(parser, "no colon");
		}
		if (!value(parser))
			return false;
		skip_blanks(parser);
	} while (take(parser, ','));
	return take(parser, close) || fail(parser, "no end");
}

static bool value(struct parser *parser)
{
	bool good;

	skip_blanks(parser);
	if (parser->at == parser->end)
		return fail(parser, "cut off");
	if (++parser->depth > DEPTH_MAX)
		return fail(parser, "too deep");
	switch (*parser->at) {
	case '{':
		good = members(parser, '}');
		break;
	case '[':
		good = members(parser, ']');
		break;
	case '"':
		good = string(parser);
		break;
	case 't':
		good = word(parser, "true");
		break;
	case 'f':
		good = word(parser, "false");
		break;
	case 'n':
		good = word(parser, "null");
		break;
	default:
		good = number(parser);
	}
	parser->depth--;
	return good;
}

const char *files_json_check(const char *text, size_t size)
{
	struct parser parser = { .start = text, .at = text, .end = text + size };

	for (;;) {
		skip_blanks(&parser);
		if (parser.at == parser.end)
			return NULL;
		if (!value(&parser))
			return parser.fault;
	}
}
