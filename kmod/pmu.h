/* SPDX-License-Identifier: GPL-2.0 */
/* Hardware counters of CPUs: a set of events, opened on each CPU that is chosen. */
#ifndef HFT_PMU_H
#define HFT_PMU_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <hftrace/abi.h>

struct perf_event;
struct perf_sample_data;
struct pt_regs;

/* Read by the CPU's own probes; `event` goes to NULL before its event ends. */
struct hft_pmu_cpu {
	struct perf_event *event[HFT_PMU_EVENTS];
	struct perf_event *closing[HFT_PMU_EVENTS];	/* with hft_lock held */
	u32 set;			/* 0: none, or one that is a leftover */
	bool at_visits;
	bool requested;			/* stored by HFT_PMU_REQUEST, cleared by whoever reads */

	/* Written by this CPU alone: how often each event has sampled of late. */
	u64 window[HFT_PMU_EVENTS];	/* ticks when it began */
	u32 samples[HFT_PMU_EVENTS];	/* in it */
};

extern struct hft_pmu_cpu __percpu *hft_pmu_cpu;

int hft_pmu_init(void);
void hft_pmu_uninit(void);

/* HFT_IOC_PMU by the file `owner`; takes hft_lock. */
int hft_pmu_control(const void *owner, struct hft_pmu *pmu);

/* `owner` is being closed; with hft_lock held. */
void hft_pmu_drop(const void *owner);
void hft_pmu_take_leftovers(void);

/* The hook is being detached; with hft_lock held. */
void hft_pmu_close(void);

/* hooks/pmu.c: an event's period is over; in an interrupt or NMI. */
void hft_pmu_overflow(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs);

#endif /* HFT_PMU_H */
