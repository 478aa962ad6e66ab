// SPDX-License-Identifier: GPL-2.0
/* What to record, and whether that can be done here. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "lib/hooks.h"
#include "lib/output.h"
#include "lib/process.h"
#include "lib/recorder.h"

static int check_processes(const struct recorder_options *options)
{
	size_t i;

	for (i = 0; i < options->quiets; i++) {
		if (!process_of_thread(options->quiet[i])) {
			message("no thread %d", options->quiet[i]);
			return HFT_EXIT_FAILED;
		}
	}

	for (i = 0; i < options->tgids_count; i++) {
		pid_t pid = options->tgids[i];
		pid_t tgid = process_of_thread(pid);

		if (!tgid) {
			message("no process %d", pid);
			return HFT_EXIT_FAILED;
		}
		if (tgid != pid) {
			message("%d is a thread of process %d: say -p %d", pid, tgid, tgid);
			return HFT_EXIT_FAILED;
		}
	}
	return HFT_EXIT_OK;
}

/* Without the module a program's own marks and spans can be recorded. */
static int open_device(const struct recorder_options *options, struct recorder_plan *plan)
{
	int err = device_open(&plan->device, plan->why_not);

	if (!err)
		err = device_may_read(&plan->device, plan->why_not);
	if (!err) {
		plan->kernel = true;
		return HFT_EXIT_OK;
	}
	if (options->cpus_given || options->hooks_given || options->ring_slots ||
	    options->events.count || options->watches || options->probes.count ||
	    options->quiets ||
	    (!options->tgids_count && !options->command && !options->live)) {
		message("%s", plan->why_not);
		return HFT_EXIT_FAILED;
	}
	return HFT_EXIT_OK;
}

/* Where the processes are pinned; empty if they are not. */
static void pinned_cpus(const struct recorder_options *options, const struct recorder_plan *plan,
			struct cpus *cpus)
{
	struct cpus of_process;
	size_t i;

	memset(cpus, 0, sizeof(*cpus));
	for (i = 0; i < options->tgids_count; i++) {
		if (!cpus_of_process(options->tgids[i], &of_process))
			cpus_or(cpus, cpus, &of_process);
	}
	for (i = 0; i < options->quiets; i++) {
		if (!cpus_of_thread(options->quiet[i], &of_process) && cpus_pinned(&of_process))
			cpus_or(cpus, cpus, &of_process);
	}
	if (options->command && cpus_pinned(&plan->affinity))
		cpus_or(cpus, cpus, &plan->affinity);
}

/* Where all were chosen, the first one is this tool's. */
static void leave_one(struct cpus *cpus, const struct cpus *online)
{
	struct cpus others, first = { 0 };

	cpus_without(&others, online, cpus);
	if (cpus_count(&others) || cpus_count(online) < 2)
		return;
	cpus_add(&first, (unsigned int)cpus_next(online, 0));
	cpus_without(cpus, cpus, &first);
}

/* *own_choice: nobody asked for these CPUs, and they are all that there are. */
static int choose_cpus(const struct recorder_options *options, struct recorder_plan *plan,
		       bool *own_choice)
{
	struct cpus *cpus = &plan->arming.cpus;
	struct cpus online, missing;
	char wanted[64], there[64];
	int err;

	err = cpus_online(&online);
	if (err) {
		message("cannot tell which CPUs are online: %s", strerror(-err));
		return HFT_EXIT_FAILED;
	}
	*own_choice = false;
	if (options->cpus_given) {
		*cpus = options->cpus;
	} else {
		pinned_cpus(options, plan, cpus);
		if (!cpus_count(cpus) && cpus_isolated(cpus))
			memset(cpus, 0, sizeof(*cpus));
		if (!cpus_count(cpus)) {
			*cpus = online;
			*own_choice = !options->live;
		}
		if (options->live)
			leave_one(cpus, &online);
	}
	cpus_without(&missing, cpus, &online);
	if (cpus_count(&missing)) {
		message("CPU %s is not there: online are %s",
			cpus_format(&missing, wanted, sizeof(wanted)),
			cpus_format(&online, there, sizeof(there)));
		return HFT_EXIT_USAGE;
	}
	return HFT_EXIT_OK;
}

/* A hook that is asked for and not attached, in words. */
static int say_missing(const struct device *device, __u64 missing)
{
	struct hft_hook_info info;
	char text[HOOKS_TEXT];
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++) {
		if ((missing & HFT_HOOK_BIT(hook)) && !device_hook_info(device, hook, &info) &&
		    !(info.flags & HFT_HOOK_SUPPORTED)) {
			message("hook %s is not supported here: %s", hooks[hook].name, info.reason);
			return HFT_EXIT_FAILED;
		}
	}
	hooks_format(missing, text);
	message("not attached: %s; 'hftrace attach %s' says what that costs, and does it",
		text, text);
	return HFT_EXIT_FAILED;
}

static int choose_hooks(const struct recorder_options *options, struct recorder_plan *plan)
{
	__u64 attached = plan->device.hello.hooks_attached;
	__u64 missing;

	if (!options->hooks_given)
		plan->arming.hooks = attached & ~HOOKS_ON_REQUEST;
	else if (options->hooks == HOOKS_ALL)
		plan->arming.hooks = attached;
	else
		plan->arming.hooks = options->hooks;
	if (options->events.count)
		plan->arming.hooks |= HFT_HOOK_BIT(HFT_HOOK_PMU);
	if (options->watches)
		plan->arming.hooks |= HFT_HOOK_BIT(HFT_HOOK_WATCH);
	if (options->probes.count)
		plan->arming.hooks |= HFT_HOOK_BIT(HFT_HOOK_PROBE);
	if (!plan->arming.hooks) {
		message("no hook is attached; 'hftrace attach all' says the cost, and does it");
		return HFT_EXIT_FAILED;
	}
	plan->arming.hooks |= options->hooks_besides & attached;
	missing = plan->arming.hooks & ~attached;
	if (missing)
		return say_missing(&plan->device, missing);
	if (!options->no_culprits)
		plan->arming.hooks_elsewhere = attached & HOOKS_CULPRITS;
	/* whichever thread of the process it is that writes, wherever it runs */
	if (options->watches && options->tgids_count)
		plan->arming.hooks_elsewhere |= HFT_HOOK_BIT(HFT_HOOK_WATCH);
	return HFT_EXIT_OK;
}

static int keep_off(const struct recorder_options *options, const struct recorder_plan *plan,
		    bool own_choice)
{
	char text[64];
	int err;

	if (options->share_cpu)
		return HFT_EXIT_OK;
	if (own_choice) {
		if (plan->kernel)
			message("no CPU is isolated: recording all, with this tool's own work");
		return HFT_EXIT_OK;
	}
	err = cpus_keep_off(&plan->arming.cpus);
	if (!err)
		return HFT_EXIT_OK;
	if (!plan->kernel)
		return HFT_EXIT_OK;
	if (err == -EBUSY)
		message("no CPU but %s is left for this tool: trace fewer%s",
			cpus_format(&plan->arming.cpus, text, sizeof(text)),
			options->live ? "" : ", or say --share-cpu");
	else
		message("cannot leave the traced CPUs: %s", strerror(-err));
	return HFT_EXIT_FAILED;
}

/* A command's faults and system calls alone, unless all of a CPU was asked for. */
static void choose_filters(const struct recorder_options *options, struct recorder_plan *plan)
{
	memcpy(plan->arming.tgid, options->tgids, sizeof(plan->arming.tgid));
	memcpy(plan->arming.quiet, options->quiet, sizeof(plan->arming.quiet));
	memcpy(plan->arming.every, options->every, sizeof(plan->arming.every));
	plan->arming.lease_ms = options->lease_ms;
}

int recorder_plan(const struct recorder_options *options, struct recorder_plan *plan)
{
	struct cpus online;
	bool own_choice;
	int status;

	memset(plan, 0, sizeof(*plan));
	plan->device.fd = -1;
	if (cpus_of_thread(0, &plan->affinity))
		memset(&plan->affinity, 0xff, sizeof(plan->affinity));
	/* Wrong usage before what may fail. */
	status = choose_cpus(options, plan, &own_choice);
	if (!status)
		status = check_processes(options);
	if (!status)
		status = open_device(options, plan);
	if (!status && plan->kernel)
		status = choose_hooks(options, plan);
	if (!status)
		status = keep_off(options, plan, own_choice);
	if (status)
		return status;
	choose_filters(options, plan);
	plan->rings = plan->arming.cpus;
	if (plan->arming.hooks_elsewhere && !cpus_online(&online))
		cpus_or(&plan->rings, &plan->rings, &online);
	return HFT_EXIT_OK;
}
