// SPDX-License-Identifier: GPL-2.0
/*
 * What those who may read the rings ask for: hooks, arming, budgets, counters,
 * watches, probes. What one of them tries to change has its entry in the audit,
 * also when it fails. Others have none: they could push the entries out.
 */
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "argument.h"
#include "audit.h"
#include "control.h"
#include "governor.h"
#include "hook.h"
#include "pmu.h"
#include "privilege.h"
#include "probe.h"
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

static int ioctl_hook_info(const struct hft_who *who, void __user *arg)
{
	struct hft_hook_info info;
	int err;

	err = hft_copy_in(&info, sizeof(info), arg);
	if (err)
		return err;
	if (info.id >= HFT_HOOKS)
		return -ENOENT;
	/* asked by who need not have rights: no speculation behind the table */
	info.id = array_index_nospec(info.id, HFT_HOOKS);
	mutex_lock(&hft_lock);
	hft_hook_describe(info.id, &info);
	mutex_unlock(&hft_lock);
	/* how busy others keep the machine is for those who may read the rings */
	if (!hft_may_read())
		forget_counts(&info);
	return hft_copy_out(arg, &info, sizeof(info));
}

static void detach(u64 hooks)
{
	hft_sessions_drop(hooks);
	hft_hooks_detach(hooks);
	/* threads that are to make no calls are seen by another hook now, if any can */
	hft_sessions_update();
}

static int ioctl_attach(const struct hft_who *who, void __user *arg, bool attach)
{
	struct hft_attach want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!want.hooks || want.hooks >> HFT_HOOKS || want.flags & ~HFT_ATTACH_FORCE)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	if (hft_sessions_armed() && !(want.flags & HFT_ATTACH_FORCE))
		err = -EBUSY;
	else if (attach)
		err = hft_hooks_attach(want.hooks);
	else
		detach(want.hooks);
	mutex_unlock(&hft_lock);
	audit(attach ? HFT_AUDIT_ATTACH : HFT_AUDIT_DETACH, want.hooks, want.flags, err);
	return err;
}

static int ioctl_arm(const struct hft_who *who, void __user *arg)
{
	struct hft_arm arm;
	int err;

	err = hft_copy_in(&arm, sizeof(arm), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	return hft_session_arm(who->session, &arm);
}

static int ioctl_probe(const struct hft_who *who, void __user *arg, bool add)
{
	struct hft_probe probe;
	int err;

	err = hft_copy_in(&probe, sizeof(probe), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	err = add ? hft_probe_add(who->owner, &probe) :
		    hft_probe_describe(who->owner, &probe);
	if (add)
		audit(HFT_AUDIT_PROBE_ADD, HFT_HOOK_BIT(HFT_HOOK_PROBE), probe.id, err);
	return err ?: hft_copy_out(arg, &probe, sizeof(probe));
}

static int ioctl_probe_remove(const struct hft_who *who, void __user *arg)
{
	struct hft_probe_remove want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = hft_probe_remove(&want);
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_PROBE_REMOVE, HFT_HOOK_BIT(HFT_HOOK_PROBE), want.id, err);
	return err;
}

/* To the size that they have they are the old ones. */
static int resize(u64 slots)
{
	const u64 before = hft_rings_slots();
	int err;

	err = hft_sessions_armed() ? -EBUSY : hft_rings_resize(slots);
	if (hft_rings_slots() != before)
		hft_sessions_rings_are_new();
	return err;
}

static int ioctl_resize(const struct hft_who *who, void __user *arg)
{
	struct hft_resize want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (want.reserved)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	mutex_lock(&hft_lock);
	err = resize(want.slots);
	mutex_unlock(&hft_lock);
	audit(HFT_AUDIT_RESIZE, 0, want.slots, err);
	return err;
}

static int ioctl_audit(const struct hft_who *who, void __user *arg)
{
	struct hft_audit_read want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	err = hft_audit_read(&want);
	return err ?: hft_copy_out(arg, &want, sizeof(want));
}

static void set_budget(const struct hft_budget *want, const struct cpumask *cpus)
{
	const struct hft_act act = {
		.action = HFT_AUDIT_BUDGET,
		.cpus = cpus,
		.value = want->ns_per_s,
	};

	mutex_lock(&hft_lock);
	hft_governor_set(cpus, want->events_per_s, want->ns_per_s);
	mutex_unlock(&hft_lock);
	hft_audit(&act);
}

static int ioctl_budget(const struct hft_who *who, void __user *arg)
{
	struct hft_budget want;
	cpumask_var_t cpus;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = hft_copy_cpus(cpus, want.cpus, want.cpus_bytes);
	if (!err)
		set_budget(&want, cpus);
	free_cpumask_var(cpus);
	return err;
}

static void rearm(const struct hft_rearm *want, const struct cpumask *cpus)
{
	struct hft_act act = { .action = HFT_AUDIT_REARM, .cpus = cpus };

	mutex_lock(&hft_lock);
	act.hooks = hft_governor_rearm(cpus, want->hooks);
	hft_sessions_update();
	mutex_unlock(&hft_lock);
	hft_audit(&act);
}

static int ioctl_rearm(const struct hft_who *who, void __user *arg)
{
	struct hft_rearm want;
	cpumask_var_t cpus;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!want.hooks || want.hooks >> HFT_HOOKS)
		return -EINVAL;
	if (!hft_may_read())
		return -EPERM;
	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = hft_copy_cpus(cpus, want.cpus, want.cpus_bytes);
	if (!err)
		rearm(&want, cpus);
	free_cpumask_var(cpus);
	return err;
}

static int ioctl_hook_cpu(const struct hft_who *who, void __user *arg)
{
	struct hft_hook_cpu about;
	int err;

	err = hft_copy_in(&about, sizeof(about), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	if (about.id >= HFT_HOOKS)
		return -ENOENT;
	if (about.cpu >= nr_cpu_ids || !cpu_possible(about.cpu))
		return -ENXIO;
	mutex_lock(&hft_lock);
	hft_governor_describe(&about);
	mutex_unlock(&hft_lock);
	return hft_copy_out(arg, &about, sizeof(about));
}

static int ioctl_pmu(const struct hft_who *who, void __user *arg)
{
	struct hft_pmu want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	err = hft_pmu_control(who->owner, &want);
	/* also when it failed: which event it was */
	return hft_copy_out(arg, &want, sizeof(want)) ?: err;
}

static int ioctl_watch(const struct hft_who *who, void __user *arg)
{
	struct hft_watch want;
	int err;

	err = hft_copy_in(&want, sizeof(want), arg);
	if (err)
		return err;
	if (!hft_may_read())
		return -EPERM;
	err = hft_watch_control(who->owner, &want);
	return err ?: hft_copy_out(arg, &want, sizeof(want));
}

long hft_control(const struct hft_who *who, unsigned int nr, void __user *arg)
{
	switch (nr) {
	case _IOC_NR(HFT_IOC_HOOK_INFO):
		return ioctl_hook_info(who, arg);
	case _IOC_NR(HFT_IOC_ATTACH):
		return ioctl_attach(who, arg, true);
	case _IOC_NR(HFT_IOC_DETACH):
		return ioctl_attach(who, arg, false);
	case _IOC_NR(HFT_IOC_ARM):
		return ioctl_arm(who, arg);
	case _IOC_NR(HFT_IOC_RESIZE):
		return ioctl_resize(who, arg);
	case _IOC_NR(HFT_IOC_PROBE_ADD):
		return ioctl_probe(who, arg, true);
	case _IOC_NR(HFT_IOC_PROBE_REMOVE):
		return ioctl_probe_remove(who, arg);
	case _IOC_NR(HFT_IOC_PROBE_INFO):
		return ioctl_probe(who, arg, false);
	case _IOC_NR(HFT_IOC_AUDIT):
		return ioctl_audit(who, arg);
	case _IOC_NR(HFT_IOC_BUDGET):
		return ioctl_budget(who, arg);
	case _IOC_NR(HFT_IOC_REARM):
		return ioctl_rearm(who, arg);
	case _IOC_NR(HFT_IOC_HOOK_CPU):
		return ioctl_hook_cpu(who, arg);
	case _IOC_NR(HFT_IOC_PMU):
		return ioctl_pmu(who, arg);
	case _IOC_NR(HFT_IOC_WATCH):
		return ioctl_watch(who, arg);
	default:
		return -ENOTTY;
	}
}
