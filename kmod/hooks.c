// SPDX-License-Identifier: GPL-2.0
/* The table of hooks; attaching and detaching them, with full unwind. */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "armed.h"
#include "compat/tracepoint.h"
#include "governor.h"
#include "hook.h"
#include "session.h"

static struct hft_hook *const hft_hooks[HFT_HOOKS] = {
	[HFT_HOOK_SWITCH]	= &hft_hook_switch,
	[HFT_HOOK_WAKEUP]	= &hft_hook_wakeup,
	[HFT_HOOK_MIGRATE]	= &hft_hook_migrate,
	[HFT_HOOK_TASK]		= &hft_hook_task,
	[HFT_HOOK_IRQ]		= &hft_hook_irq,
	[HFT_HOOK_SOFTIRQ]	= &hft_hook_softirq,
	[HFT_HOOK_NMI]		= &hft_hook_nmi,
	[HFT_HOOK_VISIT]	= &hft_hook_visit,
	[HFT_HOOK_SYSCALL]	= &hft_hook_syscall,
	[HFT_HOOK_TLB]		= &hft_hook_tlb,
	[HFT_HOOK_HRTIMER]	= &hft_hook_hrtimer,
	[HFT_HOOK_TIMER]	= &hft_hook_timer,
	[HFT_HOOK_TICK]		= &hft_hook_tick,
	[HFT_HOOK_WORKQUEUE]	= &hft_hook_workqueue,
	[HFT_HOOK_KTHREAD]	= &hft_hook_kthread,
	[HFT_HOOK_HIDDEN]	= &hft_hook_hidden,
	[HFT_HOOK_IDLE]		= &hft_hook_idle,
	[HFT_HOOK_FREQUENCY]	= &hft_hook_frequency,
	[HFT_HOOK_PMU]		= &hft_hook_pmu,
	[HFT_HOOK_MMCALL]	= &hft_hook_mmcall,
	[HFT_HOOK_RECLAIM]	= &hft_hook_reclaim,
	[HFT_HOOK_COMPACTION]	= &hft_hook_compaction,
	[HFT_HOOK_NUMA]		= &hft_hook_numa,
	[HFT_HOOK_OOM]		= &hft_hook_oom,
	[HFT_HOOK_SIGNAL]	= &hft_hook_signal,
	[HFT_HOOK_COREDUMP]	= &hft_hook_coredump,
	[HFT_HOOK_WATCH]	= &hft_hook_watch,
	[HFT_HOOK_PROBE]	= &hft_hook_probe,
	[HFT_HOOK_VECTORS]	= &hft_hook_vectors,
	[HFT_HOOK_IPI]		= &hft_hook_ipi,
	[HFT_HOOK_TASKLET]	= &hft_hook_tasklet,
	[HFT_HOOK_FAULT]	= &hft_hook_fault,
};

/* False with a reason when the hook cannot be attached on this kernel, true perhaps with one. */
static bool hft_hook_works(enum hft_hook_id id, char *reason, size_t size)
{
	struct hft_hook *hook = hft_hooks[id];
	const char *why;

	*reason = '\0';
	why = hft_tap_missing(hook);
	if (why) {
		snprintf(reason, size, "this kernel has no tracepoint %s", why);
		return false;
	}
	why = hft_function_missing(hook);
	if (why) {
		snprintf(reason, size, "this kernel has no function %s that can be probed", why);
		return false;
	}
	why = hook->unsupported ? hook->unsupported() : NULL;
	if (why) {
		strscpy(reason, why, size);
		return false;
	}
	why = hook->lacks ? hook->lacks() : NULL;
	if (why)
		strscpy(reason, why, size);
	return true;
}

u64 hft_hooks_supported(void)
{
	char reason[sizeof_field(struct hft_hook_info, reason)];
	u64 hooks = 0;
	int id;

	for (id = 0; id < HFT_HOOKS; id++) {
		if (hft_hook_works(id, reason, sizeof(reason)))
			hooks |= HFT_HOOK_BIT(id);
	}
	return hooks;
}

u64 hft_hooks_attached(void)
{
	u64 hooks = 0;
	int id;

	for (id = 0; id < HFT_HOOKS; id++) {
		if (hft_hooks[id]->attached)
			hooks |= HFT_HOOK_BIT(id);
	}
	return hooks;
}

void hft_hook_describe(enum hft_hook_id id, struct hft_hook_info *info)
{
	struct hft_hook *hook = hft_hooks[id];
	unsigned int cpu;

	info->id = id;
	info->flags = 0;
	if (hft_hook_works(id, info->reason, sizeof(info->reason)))
		info->flags |= HFT_HOOK_SUPPORTED;
	strscpy(info->name, hook->name, sizeof(info->name));
	strscpy(info->summary, hook->summary, sizeof(info->summary));
	info->flags |= hook->flags | (hook->attached ? HFT_HOOK_ATTACHED : 0);
	info->cpus_armed = hft_sessions_cpus_armed(id);
	info->missed = hft_functions_missed(hook);
	info->events = 0;
	info->cpus_cut = 0;
	for_each_possible_cpu(cpu) {
		info->events += hft_count_read(cpu, id);
		info->cpus_cut += !!(hft_governor_cut(cpu) & HFT_HOOK_BIT(id));
	}
	if (hook->missed)
		info->missed += hook->missed();
}

static int attach(struct hft_hook *hook)
{
	int err;

	err = hft_taps_attach(hook);
	if (err)
		goto err_wait;
	err = hft_functions_attach(hook);
	if (err)
		goto err_taps;
	err = hook->attach ? hook->attach() : 0;
	if (err)
		goto err_functions;
	hook->attached = true;
	return 0;

err_functions:
	hft_functions_detach(hook);
err_taps:
	hft_taps_detach(hook);
err_wait:
	/* those that were attached may be running */
	hft_wait_for_probes();
	return err;
}

/* The caller waits with hft_wait_for_probes(). */
static void detach(struct hft_hook *hook)
{
	if (hook->detach)
		hook->detach();
	hft_functions_detach(hook);
	hft_taps_detach(hook);
	hook->attached = false;
}

/* All of them or none. Those that are attached already stay so. */
int hft_hooks_attach(u64 hooks)
{
	u64 done = 0;
	int id, err;

	if (hooks & ~hft_hooks_supported())
		return -EOPNOTSUPP;
	for (id = 0; id < HFT_HOOKS; id++) {
		if (!(hooks & HFT_HOOK_BIT(id)) || hft_hooks[id]->attached)
			continue;
		err = attach(hft_hooks[id]);
		if (err) {
			hft_hooks_detach(done);
			return err;
		}
		done |= HFT_HOOK_BIT(id);
	}
	return 0;
}

void hft_hooks_detach(u64 hooks)
{
	bool wait = false;
	int id;

	for (id = 0; id < HFT_HOOKS; id++) {
		if (!(hooks & HFT_HOOK_BIT(id)) || !hft_hooks[id]->attached)
			continue;
		detach(hft_hooks[id]);
		wait = true;
	}
	if (wait)
		hft_wait_for_probes();
}

/* "default", "none", "all", or names with commas between. */
static int hft_hooks_parse(const char *names, u64 *hooks)
{
	u64 supported = hft_hooks_supported();
	char *copy, *rest, *name;
	int id, err = 0;

	*hooks = 0;
	copy = kstrdup(names, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = strim(copy);
	while (!err && (name = strsep(&rest, ","))) {
		bool all = !strcmp(name, "all"), usual = !strcmp(name, "default");
		bool found = all || usual || !strcmp(name, "none");

		for (id = 0; id < HFT_HOOKS; id++) {
			bool costly = hft_hooks[id]->flags & HFT_HOOK_COSTLY;
			bool named = !strcmp(name, hft_hooks[id]->name);

			found |= named;
			if (named && !(supported & HFT_HOOK_BIT(id))) {
				pr_err("hftrace: hook %s is not supported by this kernel\n", name);
				err = -EOPNOTSUPP;
			} else if (named || ((all || (usual && !costly)) &&
					     supported & HFT_HOOK_BIT(id))) {
				*hooks |= HFT_HOOK_BIT(id);
			}
		}
		if (!found) {
			pr_err("hftrace: there is no hook %s; see hftrace list\n", name);
			err = -EINVAL;
		}
	}
	kfree(copy);
	return err;
}

int hft_hooks_init(const char *names)
{
	u64 hooks;
	int id, err;

	for (id = 0; id < HFT_HOOKS; id++) {
		hft_taps_find(hft_hooks[id]);
		hft_functions_init(hft_hooks[id]);
	}
	err = hft_hooks_parse(names, &hooks);
	if (!err)
		err = hft_hooks_attach(hooks);
	if (err)
		hft_hooks_uninit();
	return err;
}

void hft_hooks_uninit(void)
{
	int id;

	hft_hooks_detach(~0ULL);
	for (id = 0; id < HFT_HOOKS; id++)
		hft_functions_uninit(hft_hooks[id]);
}
