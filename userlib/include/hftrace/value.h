/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Counters and gauges: values that stand in memory and are read from outside,
 * by `hftrace counters` and hft_reader_values(). Included by hftrace.h.
 *
 *	struct hft_counter *orders = hft_counter(thread, "orders");	at start
 *	hft_counter_add(orders, 1);					hot path
 *
 * They do not depend on whether tracing is on, and nothing is written to a ring.
 */
#ifndef HFTRACE_VALUE_H
#define HFTRACE_VALUE_H

#include <hftrace/ring-write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One thread's part of a counter, on a line of its own. */
struct hft_counter {
	struct hft_value line;
};

struct hft_gauge {
	struct hft_value line;
};

/*
 * The calling thread's part of a counter; `thread` is its handle. The same for
 * the same name. Takes a lock: call it at start. Never NULL: without a region,
 * when the table of HFT_VALUES lines is full, the name is longer than 59 bytes
 * or the handle is another thread's, it is a line that nobody reads, and
 * hft_status.board_refused counts it.
 *
 * For this thread and its signal handlers, until the thread ends: then another
 * thread that resolves the name goes on with the line, so that sums never go back.
 * Detaching changes nothing. After hft_fini() and in the child of a fork
 * the handle stays harmless and counts nothing; resolve it again after hft_init().
 */
struct hft_counter *hft_counter(struct hft_thread *thread, const char *name);

/* Signal-safe; one instruction on x86. The counter wraps at 64 bits. */
static inline void hft_counter_add(struct hft_counter *counter, __s64 n)
{
#if defined(__x86_64__) && !defined(HFT_THREAD_SANITIZER)
	__asm__ __volatile__("addq %1, %0" : "+m" (counter->line.value) : "er" (n));
#else
	__atomic_fetch_add(&counter->line.value, n, __ATOMIC_RELAXED);
#endif
}

/*
 * A gauge: a value of which the last one stored counts, whichever thread stored
 * it. The same for the same name; any thread may use it. As hft_counter() else.
 */
struct hft_gauge *hft_gauge(const char *name);

/* Signal-safe; one store. */
static inline void hft_gauge_set(struct hft_gauge *gauge, __s64 value)
{
	__atomic_store_n(&gauge->line.value, value, __ATOMIC_RELAXED);
}

#ifdef __cplusplus
}
#endif

#endif /* HFTRACE_VALUE_H */
