// SPDX-License-Identifier: GPL-2.0
/*
 * What those who may read the rings ask for: hooks, arming, budgets, counters,
 * watches, probes. What one of them tries to change has its entry in the audit,
 * also when it fails. Others have none: they could push the entries out.
 */
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "control.h"
#include "governor.h"
#include "hook.h"
#include "pmu.h"
#include "privilege.h"
#include "probe.h"
#include "request.h"
#include "ring.h"
#include "session.h"
#include "watch.h"

static void audit(enum hft_audit_action action, u64 hooks, u64 value, int result)
{
	const struct hft_act act = {
		.action = action,
		.hooks = hooks,
		.value = value,
		.result = result,
	};

	hft_audit(&act);
}

static void forget_counts(struct hft_hook_info *info)
{
	info->events = 0;
	info->missed = 0;
	info->cpus_cut = 0;
}

static int hook_info(void *asker, void *arg)
{
	struct hft_hook_info *info = arg;

	if (info->id >= HFT_HOOKS)
		return -ENOENT;
	/* asked by who need not have rights: no speculation behind the table */
	info->id = array_index_nospec(info->id, HFT_HOOKS);
	mutex_lock(&hft_lock);
	hft_hook_describe(info->id, info);
	mutex_unlock(&hft_lock);
	/* how busy others keep the machine is for those who may read the rings */
	if (!hft_may_read())
		forget_counts(info);
	return 0;
}

static int check_attach(const struct hft_attach *want)
{
	if (!want->hooks || want->hooks >> HFT_HOOKS || want->flags & ~HFT_ATTACH_FORCE)
		return -EINVAL;
	return hft_sessions_armed() && !(want->flags & HFT_ATTACH_FORCE) ? -EBUSY : 0;
}

static int attach(void *asker, void *arg)
{
	const struct hft_attach *want = arg;
	int err;

	mutex_lock(&hft_lock);
	err = check_attach(want) ?: hft_hooks_attach(want->hooks);
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_ATTACH, want->hooks, want->flags, err);
	return err;
}

static int detach(void *asker, void *arg)
{
	const struct hft_attach *want = arg;
	int err;

	mutex_lock(&hft_lock);
	err = check_attach(want);
	if (!err) {
		hft_sessions_drop(want->hooks);
		hft_hooks_detach(want->hooks);
		/* threads that are to make no calls are seen by another hook now, if any can */
		hft_sessions_update();
	}
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_DETACH, want->hooks, want->flags, err);
	return err;
}

static int arm(void *asker, void *arg)
{
	const struct hft_who *who = asker;

	return hft_session_arm(who->session, arg);
}

static int probe_add(void *asker, void *arg)
{
	const struct hft_who *who = asker;
	struct hft_probe *probe = arg;
	int err;

	err = hft_probe_add(who->owner, probe);
	audit(HFT_AUDIT_PROBE_ADD, HFT_HOOK_BIT(HFT_HOOK_PROBE), probe->id, err);
	return err;
}

static int probe_remove(void *asker, void *arg)
{
	const struct hft_probe_remove *want = arg;
	int err;

	mutex_lock(&hft_lock);
	err = hft_probe_remove(want);
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_PROBE_REMOVE, HFT_HOOK_BIT(HFT_HOOK_PROBE), want->id, err);
	return err;
}

static int probe_info(void *asker, void *arg)
{
	const struct hft_who *who = asker;

	return hft_probe_describe(who->owner, arg);
}

/* To the size that they have they are the old ones. */
static int resize_rings(const struct hft_resize *want)
{
	const u64 before = hft_rings_slots();
	int err;

	if (want->reserved)
		return -EINVAL;
	err = hft_sessions_armed() ? -EBUSY : hft_rings_resize(want->slots);
	if (hft_rings_slots() != before)
		hft_sessions_rings_are_new();
	return err;
}

static int resize(void *asker, void *arg)
{
	const struct hft_resize *want = arg;
	int err;

	mutex_lock(&hft_lock);
	err = resize_rings(want);
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_RESIZE, 0, want->slots, err);
	return err;
}

static int read_audit(void *asker, void *arg)
{
	return hft_audit_read(arg);
}

static int budget(void *asker, void *arg)
{
	const struct hft_budget *want = arg;
	struct hft_act act = { .action = HFT_AUDIT_BUDGET, .value = want->ns_per_s };
	cpumask_var_t cpus;

	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	act.cpus = cpus;
	act.result = hft_copy_cpus(cpus, want->cpus, want->cpus_bytes);
	if (!act.result) {
		mutex_lock(&hft_lock);
		hft_governor_set(cpus, want->events_per_s, want->ns_per_s);
		mutex_unlock(&hft_lock);
	}
	hft_audit(&act);
	free_cpumask_var(cpus);
	return act.result;
}

static int check_rearm(const struct hft_rearm *want, struct cpumask *cpus)
{
	if (!want->hooks || want->hooks >> HFT_HOOKS)
		return -EINVAL;
	return hft_copy_cpus(cpus, want->cpus, want->cpus_bytes);
}

static int rearm(void *asker, void *arg)
{
	const struct hft_rearm *want = arg;
	struct hft_act act = { .action = HFT_AUDIT_REARM, .hooks = want->hooks };
	cpumask_var_t cpus;

	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	act.cpus = cpus;
	act.result = check_rearm(want, cpus);
	if (!act.result) {
		mutex_lock(&hft_lock);
		act.hooks = hft_governor_rearm(cpus, want->hooks);
		hft_sessions_update();
		mutex_unlock(&hft_lock);
	}
	hft_audit(&act);
	free_cpumask_var(cpus);
	return act.result;
}

static int hook_cpu(void *asker, void *arg)
{
	struct hft_hook_cpu *about = arg;

	if (about->id >= HFT_HOOKS)
		return -ENOENT;
	if (about->cpu >= nr_cpu_ids || !cpu_possible(about->cpu))
		return -ENXIO;
	mutex_lock(&hft_lock);
	hft_governor_describe(about);
	mutex_unlock(&hft_lock);
	return 0;
}

static int pmu(void *asker, void *arg)
{
	const struct hft_who *who = asker;

	return hft_pmu_control(who->owner, arg);
}

static int watch(void *asker, void *arg)
{
	const struct hft_who *who = asker;

	return hft_watch_control(who->owner, arg);
}

#define READERS(command, type, answers, function)				\
	[_IOC_NR(HFT_IOC_##command)] = HFT_REQUEST(type, HFT_BY_READERS, answers, function)

static const struct hft_request requests[] = {
	[_IOC_NR(HFT_IOC_HOOK_INFO)] = HFT_REQUEST(hft_hook_info, HFT_BY_ALL, HFT_ANSWER,
						   hook_info),
	READERS(ATTACH, hft_attach, HFT_NO_ANSWER, attach),
	READERS(DETACH, hft_attach, HFT_NO_ANSWER, detach),
	READERS(ARM, hft_arm, HFT_NO_ANSWER, arm),
	READERS(RESIZE, hft_resize, HFT_NO_ANSWER, resize),
	READERS(AUDIT, hft_audit_read, HFT_ANSWER, read_audit),
	READERS(BUDGET, hft_budget, HFT_NO_ANSWER, budget),
	READERS(REARM, hft_rearm, HFT_NO_ANSWER, rearm),
	/* also when it fails: which event it was */
	READERS(PMU, hft_pmu, HFT_ANSWER_ALWAYS, pmu),
	READERS(WATCH, hft_watch, HFT_ANSWER, watch),
	READERS(PROBE_ADD, hft_probe, HFT_ANSWER, probe_add),
	READERS(PROBE_REMOVE, hft_probe_remove, HFT_NO_ANSWER, probe_remove),
	READERS(PROBE_INFO, hft_probe, HFT_ANSWER, probe_info),
	READERS(HOOK_CPU, hft_hook_cpu, HFT_ANSWER, hook_cpu),
};

long hft_control(struct hft_who *who, unsigned int nr, void __user *arg)
{
	return hft_request(requests, ARRAY_SIZE(requests), nr, who, arg);
}
