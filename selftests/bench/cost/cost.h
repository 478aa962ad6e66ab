/* SPDX-License-Identifier: GPL-2.0 */
/* What one event costs: workloads that cause it, tracers that record it. */
#ifndef COST_H
#define COST_H

#include <stdbool.h>
#include <stdint.h>

/* workload.c: runs it and returns the median ticks of one event, baseline included. */
double workload_cost(const char *name);
const char *workload_names(void);

/* hooks.c, bpf.c, perf.c: on until the process ends. They exit with a line when they cannot. */
void hooks_arm(const char *names, bool arm);
void bpf_attach(const char *tracepoint);
void perf_attach(const char *tracepoint);

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

#endif /* COST_H */
