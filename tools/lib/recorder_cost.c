// SPDX-License-Identifier: GPL-2.0
/* What recording took of the traced CPUs: its limit, figures in the facts, a line at the end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/recorder.h"

/* Each CPU's budget as it was found. 0 or -errno of the first that failed. */
int recorder_cost_restore(const struct recorder *recorder)
{
	const struct cost *cost = &recorder->cost_first;
	int err = 0;
	size_t i;

	for (i = 0; recorder->options->budget_given && i < cost->count; i++) {
		const struct hft_hook_cpu *was = &cost->cpus[i].hook[0];
		struct cpus one = { 0 };
		int failed;

		cpus_add(&one, cost->cpus[i].cpu);
		failed = budget_set(&recorder->plan->device, &one, was->budget_events,
				    was->budget_ns);
		err = err ? err : failed;
	}
	return err;
}

int recorder_cost_start(struct recorder *recorder)
{
	const struct recorder_options *options = recorder->options;
	const struct device *device = &recorder->plan->device;
	const struct cpus *cpus = &recorder->plan->arming.cpus;
	int err;

	if (!recorder->plan->kernel)
		return 0;
	err = cost_read(&recorder->cost_first, device, cpus);
	if (!err && options->budget_given)
		err = budget_set(device, cpus, 0, options->budget_ns);
	return err;
}

/* facts/cost: a line for each CPU and hook that wrote there. */
int recorder_cost_facts(struct recorder *recorder)
{
	const struct cost *first = &recorder->cost_first, *last = &recorder->cost_last;
	FILE *file;
	size_t i;
	int hook;

	if (!last->cpus)
		return 0;
	file = recording_new_file(&recorder->recording, "cost");
	if (!file)
		return -errno;
	fputs("# cpu hook records ns_each every budget_ns_per_s over_budget\n", file);
	for (i = 0; i < last->count; i++) {
		for (hook = 0; hook < HFT_HOOKS; hook++) {
			const struct hft_hook_cpu *now = &last->cpus[i].hook[hook];
			__u64 records = now->events - first->cpus[i].hook[hook].events;
			double each = cost_ns_each(last, now);

			if (!records && !(now->flags & HFT_HOOK_CPU_CUT))
				continue;
			fprintf(file, "%d %s %llu ", last->cpus[i].cpu, hooks[hook].name, records);
			fprintf(file, each < 0 ? "-" : "%.1f", each);
			fprintf(file, " %llu %llu %s\n", now->every, now->budget_ns,
				now->flags & HFT_HOOK_CPU_CUT ? "yes" : "no");
		}
	}
	return recording_put(&recorder->recording, file, "cost", false);
}

/* Before disarming, which makes the governor forget. */
int recorder_cost_end(struct recorder *recorder)
{
	int err, other;

	if (!recorder->cost_first.cpus)
		return 0;
	err = cost_read(&recorder->cost_last, &recorder->plan->device,
			&recorder->plan->arming.cpus);
	other = recorder_cost_restore(recorder);
	return err ? err : other;
}

void recorder_cost_say(const struct recorder *recorder)
{
	const struct cost *first = &recorder->cost_first, *last = &recorder->cost_last;
	double seconds = (recorder->last.monotonic_ns - recorder->first.monotonic_ns) / 1e9;
	char each[FORMAT_SIZE], count[FORMAT_SIZE], cut[HOOKS_TEXT];
	size_t i;

	for (i = 0; i < last->count; i++) {
		const struct cost_sum sum = cost_between(first, last, i);
		int cpu = last->cpus[i].cpu;

		if (sum.cut)
			message("cpu%d: over budget, the governor disarmed %s; the ring says when",
				cpu, hooks_format(sum.cut, cut));
		if (sum.dearest < 0 || seconds <= 0)
			continue;
		message("cpu%d: hftrace took about %.0f ppm of it, mostly for %s, %s a record%s",
			cpu, sum.ns / seconds / 1000, hooks[sum.dearest].name,
			format_ns(each, cost_ns_each(last, &last->cpus[i].hook[sum.dearest])),
			sum.untimed ? "" : "; all hooks timed");
		if (sum.untimed)
			message("cpu%d: of %s records the cost is not known, as too few were timed",
				cpu, format_count(count, sum.untimed));
	}
}

void recorder_cost_free(struct recorder *recorder)
{
	cost_free(&recorder->cost_first);
	cost_free(&recorder->cost_last);
}
