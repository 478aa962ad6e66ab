// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and closing counters. The kernel interrupts a CPU for each event that
 * comes or goes; in between nobody but the CPU itself touches them.
 *
 * When a CPU goes offline, perf itself stops what it counted, for good: its
 * records say so from then on.
 *
 * Events are pinned: perf never takes turns with them, for which it would need
 * a timer, and says at once when there are too many.
 */
#include <linux/perf_event.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "hook.h"
#include "leftover.h"
#include "pmu.h"
#include "session.h"

#define PERIOD_MIN		1000	/* of any event */
#define PERIOD_CLOCK_MIN	10000	/* ns: below, perf takes another one silently */

struct hft_pmu_cpu __percpu *hft_pmu_cpu;

/* With hft_lock held. */
static const void *set_owner;	/* NULL: no set is open, or it is a leftover */
static bool leftover;		/* silent, to be taken away when nobody is armed */
static u32 set_number;

static bool is_clock(const struct hft_pmu_event *event)
{
	return event->type == PERF_TYPE_SOFTWARE && (event->config == PERF_COUNT_SW_CPU_CLOCK ||
						     event->config == PERF_COUNT_SW_TASK_CLOCK);
}

static int check_event(const struct hft_pmu_event *event)
{
	if (event->flags & ~(HFT_PMU_NO_USER | HFT_PMU_NO_KERNEL) ||
	    event->flags == (HFT_PMU_NO_USER | HFT_PMU_NO_KERNEL))
		return -EINVAL;
	if (event->type == PERF_TYPE_TRACEPOINT || event->type == PERF_TYPE_BREAKPOINT)
		return -EINVAL;
	if (event->period && event->period < (is_clock(event) ? PERIOD_CLOCK_MIN : PERIOD_MIN))
		return -EDOM;
	return event->period >> 63 ? -EDOM : 0;
}

static struct perf_event *create(const struct hft_pmu_event *want, unsigned int index, int cpu)
{
	struct perf_event_attr attr = {
		.type		= want->type,
		.size		= sizeof(attr),
		.config		= want->config,
		.config1	= want->config1,
		.config2	= want->config2,
		.sample_period	= want->period,
		.pinned		= 1,
		.exclude_user	= !!(want->flags & HFT_PMU_NO_USER),
		.exclude_kernel	= !!(want->flags & HFT_PMU_NO_KERNEL),
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, cpu, NULL, hft_pmu_overflow,
						 (void *)(uintptr_t)index);
	if (IS_ERR(event))
		return event;
	/* one that lacks a counter, or is counted elsewhere, as uncore events are */
	if (READ_ONCE(event->state) != PERF_EVENT_STATE_ACTIVE || event->cpu != cpu) {
		perf_event_release_kernel(event);
		return ERR_PTR(-ENOSPC);
	}
	return event;
}

static int open_cpu(const struct hft_pmu_event *events, struct hft_pmu *pmu, int cpu)
{
	struct hft_pmu_cpu *own = per_cpu_ptr(hft_pmu_cpu, cpu);
	struct perf_event *event;
	unsigned int i;

	memset(own->window, 0, sizeof(own->window));
	WRITE_ONCE(own->requested, false);
	WRITE_ONCE(own->at_visits, pmu->flags & HFT_PMU_AT_VISITS);
	WRITE_ONCE(own->set, pmu->set);
	for (i = 0; i < pmu->count; i++) {
		event = create(&events[i], i, cpu);
		if (IS_ERR(event)) {
			pmu->failed = i;
			return PTR_ERR(event);
		}
		if (!i)
			strscpy_pad(pmu->pmu, event->pmu->name ?: "software", sizeof(pmu->pmu));
		/* whole before this CPU's probes see it */
		smp_store_release(&own->event[i], event);
	}
	return 0;
}

/* All that all CPUs have. */
static void close_all(void)
{
	struct hft_pmu_cpu *own;
	unsigned int cpu, i;

	for_each_possible_cpu(cpu) {
		own = per_cpu_ptr(hft_pmu_cpu, cpu);
		for (i = 0; i < HFT_PMU_EVENTS; i++) {
			own->closing[i] = own->event[i];
			WRITE_ONCE(own->event[i], NULL);
		}
	}
	/* probes run with preemption off: those that had seen an event are through */
	synchronize_rcu();
	for_each_possible_cpu(cpu) {
		own = per_cpu_ptr(hft_pmu_cpu, cpu);
		for (i = 0; i < HFT_PMU_EVENTS; i++) {
			if (own->closing[i])
				perf_event_release_kernel(own->closing[i]);
		}
		WRITE_ONCE(own->set, 0);
	}
}

void hft_pmu_close(void)
{
	if (!set_owner && !leftover)
		return;
	set_owner = NULL;
	leftover = false;
	close_all();
}

/* Nothing is recorded any more: each CPU makes its samples rare when the next one comes. */
static void silence(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(hft_pmu_cpu, cpu)->set, 0);
	set_owner = NULL;
	leftover = true;
}

static void audit(u32 count, const struct cpumask *cpus, int result)
{
	const struct hft_act act = {
		.action = HFT_AUDIT_PMU,
		.hooks = HFT_HOOK_BIT(HFT_HOOK_PMU),
		.cpus = cpus,
		.value = count,
		.result = result,
	};

	hft_audit(&act);
}

/* While somebody is armed it is but silenced, if not forced. */
static void drop(const void *owner, bool force)
{
	if (set_owner != owner)
		return;
	if (hft_sessions_armed() && !force)
		silence();
	else
		hft_pmu_close();
	audit(0, NULL, 0);
}

void hft_pmu_drop(const void *owner)
{
	drop(owner, false);
}

void hft_pmu_take_leftovers(void)
{
	if (!leftover)
		return;
	hft_audit_module(HFT_AUDIT_PMU, HFT_HOOK_BIT(HFT_HOOK_PMU), nr_cpu_ids, 0);
	hft_pmu_close();
}

/* Copied and checked, without hft_lock: the caller's memory may keep one waiting. */
static int copy_events(struct hft_pmu_event *events, struct hft_pmu *pmu)
{
	unsigned int i;
	int err;

	if (!pmu->count || pmu->count > HFT_PMU_EVENTS)
		return -EINVAL;
	if (copy_from_user(events, u64_to_user_ptr(pmu->events),
			   pmu->count * sizeof(*events)))
		return -EFAULT;
	for (i = 0; i < pmu->count; i++) {
		err = check_event(&events[i]);
		if (err) {
			pmu->failed = i;
			return err;
		}
	}
	return 0;
}

static int open_set(const void *owner, struct hft_pmu *pmu, const struct hft_pmu_event *events,
		    const struct cpumask *cpus)
{
	unsigned int cpu;
	int err;

	if (!(hft_hooks_attached() & HFT_HOOK_BIT(HFT_HOOK_PMU)))
		return -ENOLINK;
	if (set_owner || (hft_sessions_armed() && !(pmu->flags & HFT_PMU_FORCE)))
		return -EBUSY;
	hft_leftovers_take_away();
	set_owner = owner;
	/* 0 is none */
	set_number += set_number == U32_MAX ? 2 : 1;
	pmu->set = set_number;
	for_each_cpu(cpu, cpus) {
		err = open_cpu(events, pmu, cpu);
		if (err) {
			hft_pmu_close();
			return err;
		}
	}
	return 0;
}

static int request(const void *owner, const struct hft_pmu *pmu, const struct cpumask *cpus)
{
	unsigned int cpu;

	if (set_owner != owner)
		return -ENOLINK;
	for_each_cpu(cpu, cpus)
		WRITE_ONCE(per_cpu_ptr(hft_pmu_cpu, cpu)->requested, true);
	return 0;
}

static int copy_and_open(const void *owner, struct hft_pmu *pmu, const struct cpumask *cpus)
{
	struct hft_pmu_event events[HFT_PMU_EVENTS];
	int err;

	err = copy_events(events, pmu);
	if (!err) {
		mutex_lock(&hft_lock);
		err = open_set(owner, pmu, events, cpus);
		mutex_unlock(&hft_lock);
	}
	audit(pmu->count, cpus, err);
	return err;
}

int hft_pmu_control(const void *owner, struct hft_pmu *pmu)
{
	cpumask_var_t cpus;
	int err;

	pmu->failed = pmu->count;
	if (pmu->flags & ~(HFT_PMU_FORCE | HFT_PMU_AT_VISITS))
		return -EINVAL;
	if (pmu->op == HFT_PMU_CLOSE) {
		mutex_lock(&hft_lock);
		drop(owner, pmu->flags & HFT_PMU_FORCE);
		mutex_unlock(&hft_lock);
		return 0;
	}
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = hft_copy_cpus(cpus, pmu->cpus, pmu->cpus_bytes);
	if (err)
		goto out_cpus;
	switch (pmu->op) {
	case HFT_PMU_OPEN:
		err = copy_and_open(owner, pmu, cpus);
		break;
	case HFT_PMU_REQUEST:
		mutex_lock(&hft_lock);
		err = request(owner, pmu, cpus);
		mutex_unlock(&hft_lock);
		break;
	default:
		err = -EINVAL;
	}
out_cpus:
	free_cpumask_var(cpus);
	return err;
}

int hft_pmu_init(void)
{
	hft_pmu_cpu = alloc_percpu(struct hft_pmu_cpu);
	return hft_pmu_cpu ? 0 : -ENOMEM;
}

void hft_pmu_uninit(void)
{
	free_percpu(hft_pmu_cpu);
}
