// SPDX-License-Identifier: GPL-2.0
/* The same as a mark, by LTTng-UST: two numbers. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "lttng_mark.h"

#include "bench.h"

BENCH_LOOP(lttng, , lttng_ust_tracepoint(hftrace_bench, mark, 1, i))

const struct loop lttng_loop = BENCH_ENTRY(lttng);

const char *lttng_start(void)
{
	return lttng_ust_tracepoint_enabled(hftrace_bench, mark) ? NULL :
	       "no session records it";
}
