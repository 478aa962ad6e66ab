/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of every type, written by C and by C++ alike, and as libc's printf has them.
 */
#ifndef HFT_TEST_LOG_LINES_H
#define HFT_TEST_LOG_LINES_H

#include <hftrace.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LINES_MAX	100U

struct expected {
	unsigned int count;
	char text[LINES_MAX][512];
};

#ifdef __cplusplus
extern "C" {
#endif

void log_lines_cxx(struct hft_thread *thread, struct expected *expected);

#ifdef __cplusplus
}
#endif

#define LINE(...)									\
	do {										\
		HFT_INFO(thread, __VA_ARGS__);						\
		snprintf(expected->text[expected->count++], sizeof(expected->text[0]),	\
			 __VA_ARGS__);							\
	} while (0)

enum side { BUY = 1, SELL = -1 };

static inline void log_integers(struct hft_thread *thread, struct expected *expected)
{
	unsigned char u8 = 200;
	unsigned short u16 = 60000;
	signed char s8 = -100;
	short s16 = -30000;
	_Bool yes = 1;
	char c = 'x';

	LINE("%d %d %u", INT_MIN, INT_MAX, UINT_MAX);
	LINE("%ld %ld %lu", LONG_MIN, LONG_MAX, ULONG_MAX);
	LINE("%lld %lld %llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX);
	LINE("%hhd %hd %hhu %hu", s8, s16, u8, u16);
	LINE("%d %d %u %u", s8, s16, u8, u16);
	LINE("%hhd %hhx %hd %ho", 511, 511U, 70000, 70000U);
	LINE("%c|%5c|%-5c|%d", c, c, c, c);
	LINE("%d %d", yes, !yes);
	LINE("%zu %zd %td %jd %ju", sizeof(int), (ssize_t)-5, (ptrdiff_t)-6, (intmax_t)-7,
	     (uintmax_t)8);
	LINE("%i %o %x %X %#o %#x %#X", -42, 42U, 0xbeefU, 0xbeefU, 42U, 0xbeefU, 0xbeefU);
	LINE("%5d|%-5d|%05d|%+d|% d|%+5d", 42, 42, 42, 42, 42, -42);
	LINE("%.5d|%8.5d|%-8.5d|%.0d|%.0d", 42, 42, -42, 0, 7);
	LINE("%*d|%-*d|%*d|%.*d", 8, 42, 8, 42, -8, 42, 5, 42);
	LINE("%d %u %x", SELL, (unsigned int)BUY, UINT_MAX);
	LINE("%u%%, %d%%%%", 99U, 1);
	LINE("%d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8);
	LINE("%d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7);
	LINE("%d %d %d %d %d %d", 1, 2, 3, 4, 5, 6);
	LINE("nothing");
	LINE("100%%");
}

static inline void log_others(struct hft_thread *thread, struct expected *expected)
{
	const char *name = "AAPL";
	char buffer[] = "a buffer";
	unsigned char bytes[] = "bytes";
	const char open_end[4] = { 'o', 'p', 'e', 'n' };
	float f = 1.1F;

	LINE("%f %e %g %a", 3.14159, 3.14159, 3.14159, 3.14159);
	LINE("%F %E %G %A", 1e300, 1e300, 1e300, 1e300);
	LINE("%.2f|%10.3f|%-10.1f|%+.0f|%#.0f|%010.2f", 2.675, 2.675, 2.675, 2.5, 2.5, -2.5);
	LINE("%f %g", (double)f, 1e-320);
	LINE("%f %f %F %5.1f", 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0, 1.0 / 0.0);
	LINE("%.*f %*.*f", 3, 1.23456, 12, 4, 1.23456);
	LINE("%.340f", 1e-300);
	LINE("%Lf %.3Lg", 2.5L, 2.5L);
	LINE("%s %s", name, "literal");
	LINE("%10s|%-10s|%.2s|%10.2s|%.10s", name, name, name, name, name);
	LINE("%s %d %s %f", buffer, 7, name, 8.5);
	LINE("%s|%d", "", 1);
	LINE("%.*s %.4s", 3, open_end, open_end);
	LINE("%.*s|%.*s", -1, name, 0, name);
	LINE("%*s|%-*s|%*.*s", 8, name, 8, name, 6, 2, name);
	LINE("%s %s %s %s %s %s %s %s", "a", "b", "c", "d", "e", "f", "g", "12345678");
	LINE("%p %p %p", (void *)buffer, (const void *)name, (void *)0);
	LINE("%20p|%-20p|", (void *)expected, (void *)0);
	LINE("%s", (const char *)bytes);
	LINE("two\nlines\tand a \\");
}

static inline void log_lines(struct hft_thread *thread, struct expected *expected)
{
	log_integers(thread, expected);
	log_others(thread, expected);
}

#endif /* HFT_TEST_LOG_LINES_H */
