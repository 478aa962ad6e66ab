// SPDX-License-Identifier: LGPL-2.1
#include "conversion.h"

#include <string.h>

#define NUMBER_MAX	1000000

static const char *take_flags(const char *at, struct hft_conversion *conversion)
{
	size_t used = 0;

	for (; *at && strchr("-+ #0'", *at); at++) {
		/* Digits are not put into groups in the C locale. */
		if (*at == '\'' || strchr(conversion->flags, *at))
			continue;
		conversion->flags[used++] = *at;
	}
	return at;
}

static const char *take_number(const char *at, int *number)
{
	if (*at == '*') {
		*number = HFT_CONVERSION_ARGUMENT;
		return at + 1;
	}
	for (; *at >= '0' && *at <= '9'; at++) {
		*number = *number < 0 ? *at - '0' : *number * 10 + (*at - '0');
		if (*number > NUMBER_MAX)
			*number = NUMBER_MAX;
	}
	return at;
}

/* The length modifier; *wide: the letter behind it means another type than without. */
static const char *take_length(const char *at, unsigned int *bytes, bool *wide)
{
	*bytes = 4;
	*wide = false;
	switch (*at) {
	case 'h':
		*bytes = at[1] == 'h' ? 1 : 2;
		return at + (at[1] == 'h' ? 2 : 1);
	case 'l':
		*bytes = 8;
		*wide = at[1] != 'l';
		return at + (at[1] == 'l' ? 2 : 1);
	case 'j':
	case 'z':
	case 't':
	case 'q':
	case 'L':
		*bytes = 8;
		return at + 1;
	default:
		return at;
	}
}

static enum hft_conversion_kind kind_of(char letter, bool wide)
{
	switch (letter) {
	case '%':
		return HFT_CONVERSION_PERCENT;
	case 'd':
	case 'i':
		return HFT_CONVERSION_SIGNED;
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		return HFT_CONVERSION_UNSIGNED;
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
	case 'a':
	case 'A':
		return HFT_CONVERSION_DOUBLE;
	case 'c':
		return wide ? HFT_CONVERSION_OTHER : HFT_CONVERSION_CHARACTER;
	case 's':
		return wide ? HFT_CONVERSION_OTHER : HFT_CONVERSION_STRING;
	case 'p':
		return HFT_CONVERSION_POINTER;
	case 'n':
	case 'C':
	case 'S':
		return HFT_CONVERSION_OTHER;
	default:
		return HFT_CONVERSION_UNKNOWN;
	}
}

bool hft_conversion_next(const char *text, struct hft_conversion *conversion)
{
	const char *at = strchr(text, '%');
	bool wide;

	if (!at)
		return false;
	*conversion = (struct hft_conversion){
		.start = at,
		.width = HFT_CONVERSION_NONE,
		.precision = HFT_CONVERSION_NONE,
	};
	at = take_flags(at + 1, conversion);
	at = take_number(at, &conversion->width);
	if (*at == '.') {
		conversion->precision = 0;
		at = take_number(at + 1, &conversion->precision);
	}
	at = take_length(at, &conversion->bytes, &wide);
	conversion->kind = kind_of(*at, wide);
	conversion->letter = *at;
	conversion->length = conversion->kind == HFT_CONVERSION_UNKNOWN ?
			     1 : (size_t)(at + 1 - conversion->start);
	return true;
}
