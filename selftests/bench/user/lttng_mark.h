/* SPDX-License-Identifier: GPL-2.0 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER hftrace_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "lttng_mark.h"

#if !defined(HFT_BENCH_LTTNG_MARK_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define HFT_BENCH_LTTNG_MARK_H

#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(hftrace_bench, mark,
			   LTTNG_UST_TP_ARGS(uint32_t, name, uint64_t, value),
			   LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(uint32_t, name, name)
					       lttng_ust_field_integer(uint64_t, value, value)))

#endif

#include <lttng/tracepoint-event.h>
