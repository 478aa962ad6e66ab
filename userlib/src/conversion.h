/* SPDX-License-Identifier: LGPL-2.1 */
/* The conversions of a printf format. */
#ifndef HFT_CONVERSION_H
#define HFT_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>

enum hft_conversion_kind {
	HFT_CONVERSION_UNKNOWN,		/* takes no argument that we know of */
	HFT_CONVERSION_PERCENT,		/* %% */
	HFT_CONVERSION_SIGNED,
	HFT_CONVERSION_UNSIGNED,
	HFT_CONVERSION_CHARACTER,
	HFT_CONVERSION_DOUBLE,
	HFT_CONVERSION_STRING,
	HFT_CONVERSION_POINTER,
	HFT_CONVERSION_OTHER,		/* takes an argument that is not printed: %n, %ls */
};

#define HFT_CONVERSION_NONE	(-1)	/* no width, no precision */
#define HFT_CONVERSION_ARGUMENT	(-2)	/* * */

struct hft_conversion {
	const char *start;	/* the % */
	size_t length;		/* bytes; of one that is not known 1, the % */
	enum hft_conversion_kind kind;
	char letter;
	unsigned int bytes;	/* of an integer: 1, 2, 4 or 8 */
	char flags[6];		/* each once */
	int width;		/* both limited to 1,000,000 */
	int precision;
};

/* The first one in a text; false if there is none. */
bool hft_conversion_next(const char *text, struct hft_conversion *conversion);

/* Whether it takes an argument, beside those for its width and precision. */
static inline bool hft_conversion_takes(const struct hft_conversion *conversion)
{
	return conversion->kind > HFT_CONVERSION_PERCENT;
}

#endif /* HFT_CONVERSION_H */
