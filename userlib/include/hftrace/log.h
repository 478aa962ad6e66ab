/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * A program's log, written as raw arguments and put into words by who reads it:
 * `hftrace log`. Included by hftrace.h.
 *
 *	HFT_INFO(t, "order %llu at %.2f for %s", id, price, account);
 *
 * Costs what two or three marks cost: no call, no lock, no allocation, no system call.
 * The first time, a place in the source puts its text into the process's board; a string is
 * copied by a call.
 */
#ifndef HFTRACE_LOG_H
#define HFTRACE_LOG_H

#include <errno.h>
#include <hftrace/abi.h>
#include <hftrace/log-write.h>
#include <hftrace/ring-write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is below this is not compiled. -DHFT_LOG_LEVEL=HFT_LOG_INFO */
#ifndef HFT_LOG_LEVEL
#define HFT_LOG_LEVEL	HFT_LOG_DEBUG
#endif

/*
 * HFT_LOG(thread, level, "format", ...): a line with 0 to 8 arguments. `level` is a constant,
 * HFT_LOG_DEBUG to HFT_LOG_ERROR, the format a literal of at most 167 bytes, which the
 * compiler checks as printf's. Arguments: integers, floating point, pointers, and strings for %s,
 * of which the first bytes are copied: 224 for one, and as many together for several.
 * Signal-safe. When off, nothing is evaluated.
 *
 * Not for: %n, %m, %1$d, %ls, %lc, bit-fields unless cast in C, and lambdas inside of an
 * argument in C++17. A long double is kept as a double.
 */
#define HFT_LOG(thread, level, ...)						\
	do {									\
		if ((level) >= HFT_LOG_LEVEL) {					\
			struct hft_thread *hft_log_thread = (thread);		\
			if (!hft_likely_off(hft_log_thread))			\
				HFT_LOG_WRITE(hft_log_thread, level, 1, __VA_ARGS__); \
		}								\
	} while (0)

#define HFT_DEBUG(thread, ...)		HFT_LOG(thread, HFT_LOG_DEBUG, __VA_ARGS__)
#define HFT_INFO(thread, ...)		HFT_LOG(thread, HFT_LOG_INFO, __VA_ARGS__)
#define HFT_WARNING(thread, ...)	HFT_LOG(thread, HFT_LOG_WARNING, __VA_ARGS__)
#define HFT_ERROR(thread, ...)		HFT_LOG(thread, HFT_LOG_ERROR, __VA_ARGS__)

/*
 * The same for 1 in hft_sample_every() of the calls that this thread makes, whichever they
 * are. The record tells for how many it stands.
 */
#define HFT_LOG_SAMPLED(thread, level, ...)					\
	do {									\
		if ((level) >= HFT_LOG_LEVEL) {					\
			struct hft_thread *hft_log_thread = (thread);		\
			if (hft_sampled(hft_log_thread))			\
				HFT_LOG_WRITE(hft_log_thread, level,		\
					      hft_log_thread->sample_every,	\
					      __VA_ARGS__);			\
		}								\
	} while (0)

#define HFT_SAMPLE_MAX	65535U

/*
 * From now on 1 in n of what this thread samples is taken, the next one first. 1: all, as
 * after hft_thread_attach(). 0, or -EINVAL: n is not 1..65535.
 */
static inline int hft_sample_every(struct hft_thread *thread, __u32 n)
{
	if (!n || n > HFT_SAMPLE_MAX)
		return -EINVAL;
	__atomic_store_n(&thread->sample_every, (__u16)n, __ATOMIC_RELAXED);
	__atomic_store_n(&thread->sample_left, 1, __ATOMIC_RELAXED);
	if (thread->ctl)
		__atomic_store_n(&thread->ctl->sample_every, n, __ATOMIC_RELAXED);
	return 0;
}

/*
 * 1 for one in n calls of this thread while it is on, else 0. For what is the program's own
 * to sample, and for HFT_LOG_SAMPLED(). A signal handler that samples too may change
 * which ones are taken.
 */
static inline int hft_sampled(struct hft_thread *thread)
{
	__u16 left;

	if (hft_likely_off(thread))
		return 0;
	left = __atomic_load_n(&thread->sample_left, __ATOMIC_RELAXED);
	if (__builtin_expect(left > 1, 1)) {
		__atomic_store_n(&thread->sample_left, (__u16)(left - 1), __ATOMIC_RELAXED);
		return 0;
	}
	__atomic_store_n(&thread->sample_left,
			 __atomic_load_n(&thread->sample_every, __ATOMIC_RELAXED),
			 __ATOMIC_RELAXED);
	return 1;
}

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_LOG_H */
