/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * What HFT_LOG() becomes: a static description of its place, and words in the ring. Included
 * by log.h, not by programs.
 */
#ifndef HFTRACE_LOG_WRITE_H
#define HFTRACE_LOG_WRITE_H

#include <hftrace/abi.h>
#include <hftrace/ring-write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A place in the source. */
struct hft_log_site {
	__u64 number;		/* its region << 32 | its format there; 0: not registered */
	__u64 strings;		/* a byte for each argument, set with number: log.c */
	const char *file;
	const char *text;
	__u64 types;		/* a byte for each argument: enum hft_log_type */
	__u32 line;
	__u8 level;
	__u8 args;
};

/* Rare ways, in the library: the first time, and lines with strings. */
__u64 hft_slow_format(struct hft_thread *thread, struct hft_log_site *site) HFT_NOTHROW;
void hft_slow_log(struct hft_thread *thread, struct hft_log_site *site, __u32 every,
		  const __u64 *words) HFT_NOTHROW;

/* Never called: the compiler compares the format with the arguments. */
static inline void __attribute__((__format__(__printf__, 1, 2), __unused__))
hft_log_check(const char *format, ...)
{
	(void)format;
}

/* `count` is a constant. The words behind it are nobody's. */
static inline __attribute__((__always_inline__)) void
hft_log_inline(struct hft_thread *thread, struct hft_log_site *site, __u32 every, __u32 count,
	       __u64 w0, __u64 w1, __u64 w2, __u64 w3, __u64 w4, __u64 w5, __u64 w6, __u64 w7)
{
	__u64 number = __atomic_load_n(&site->number, __ATOMIC_ACQUIRE), index, tsc;
	struct hft_rec_log *log;
	struct hft_slot *slot;

	if (__builtin_expect(number >> 32 != thread->region_number, 0))
		number = hft_slow_format(thread, site);
	slot = hft_reserve(thread, HFT_LOG_SLOTS(count), &index, &tsc);
	log = (struct hft_rec_log *)slot->arg;
	HFT_PUT(slot->tsc, tsc);
	HFT_PUT(log->format, (__u32)number);
	HFT_PUT(log->words, (__u16)count);
	HFT_PUT(log->every, (__u16)every);
	if (count > 0)
		HFT_PUT(log->word[0], w0);
	if (count > 1)
		HFT_PUT(log->word[1], w1);
	if (count > 2)
		HFT_PUT(log->word[2], w2);
	if (count > 3)
		HFT_PUT(log->word[3], w3);
	if (count > 4)
		HFT_PUT(log->word[4], w4);
	if (count > 5)
		HFT_PUT(log->word[5], w5);
	if (count > 6)
		HFT_PUT(log->word[6], w6);
	if (count > 7)
		HFT_PUT(log->word[7], w7);
	hft_commit(thread, slot, index, HFT_REC_LOG, (__u8)HFT_LOG_SLOTS(count));
}

static inline __attribute__((__always_inline__)) void
hft_log_write(struct hft_thread *thread, struct hft_log_site *site, __u32 every, __u32 count,
	      int strings, __u64 w0, __u64 w1, __u64 w2, __u64 w3, __u64 w4, __u64 w5, __u64 w6,
	      __u64 w7)
{
	if (strings) {
		const __u64 words[HFT_LOG_ARGS] = { w0, w1, w2, w3, w4, w5, w6, w7 };

		hft_slow_log(thread, site, every, words);
	} else {
		hft_log_inline(thread, site, every, count, w0, w1, w2, w3, w4, w5, w6, w7);
	}
}

static inline __u64 hft_log_int(__s64 value)
{
	return (__u64)value;
}

static inline __u64 hft_log_uint(__u64 value)
{
	return value;
}

static inline __u64 hft_log_double(double value)
{
	__u64 word;

	__builtin_memcpy(&word, &value, sizeof(word));
	return word;
}

static inline __u64 hft_log_pointer(const volatile void *value)
{
	return (__u64)(__UINTPTR_TYPE__)value;
}

#ifdef __cplusplus
} /* extern "C" */

#include <hftrace/log-write.hpp>

#else /* C */

static inline __u64 hft_log_float(float value)
{
	return hft_log_double((double)value);
}

static inline __u64 hft_log_long_double(long double value)
{
	return hft_log_double((double)value);
}

/* For integers with and without a sign, float, double, long double, strings, pointers. */
#define HFT_LOG_SELECT(x, i, u, f, d, l, s, p)					\
	_Generic((x), _Bool: u, char: i,					\
		 signed char: i, unsigned char: u, short: i,			\
		 unsigned short: u, int: i,					\
		 unsigned int: u, long: i,					\
		 unsigned long: u, long long: i,				\
		 unsigned long long: u, float: f, double: d,			\
		 long double: l, char *: s, const char *: s,			\
		 signed char *: s, const signed char *: s,			\
		 unsigned char *: s, const unsigned char *: s, default: p)

#define HFT_LOG_TYPE(x)								\
	HFT_LOG_SELECT(x, HFT_LOG_INT, HFT_LOG_UINT, HFT_LOG_DOUBLE, HFT_LOG_DOUBLE, \
		       HFT_LOG_DOUBLE, HFT_LOG_STRING, HFT_LOG_POINTER)

#define HFT_LOG_WORD(x)								\
	(HFT_LOG_SELECT(x, hft_log_int, hft_log_uint, hft_log_float, hft_log_double, \
			hft_log_long_double, hft_log_pointer, hft_log_pointer)(x))

#define HFT_LOG_ASSERT(so, text)	_Static_assert(so, text)

#endif /* C */

/* -------------------------------------------------------------- the macros */

/* `check` is all arguments in parentheses, `types` a byte for each. */
#define HFT_LOG_AT(thread, level, every, count, format, check, types, strings,	\
		   w0, w1, w2, w3, w4, w5, w6, w7)				\
	do {									\
		static struct hft_log_site hft_log_site = {			\
			0, 0, __FILE__, "" format, types, __LINE__, (level), count, \
		};								\
		HFT_LOG_ASSERT(sizeof("" format) <= HFT_FORMAT_TEXT,		\
			       "the text of a HFT_LOG has at most 167 bytes");	\
		if (0)								\
			hft_log_check check;					\
		hft_log_write(thread, &hft_log_site, every, count, strings,	\
			      w0, w1, w2, w3, w4, w5, w6, w7);			\
	} while (0)

#define HFT_LOG_T(x, at)	((__u64)HFT_LOG_TYPE(x) << (8 * (at)))
#define HFT_LOG_S(x)		(HFT_LOG_TYPE(x) == HFT_LOG_STRING)
#define HFT_LOG_W(x)		HFT_LOG_WORD(x)

#define HFT_LOG_WRITE_0(thread, level, every, f)				\
	HFT_LOG_AT(thread, level, every, 0, f, (f),				\
		   0,								\
		   0,								\
		   0, 0, 0, 0, 0, 0, 0, 0)
#define HFT_LOG_WRITE_1(thread, level, every, f, a)				\
	HFT_LOG_AT(thread, level, every, 1, f, (f, a),				\
		   HFT_LOG_T(a, 0),						\
		   HFT_LOG_S(a),						\
		   HFT_LOG_W(a), 0, 0, 0, 0, 0, 0, 0)
#define HFT_LOG_WRITE_2(thread, level, every, f, a, b)				\
	HFT_LOG_AT(thread, level, every, 2, f, (f, a, b),			\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1),				\
		   HFT_LOG_S(a) || HFT_LOG_S(b),					\
		   HFT_LOG_W(a), HFT_LOG_W(b), 0, 0, 0, 0, 0, 0)
#define HFT_LOG_WRITE_3(thread, level, every, f, a, b, c)			\
	HFT_LOG_AT(thread, level, every, 3, f, (f, a, b, c),			\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2),		\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c),			\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), 0, 0, 0, 0, 0)
#define HFT_LOG_WRITE_4(thread, level, every, f, a, b, c, d)			\
	HFT_LOG_AT(thread, level, every, 4, f, (f, a, b, c, d),			\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2) |	\
		   HFT_LOG_T(d, 3),						\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c) || HFT_LOG_S(d),	\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), HFT_LOG_W(d), 0, 0, 0, \
		   0)
#define HFT_LOG_WRITE_5(thread, level, every, f, a, b, c, d, e)			\
	HFT_LOG_AT(thread, level, every, 5, f, (f, a, b, c, d, e),		\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2) |	\
		   HFT_LOG_T(d, 3) | HFT_LOG_T(e, 4),				\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c) || HFT_LOG_S(d) ||	\
		   HFT_LOG_S(e),						\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), HFT_LOG_W(d),	\
		   HFT_LOG_W(e), 0, 0, 0)
#define HFT_LOG_WRITE_6(thread, level, every, f, a, b, c, d, e, g)		\
	HFT_LOG_AT(thread, level, every, 6, f, (f, a, b, c, d, e, g),		\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2) |	\
		   HFT_LOG_T(d, 3) | HFT_LOG_T(e, 4) | HFT_LOG_T(g, 5),		\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c) || HFT_LOG_S(d) ||	\
		   HFT_LOG_S(e) || HFT_LOG_S(g),					\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), HFT_LOG_W(d),	\
		   HFT_LOG_W(e), HFT_LOG_W(g), 0, 0)
#define HFT_LOG_WRITE_7(thread, level, every, f, a, b, c, d, e, g, h)		\
	HFT_LOG_AT(thread, level, every, 7, f, (f, a, b, c, d, e, g, h),	\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2) |	\
		   HFT_LOG_T(d, 3) | HFT_LOG_T(e, 4) | HFT_LOG_T(g, 5) |	\
		   HFT_LOG_T(h, 6),						\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c) || HFT_LOG_S(d) ||	\
		   HFT_LOG_S(e) || HFT_LOG_S(g) || HFT_LOG_S(h),			\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), HFT_LOG_W(d),	\
		   HFT_LOG_W(e), HFT_LOG_W(g), HFT_LOG_W(h), 0)
#define HFT_LOG_WRITE_8(thread, level, every, f, a, b, c, d, e, g, h, i)	\
	HFT_LOG_AT(thread, level, every, 8, f, (f, a, b, c, d, e, g, h, i),	\
		   HFT_LOG_T(a, 0) | HFT_LOG_T(b, 1) | HFT_LOG_T(c, 2) |	\
		   HFT_LOG_T(d, 3) | HFT_LOG_T(e, 4) | HFT_LOG_T(g, 5) |	\
		   HFT_LOG_T(h, 6) | HFT_LOG_T(i, 7),				\
		   HFT_LOG_S(a) || HFT_LOG_S(b) || HFT_LOG_S(c) || HFT_LOG_S(d) ||	\
		   HFT_LOG_S(e) || HFT_LOG_S(g) || HFT_LOG_S(h) || HFT_LOG_S(i),	\
		   HFT_LOG_W(a), HFT_LOG_W(b), HFT_LOG_W(c), HFT_LOG_W(d),	\
		   HFT_LOG_W(e), HFT_LOG_W(g), HFT_LOG_W(h), HFT_LOG_W(i))
#define HFT_LOG_WRITE_TOO_MANY(thread, ...)					\
	HFT_LOG_ASSERT(0, "a HFT_LOG takes at most 8 arguments")

#define HFT_LOG_PICK(f, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13,	\
		     a14, a15, a16, n, ...) n
#define HFT_LOG_COUNT(...)							\
	HFT_LOG_PICK(__VA_ARGS__, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, \
		     TOO_MANY, TOO_MANY, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define HFT_LOG_PASTE(a, b)	a##b
#define HFT_LOG_JOIN(a, b)	HFT_LOG_PASTE(a, b)
#define HFT_LOG_WRITE(thread, level, every, ...)				\
	HFT_LOG_JOIN(HFT_LOG_WRITE_, HFT_LOG_COUNT(__VA_ARGS__))(thread, level, every, __VA_ARGS__)

#endif /* HFTRACE_LOG_WRITE_H */
