// SPDX-License-Identifier: GPL-2.0
/* See cost.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/cost.h"
#include "lib/output.h"

#define NS_PER_S	1000000000.0

static int read_hook(const struct device *device, int cpu, int hook, struct hft_hook_cpu *about)
{
	memset(about, 0, sizeof(*about));
	about->size = sizeof(*about);
	about->id = hook;
	about->cpu = cpu;
	return ioctl(device->fd, HFT_IOC_HOOK_CPU, about) ? -errno : 0;
}

int cost_read(struct cost *cost, const struct device *device, const struct cpus *cpus)
{
	int cpu, hook, err = 0;

	cost->count = 0;
	cost->hz = device->hello.clock_khz * 1000.0;
	cost->cpus = calloc(cpus_count(cpus) + 1, sizeof(*cost->cpus));
	if (!cost->cpus)
		return -ENOMEM;
	for (cpu = cpus_next(cpus, 0); cpu >= 0 && !err; cpu = cpus_next(cpus, cpu + 1)) {
		struct cost_cpu *own = &cost->cpus[cost->count++];

		own->cpu = cpu;
		for (hook = 0; hook < HFT_HOOKS && !err; hook++)
			err = read_hook(device, cpu, hook, &own->hook[hook]);
	}
	if (err)
		cost_free(cost);
	return err;
}

void cost_free(struct cost *cost)
{
	free(cost->cpus);
	cost->cpus = NULL;
	cost->count = 0;
}

double cost_ns_each(const struct cost *cost, const struct hft_hook_cpu *hook)
{
	double ns;

	if (!hook->timed || cost->hz <= 0)
		return -1;
	ns = hook->timed_ticks / (double)hook->timed * NS_PER_S / cost->hz;
	return hook->flags & HFT_HOOK_CPU_INTERVAL ? 2 * ns : ns;
}

double cost_ns_of_hook(const struct cost *cost, int hook)
{
	struct hft_hook_cpu all = { 0 };
	size_t i;

	for (i = 0; i < cost->count; i++) {
		const struct hft_hook_cpu *own = &cost->cpus[i].hook[hook];

		all.timed += own->timed;
		all.timed_ticks += own->timed_ticks;
		all.flags |= own->flags;
	}
	return cost_ns_each(cost, &all);
}

__u64 cost_cut(const struct cost_cpu *cpu)
{
	__u64 cut = 0;
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if (cpu->hook[hook].flags & HFT_HOOK_CPU_CUT)
			cut |= HFT_HOOK_BIT(hook);
	}
	return cut;
}

struct cost_sum cost_between(const struct cost *first, const struct cost *last, size_t cpu)
{
	struct cost_sum sum = { .dearest = -1, .cut = cost_cut(&last->cpus[cpu]) };
	double most = 0;
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		const struct hft_hook_cpu *now = &last->cpus[cpu].hook[hook];
		__u64 records = now->events - first->cpus[cpu].hook[hook].events;
		double each = cost_ns_each(last, now);

		sum.records += records;
		if (each < 0) {
			sum.untimed += records;
			continue;
		}
		sum.ns += records * each;
		if (records * each > most) {
			most = records * each;
			sum.dearest = hook;
		}
	}
	return sum;
}

int budget_set(const struct device *device, const struct cpus *cpus, __u64 events_per_s,
	       __u64 ns_per_s)
{
	struct hft_budget budget = {
		.size = sizeof(budget),
		.cpus = (unsigned long)cpus->word,
		.cpus_bytes = (device->hello.cpus + 63) / 64 * 8,
		.events_per_s = events_per_s,
		.ns_per_s = ns_per_s,
	};

	return ioctl(device->fd, HFT_IOC_BUDGET, &budget) ? -errno : 0;
}

int budget_rearm(const struct device *device, const struct cpus *cpus, __u64 hooks)
{
	struct hft_rearm rearm = {
		.size = sizeof(rearm),
		.cpus = (unsigned long)cpus->word,
		.cpus_bytes = (device->hello.cpus + 63) / 64 * 8,
		.hooks = hooks,
	};

	return ioctl(device->fd, HFT_IOC_REARM, &rearm) ? -errno : 0;
}

int budget_parse(const char *text, __u64 *ns_per_s)
{
	double share;
	char *end;

	if (!strcmp(text, "none") || !strcmp(text, "0")) {
		*ns_per_s = 0;
		return 0;
	}
	share = strtod(text, &end);
	if (end == text || !isfinite(share))
		return -EINVAL;
	if (!strcmp(end, "%"))
		share /= 100;
	else if (!strcmp(end, "ppm"))
		share /= 1e6;
	else
		return -EINVAL;
	/* less than 1 ppm is less than a timer's interrupt a second */
	if (share < 1e-6 || share > 1)
		return -EINVAL;
	*ns_per_s = llround(share * NS_PER_S);
	return 0;
}

const char *budget_format(char *buf, size_t size, __u64 events_per_s, __u64 ns_per_s)
{
	char count[FORMAT_SIZE];

	if (events_per_s && ns_per_s)
		snprintf(buf, size, "%g %%, %s/s", ns_per_s / NS_PER_S * 100,
			 format_count(count, events_per_s));
	else if (events_per_s)
		snprintf(buf, size, "%s/s", format_count(count, events_per_s));
	else if (ns_per_s)
		snprintf(buf, size, "%g %%", ns_per_s / NS_PER_S * 100);
	else
		snprintf(buf, size, "none");
	return buf;
}
