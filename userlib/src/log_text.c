// SPDX-License-Identifier: LGPL-2.1
/*
 * A line of a log in words. Format and arguments are another program's: each conversion is
 * taken apart, compared with its argument, and only then printed, alone.
 */
#include "conversion.h"

#include <errno.h>
#include <hftrace-reader.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX	1000		/* width and precision that are obeyed */
#define PIECE		1400		/* bytes: DBL_MAX has 309 digits before its point */
#define CUT_MARK	"..."

/* The text so far. What there is no room for is counted. */
struct out {
	char *buffer;
	size_t size;
	size_t length;
};

static void put(struct out *out, const char *text, size_t bytes)
{
	size_t room = out->length < out->size ? out->size - out->length : 0;

	if (room)
		memcpy(out->buffer + out->length, text, bytes < room ? bytes : room);
	out->length += bytes;
}

static void put_spaces(struct out *out, size_t count)
{
	while (count--)
		put(out, " ", 1);
}

/* The last byte is for a NUL, whatever came. */
static int finish(struct out *out)
{
	if (out->size)
		out->buffer[out->length < out->size ? out->length : out->size - 1] = '\0';
	return (int)out->length;
}

/* ------------------------------------------------------------- arguments */

struct argument {
	uint8_t type;		/* enum hft_log_type; 0: not there */
	bool cut;
	uint64_t word;
	const char *text;
	size_t bytes;
};

/* Those that the record really has. */
static void take_arguments(const struct hft_rec_log *log, const struct hft_format_info *info,
			   struct argument *arguments)
{
	uint32_t at = 0, i, words;
	uint64_t bytes;

	memset(arguments, 0, HFT_LOG_ARGS * sizeof(*arguments));
	for (i = 0; i < info->args && at < log->words; i++) {
		arguments[i].word = log->word[at++];
		if (info->type[i] == HFT_LOG_STRING) {
			bytes = arguments[i].word & ~HFT_LOG_CUT;
			words = log->words - at;
			if (bytes > words * 8)
				return;
			arguments[i].cut = arguments[i].word & HFT_LOG_CUT;
			arguments[i].text = (const char *)&log->word[at];
			arguments[i].bytes = strnlen(arguments[i].text, bytes);
			at += (uint32_t)(bytes + 7) / 8;
		}
		arguments[i].type = info->type[i];
	}
}

static bool fits(const struct hft_conversion *conversion, const struct argument *argument)
{
	switch (conversion->kind) {
	case HFT_CONVERSION_SIGNED:
	case HFT_CONVERSION_UNSIGNED:
	case HFT_CONVERSION_CHARACTER:
		return argument->type == HFT_LOG_INT || argument->type == HFT_LOG_UINT;
	case HFT_CONVERSION_DOUBLE:
		return argument->type == HFT_LOG_DOUBLE;
	case HFT_CONVERSION_STRING:
		return argument->type == HFT_LOG_STRING;
	case HFT_CONVERSION_POINTER:
		return argument->type == HFT_LOG_POINTER;
	default:
		return false;
	}
}

/* ----------------------------------------------------------- conversions */

/* A conversion with its width and precision known. */
struct piece {
	char flags[7];
	int width;		/* 0: none */
	int precision;		/* -1: none */
};

/* Our own format with the conversion's flags: "%-+*.*llX". */
static const char *spell(char spec[24], const struct piece *piece, const char *length, char letter)
{
	snprintf(spec, 24, "%%%s*.*%s%c", piece->flags, length, letter);
	return spec;
}

static void put_signed(struct out *out, const struct piece *piece,
		       const struct hft_conversion *conversion, uint64_t word)
{
	unsigned int shift = 64 - 8 * conversion->bytes;
	long long value = (long long)((int64_t)(word << shift) >> shift);
	char text[PIECE], spec[24];

	put(out, text, (size_t)snprintf(text, sizeof(text), spell(spec, piece, "ll", 'd'),
					piece->width, piece->precision, value));
}

static void put_unsigned(struct out *out, const struct piece *piece,
			 const struct hft_conversion *conversion, uint64_t word)
{
	unsigned int shift = 64 - 8 * conversion->bytes;
	unsigned long long value = word << shift >> shift;
	char text[PIECE], spec[24];

	put(out, text, (size_t)snprintf(text, sizeof(text),
					spell(spec, piece, "ll", conversion->letter),
					piece->width, piece->precision, value));
}

static locale_t c_locale;

static void make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static void put_double(struct out *out, const struct piece *piece, char letter, uint64_t word)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char text[PIECE], spec[24];
	locale_t callers;
	double value;

	memcpy(&value, &word, sizeof(value));
	pthread_once(&once, make_c_locale);
	/* without memory for it, none is set, and the caller's stays */
	callers = uselocale(c_locale);
	put(out, text, (size_t)snprintf(text, sizeof(text), spell(spec, piece, "", letter),
					piece->width, piece->precision, value));
	uselocale(callers);
}

static void put_text(struct out *out, const struct piece *piece, const char *text, size_t bytes,
		     bool cut)
{
	size_t length, spaces;

	if (piece->precision >= 0 && bytes > (size_t)piece->precision) {
		bytes = (size_t)piece->precision;
		cut = false;
	}
	length = bytes + (cut ? strlen(CUT_MARK) : 0);
	spaces = (size_t)piece->width > length ? (size_t)piece->width - length : 0;
	if (!strchr(piece->flags, '-'))
		put_spaces(out, spaces);
	put(out, text, bytes);
	if (cut)
		put(out, CUT_MARK, strlen(CUT_MARK));
	if (strchr(piece->flags, '-'))
		put_spaces(out, spaces);
}

static void put_pointer(struct out *out, const struct piece *piece, uint64_t word)
{
	struct piece plain = *piece;
	char text[24];
	int length;

	plain.precision = -1;
	length = word ? snprintf(text, sizeof(text), "0x%llx", (unsigned long long)word) :
		 snprintf(text, sizeof(text), "(nil)");
	put_text(out, &plain, text, (size_t)length, false);
}

static void put_argument(struct out *out, const struct piece *piece,
			 const struct hft_conversion *conversion, const struct argument *argument)
{
	struct piece plain = *piece;
	char character;

	switch (conversion->kind) {
	case HFT_CONVERSION_SIGNED:
		put_signed(out, piece, conversion, argument->word);
		break;
	case HFT_CONVERSION_UNSIGNED:
		put_unsigned(out, piece, conversion, argument->word);
		break;
	case HFT_CONVERSION_DOUBLE:
		put_double(out, piece, conversion->letter, argument->word);
		break;
	case HFT_CONVERSION_STRING:
		put_text(out, piece, argument->text, argument->bytes, argument->cut);
		break;
	case HFT_CONVERSION_POINTER:
		put_pointer(out, piece, argument->word);
		break;
	default:
		/* A NUL would end the text for whoever reads it. */
		plain.precision = -1;
		character = (char)argument->word;
		put_text(out, &plain, &character, !!character, false);
	}
}

/* ------------------------------------------------------------ the line */

/* A number that stands as * is an argument. False: it is not there, or too large. */
static bool find_number(int *number, const struct argument *arguments, uint32_t *next)
{
	const struct argument *argument;

	if (*number == HFT_CONVERSION_ARGUMENT) {
		if (*next >= HFT_LOG_ARGS)
			return false;
		argument = &arguments[(*next)++];
		if (argument->type != HFT_LOG_INT && argument->type != HFT_LOG_UINT)
			return false;
		*number = (int)argument->word;
		return *number <= NUMBER_MAX && *number >= -NUMBER_MAX;
	}
	return *number <= NUMBER_MAX;
}

static bool put_conversion(struct out *out, const struct hft_conversion *conversion,
			   const struct argument *arguments, uint32_t *next)
{
	int width = conversion->width, precision = conversion->precision;
	const struct argument *argument;
	struct piece piece = { 0 };
	bool sane;

	if (conversion->kind == HFT_CONVERSION_PERCENT && conversion->length == 2) {
		put(out, "%", 1);
		return true;
	}
	/* Whatever is wrong, those behind it get their own arguments. */
	sane = find_number(&width, arguments, next);
	sane &= find_number(&precision, arguments, next);
	if (!hft_conversion_takes(conversion) || *next >= HFT_LOG_ARGS)
		return false;
	argument = &arguments[(*next)++];
	if (!sane || !fits(conversion, argument))
		return false;
	memcpy(piece.flags, conversion->flags, sizeof(conversion->flags));
	if (conversion->width == HFT_CONVERSION_ARGUMENT && width < 0) {
		width = -width;
		if (!strchr(piece.flags, '-'))
			piece.flags[strlen(piece.flags)] = '-';
	}
	piece.width = width > 0 ? width : 0;
	piece.precision = precision < 0 ? -1 : precision;
	put_argument(out, &piece, conversion, argument);
	return true;
}

static void put_line(struct out *out, const char *text, const struct argument *arguments)
{
	struct hft_conversion conversion;
	uint32_t next = 0;

	while (hft_conversion_next(text, &conversion)) {
		put(out, text, (size_t)(conversion.start - text));
		if (!put_conversion(out, &conversion, arguments, &next))
			put(out, conversion.start, conversion.length);
		text = conversion.start + conversion.length;
	}
	put(out, text, strlen(text));
}

/* All that there is when the format is not known. */
static void put_words(struct out *out, const struct hft_rec_log *log)
{
	char text[64];
	uint32_t i;

	if (log->format == HFT_FORMATS)
		put(out, text, (size_t)snprintf(text, sizeof(text),
						"(no room for its format)"));
	else
		put(out, text, (size_t)snprintf(text, sizeof(text), "(format %u is not known)",
						log->format));
	for (i = 0; i < log->words; i++)
		put(out, text, (size_t)snprintf(text, sizeof(text), " 0x%llx",
						(unsigned long long)log->word[i]));
}

int hft_log_text(const struct hft_reader *reader, const struct hft_record *record, char *buffer,
		 size_t size)
{
	const struct hft_rec_log *log = record->payload;
	struct argument arguments[HFT_LOG_ARGS];
	struct out out = { buffer, size, 0 };
	struct hft_format_info info;
	int err;

	if (record->type != HFT_REC_LOG ||
	    record->payload_bytes < offsetof(struct hft_rec_log, word) ||
	    record->payload_bytes - offsetof(struct hft_rec_log, word) <
	    log->words * sizeof(log->word[0]))
		return -EINVAL;
	err = hft_reader_format(reader, record->ring, log->format, &info);
	if (err == -EINVAL)
		return err;
	if (err) {
		put_words(&out, log);
	} else {
		take_arguments(log, &info, arguments);
		put_line(&out, info.text, arguments);
	}
	return finish(&out);
}
